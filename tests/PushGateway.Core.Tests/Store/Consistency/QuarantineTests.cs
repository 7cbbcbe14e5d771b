using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Consistency;
using Xunit;

namespace PushGateway.Core.Tests.Store.Consistency;

/// <summary>Which groups are quarantined so that the others can be scraped.</summary>
public class QuarantineTests
{
    private static readonly ReservedFamily[] Own =
    [
        new(new("own"), MetricType.Gauge, new("Own."), CorrectsHelp: true),
        new(new("own_total"), MetricType.Summary, new("Own."), CorrectsHelp: false),
    ];

    /// <summary>Pushes come a second after one another; each is <c>labels body</c>, an asterisk stands for a new line.</summary>
    [Theory]
    [InlineData("nothing is wrong", "", "job=a|x 1*", "job=b|x 1*")]
    [InlineData("the type of most counts", "job=z", "job=a|# TYPE x gauge*x 1*", "job=b|# TYPE x gauge*x 1*", "job=z|x 1*")]
    [InlineData("of two types, the later push counts", "job=b", "job=b|x 1*", "job=a|# TYPE x gauge*x 1*")]
    [InlineData("the same series, the later push counts", "job=a", "job=a|x{instance=\"i\"} 1*", "job=a,instance=i|x 1*")]
    [InlineData("the same series, the later push counts", "instance=i,job=a", "job=a,instance=i|x 1*", "job=a|x{instance=\"i\"} 1*")]
    [InlineData("a series twice in a push", "job=a", "job=a|x 1*x 2*", "job=b|x 1*")]
    [InlineData("a name that a histogram claims", "job=c", "job=a|# TYPE h histogram*h_count 1*", "job=b|# TYPE h histogram*h_count 1*", "job=c|h_bucket 1*")]
    [InlineData("a histogram that claims a name", "job=c", "job=a|h_sum 1*", "job=b|h_sum 1*", "job=c|# TYPE h summary*h_count 1*")]
    [InlineData("a family of the gateway's own", "job=a", "job=a|# TYPE own counter*own 1*", "job=b|x 1*")]
    [InlineData("a label that must not be", "job=a", "job=a|x{__l=\"1\"} 1*", "job=b|x 1*")]
    [InlineData("a bound in the key of a histogram", "job=a,le=1", "job=a,le=1|# TYPE h histogram*h_count 1*", "job=b|# TYPE h histogram*h_count 1*")]
    [InlineData("a group without metrics", "", "job=a|", "job=b|x 1*")]
    public void Of_GroupsThatDoNotFit_AreThoseThatFewestMiss(string rule, string expected, params string[] pushes)
    {
        Assert.NotEmpty(rule);
        var store = new TestStore(Own);
        foreach (string push in pushes)
        {
            string[] parts = push.Split('|');
            store.Put(parts[0], parts[1].Replace('*', '\n'), PushCheck.Unchecked);
        }

        var quarantine = Quarantine.Of(store.Store.Snapshot, Own);

        Assert.Equal(
            expected.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            quarantine.Reasons.Keys.Select(key => string.Join(',', key.Labels.Select(label => $"{label.Name}={label.Value}"))));
        Assert.Same(store.Store.Snapshot, quarantine.Whole);
        Assert.Equal(pushes.Select(push => push.Split('|')[0]).Distinct().Count(), quarantine.Whole.GroupCount);
        Assert.Empty(FullConsistencyCheck.FindErrors(quarantine.Rest, Own));
    }

    [Fact]
    public void Of_GroupsThatDoNotFit_SaysWhy()
    {
        var store = new TestStore();
        store.Put("job=a", "# TYPE x gauge\nx 1\n", PushCheck.Unchecked);
        store.Put("job=b", "# TYPE x counter\nx 1\n", PushCheck.Unchecked);
        store.Put("job=old", "s{instance=\"i\"} 1\n", PushCheck.Unchecked);
        store.Put("job=old,instance=i", "s 2\n", PushCheck.Unchecked);

        var quarantine = Quarantine.Of(store.Store.Snapshot, []);

        Assert.Equal("x is a GAUGE here, and a COUNTER in other groups", quarantine.Reasons[TestStore.Key("job=a")]);
        Assert.Equal(
            "collected metric \"s\" { label:{name:\"instance\" value:\"i\"} label:{name:\"job\" value:\"old\"} untyped:{value:1}} "
            + "was collected before with the same name and label values, in the group {instance=\"i\",job=\"old\"}, which was pushed later",
            quarantine.Reasons[TestStore.Key("job=old")]);
    }

    [Fact]
    public void Of_SeriesTwiceInAGroup_SaysSo()
    {
        var store = new TestStore();
        store.Put("job=a", "x 1\nx 2\n", PushCheck.Unchecked);

        string reason = Assert.Single(Quarantine.Of(store.Store.Snapshot, []).Reasons).Value;

        Assert.EndsWith("was collected before with the same name and label values", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_AnyGroups_LeavesThoseThatCanBeScraped() => Prop.ForAll(
        Arb.From(DrawnCommand.Several),
        commands =>
        {
            var store = new TestStore(Own);
            foreach (DrawnCommand command in commands)
            {
                command.WithCheck(PushCheck.Unchecked).ApplyTo(store);
            }
            StoreSnapshot whole = store.Store.Snapshot;

            var quarantine = Quarantine.Of(whole, Own);

            Assert.Empty(FullConsistencyCheck.FindErrors(quarantine.Rest, Own));
            Assert.Equal(
                whole.Groups.Where(group => !quarantine.Reasons.ContainsKey(group.Key)), quarantine.Rest.Groups);
            Assert.Equal(whole.GroupCount, quarantine.Rest.GroupCount + quarantine.Reasons.Count);
            Assert.DoesNotContain(quarantine.Reasons.Values, string.IsNullOrEmpty);
            Assert.True(quarantine.Reasons.Count == 0 || whole.MayBeInconsistent);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
}
