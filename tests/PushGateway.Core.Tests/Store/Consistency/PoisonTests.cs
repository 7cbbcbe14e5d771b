using PushGateway.Core.Model;
using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Store.Consistency;

/// <summary>
/// Pushes after which every scrape of the Go Pushgateway fails until the group is deleted. Here they are rejected,
/// and scrapes stay whole.
/// </summary>
public class PoisonTests
{
    private const string Plain = "job=a";
    private const string EmptyInstance = "job=a,instance=";

    [Fact]
    public void Push_ExplicitEmptyInstanceBesideNone_IsRefusedAndLeavesNoGroup()
    {
        TestStore store = new TestStore().With(Plain, "x 1\n");

        string[] errors = store.RefusedList(EmptyInstance, "y 1\n");

        Assert.Equal(
            [
                CollectedBefore("push_failure_time_seconds", 0),
                CollectedBefore("push_time_seconds", store.Now),
            ],
            errors);
        AssertWhole(store, Plain);
    }

    [Fact]
    public void Push_NoInstanceBesideAnExplicitEmptyOne_IsRefusedAndLeavesNoGroup()
    {
        TestStore store = new TestStore().With(EmptyInstance, "x 1\n");

        string[] errors = store.RefusedList(Plain, "x 1\n");

        Assert.Equal(3, errors.Length);
        Assert.Contains(errors, error => error.StartsWith("collected metric \"x\" {", StringComparison.Ordinal));
        AssertWhole(store, EmptyInstance);
    }

    [Fact]
    public void Push_EmptyBodyForAnExplicitEmptyInstance_IsRefused()
    {
        TestStore store = new TestStore().With(Plain, "");

        Assert.Equal(2, store.RefusedList(EmptyInstance, "").Length);
        AssertWhole(store, Plain);
    }

    [Fact]
    public void Push_TimestampsForAnExplicitEmptyInstance_LeavesNoGroup()
    {
        TestStore store = new TestStore().With(Plain, "");

        Assert.Equal("pushed metrics must not have timestamps", store.Refused(EmptyInstance, "x 1 5\n"));
        AssertWhole(store, Plain);
    }

    [Fact]
    public void Push_AfterThePlainGroupIsDeleted_IsTaken()
    {
        TestStore store = new TestStore().With(Plain, "x 1\n");
        store.RefusedList(EmptyInstance, "x 1\n");
        store.Delete(Plain);

        store.With(EmptyInstance, "x 1\n");
        AssertWhole(store, EmptyInstance);
    }

    /// <summary>A metric that takes another group's place by its own labels.</summary>
    [Fact]
    public void Push_MetricWithAnotherGroupsLabels_IsRefused()
    {
        TestStore store = new TestStore().With("job=a,instance=i", "x 1\n");

        Assert.Equal(
            """
            collected metric "x" { label:{name:"instance" value:"i"} label:{name:"job" value:"a"} untyped:{value:2}}
            """ + " was collected before with the same name and label values",
            store.Refused("job=a", "x{instance=\"i\"} 2\n"));
        Assert.Equal("0/2", store.Stamps("job=a"));
        Assert.Empty(store.GatherErrors());
    }

    [Fact]
    public void Push_LabelValueThatIsNotUtf8_IsRefused()
    {
        var store = new TestStore();
        var family = new MetricFamily { Name = new("x") };
        family.Metrics.Add(new() { ValueType = MetricType.Untyped, Labels = [new(new("a"), new Utf8String([0xff]))] });

        CommandResult result = store.Push("job=a", PushMode.Merge, PushCheck.Checked, [family]);

        Assert.Equal(
            """collected metric "x" { label:{name:"a" value:"\xff"} label:{name:"instance" value:""} """
            + """label:{name:"job" value:"a"} untyped:{value:0}} """
            + "has a label named \"a\" whose value is not utf8: \"\\xff\"",
            result.Error?.Message);
        Assert.Equal("0/1", store.Stamps("job=a"));
        Assert.Empty(store.GatherErrors());
    }

    private static void AssertWhole(TestStore store, string onlyGroup)
    {
        Assert.Equal(TestStore.Key(onlyGroup), Assert.Single(store.Store.Snapshot.Groups).Key);
        Assert.EndsWith("/0", store.Stamps(onlyGroup), StringComparison.Ordinal);
        Assert.False(store.Store.Snapshot.MayBeInconsistent);
        Assert.Empty(store.GatherErrors());
    }

    private static string CollectedBefore(string name, double value) =>
        $"collected metric \"{name}\" {{ label:{{name:\"instance\" value:\"\"}} label:{{name:\"job\" value:\"a\"}} "
        + $"gauge:{{value:{value}}}}} was collected before with the same name and label values";
}
