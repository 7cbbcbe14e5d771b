using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Exposition;
using PushGateway.Core.Persistence.Replication;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Merging;
using PushGateway.Core.Tests.Parsing;
using PushGateway.Core.Tests.Store;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Replication;

/// <summary>A group that goes through a row of the database is the same on another replica.</summary>
public class GroupRowTests
{
    private static readonly GroupingKey Key = TestStore.Key("job=a,instance=b");

    [Fact]
    public void Rows_AfterAnyCommands_GiveAnotherStoreTheSameState() => Prop.ForAll(
        DrawnCommand.Several.ToArbitrary(),
        commands =>
        {
            var store = new TestStore();
            var replica = new TestStore();
            foreach (DrawnCommand command in commands)
            {
                StoreSnapshot before = store.Store.Snapshot;
                command.ApplyTo(store);

                replica.Store.Apply(new ReplaceGroupsCommand(ChangesBetween(before, store.Store.Snapshot)));

                Assert.Equal(store.ScrapeAll(), replica.ScrapeAll());
                Assert.Equal(
                    store.ScrapeAll(ExpositionFormat.ProtobufDelimited), replica.ScrapeAll(ExpositionFormat.ProtobufDelimited));
                Assert.Equal(Rows(store.Store.Snapshot), Rows(replica.Store.Snapshot));
                Assert.Equal(
                    store.Store.Index.Series().OrderBy(series => series), replica.Store.Index.Series().OrderBy(series => series));
            }
        }).Check(PropertyTests.Settings.WithMaxTest(100));

    [Fact]
    public void Decode_OfAGroupWithEverything_HasEverything()
    {
        var store = new GroupStore([]);
        Assert.True(MergeRule.TryParse("sum, gauges=max", out MergeRule? merge));
        store.Apply(new PushCommand(Key, PushMode.Merge, PushCheck.Checked, TestStore.Parse("a 1\nb 2\n"), At: 5)
        {
            Merge = merge,
            Terms = new GroupTerms(TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(5)),
        });
        store.Apply(new RecordParseErrorCommand(Key, "text format parsing error in line 1: é", At: 7));
        MetricGroup group = store.Find(Key)!;

        GroupState state = Decoded(GroupRow.Of(Key, group));

        Assert.Equal(Key, state.Key);
        Assert.Equal(group.Terms, state.Terms);
        Assert.Equal(group.LastRejection, state.Rejection);
        Assert.Equal(group.Families.ToArray().Select(family => family.PushedAt), state.Families!.Select(family => family.PushedAt));
    }

    [Fact]
    public void Decode_OfFamiliesWithExemplarsUnitsAndStarts_HasThem()
    {
        var store = new TestStore();
        Assert.Null(store.Push("job=a,instance=b", PushMode.Replace, PushCheck.Checked, ParsedOpenMetrics.Families(
            "# TYPE c_seconds counter\n# UNIT c_seconds seconds\nc_seconds_total 1 # {t=\"a\"} 2 3.5\nc_seconds_created 4.5\n"
            + "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1 # {} 2\nh_created 5\n# TYPE s summary\ns_sum 1\ns_created 6\n")).Error);
        MetricGroup group = store.Store.Find(Key)!;

        GroupState state = Decoded(GroupRow.Of(Key, group));

        string[] shown = [.. state.Families!.Select(family => PrototextExposition.Describe(family.Decode()))];
        Assert.Equal(group.Families.ToArray().Select(family => PrototextExposition.Describe(family.Decode())), shown);
        Assert.Contains("exemplar:{label:{name:\"t\" value:\"a\"} value:2 timestamp:{seconds:3 nanos:500000000}} created_timestamp:", shown[0], StringComparison.Ordinal);
        Assert.EndsWith("unit:\"seconds\"", shown[0], StringComparison.Ordinal);
        Assert.Contains("exemplar:{value:2}} created_timestamp:{seconds:5}", shown[1], StringComparison.Ordinal);
        Assert.Contains("created_timestamp:{seconds:6}", shown[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_OfADeletedGroup_HasItsKey()
    {
        GroupState state = Decoded(GroupRow.Of(Key, group: null));

        Assert.Equal(Key, state.Key);
        Assert.Null(state.Families);
    }

    [Fact]
    public void Of_KeysThatLookAlikeJoined_HaveDifferentIds() => Assert.NotEqual(
        GroupRow.Of(TestStore.Key("job=a,b=c"), null).Id, GroupRow.Of(TestStore.Key("job=ab,c="), null).Id);

    /// <summary>A later version may add fields; this one shows the rest.</summary>
    [Fact]
    public void Decode_WithAFieldOfALaterVersion_SkipsIt()
    {
        var row = GroupRow.Of(Key, new TestStore().With("job=a,instance=b", "m 1\n").Store.Find(Key));

        GroupState state = Decoded(row with { Payload = [.. row.Payload!, 0x7A, 2, 1, 2], Key = [.. row.Key, 0x78, 1] });

        Assert.Equal(Key, state.Key);
        Assert.Equal(3, state.Families!.Length);
    }

    [Fact]
    public void Decode_OfADamagedRow_Throws()
    {
        var row = GroupRow.Of(Key, new TestStore().With("job=a,instance=b", "m 1\n").Store.Find(Key));

        Assert.Throws<InvalidDataException>(() => Decoded(row with { Payload = row.Payload![..^1] }));
        Assert.Throws<InvalidDataException>(() => Decoded(row with { Key = row.Key[..^1] }));
    }

    private static GroupState Decoded(GroupRow row) => new GroupRowDecoder().Decode(row.Key, row.Payload);

    private static List<GroupState> ChangesBetween(StoreSnapshot before, StoreSnapshot after)
    {
        var decoder = new GroupRowDecoder();
        return
        [
            .. before.Groups.Concat(after.Groups).Select(group => group.Key).Distinct()
                .Where(key => before.Find(key) != after.Find(key))
                .Select(key => GroupRow.Of(key, after.Find(key)))
                .Select(row => decoder.Decode(row.Key, row.Payload)),
        ];
    }

    private static string[] Rows(StoreSnapshot snapshot) =>
        [.. snapshot.Groups.Select(group => Convert.ToHexString(GroupRow.Of(group.Key, group).Payload!))];
}
