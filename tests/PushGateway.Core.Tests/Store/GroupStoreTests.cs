using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Store;

/// <summary>The effect of commands on a group, accepted or rejected.</summary>
public class GroupStoreTests
{
    [Fact]
    public void Push_GroupWasRestoredWithoutFamilies_AddsThem()
    {
        var store = new TestStore();
        store.Store.Apply(new RestoreCommand(TestStore.Key("job=a"), []));

        store.With("job=a", "x 1\n");

        Assert.Contains("x{instance=\"\",job=\"a\"} 1", store.Scrape());
    }

    [Fact]
    public void Put_SecondTime_ReplacesAllFamilies()
    {
        TestStore store = new TestStore().With("job=a", "x 1\ny 1\n").With("job=b", "x 2\n");

        store.With("job=a", "# TYPE z gauge\nz 3\n");

        Assert.Equal(
            """
            # TYPE x untyped
            x{instance="",job="b"} 2
            # TYPE z gauge
            z{instance="",job="a"} 3

            """,
            store.Scrape());
        Assert.Equal("3/0", store.Stamps("job=a"));
    }

    /// <summary>Each such line repeats the previous metric. In the past, its labels then did not fit.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("# TYPE x summary\n")]
    public void Put_ManySamplesWithoutNames_IsRefused(string type)
    {
        string body = type + string.Concat(Enumerable.Range(0, 400).Select(i => $"x{{l=\"{i}\"}} 1\n{{m=\"{i}\"}} 2\n"));

        string[] errors = new TestStore().RefusedList("job=a", body);

        Assert.Equal(400, errors.Length);
        Assert.All(errors, error => Assert.EndsWith("was collected before with the same name and label values", error));
    }

    [Fact]
    public void Post_SecondTime_ReplacesOnlyFamiliesOfTheSameName()
    {
        TestStore store = new TestStore().With("job=a", "x{l=\"1\"} 1\ny 1\n");

        Assert.Equal(CommandResult.Done, store.Post("job=a", "x{l=\"2\"} 2\n"));

        Assert.Equal(
            """
            # TYPE x untyped
            x{instance="",job="a",l="2"} 2
            # TYPE y untyped
            y{instance="",job="a"} 1

            """,
            store.Scrape());
        Assert.Equal("2/0", store.Stamps("job=a"));
    }

    [Fact]
    public void Put_EmptyBody_LeavesOnlyThePushTimes()
    {
        TestStore store = new TestStore().With("job=a", "x 1\n").With("job=a", "");

        Assert.Equal("", store.Scrape());
        Assert.Equal("2/0", store.Stamps("job=a"));
    }

    [Fact]
    public void Post_EmptyBody_OnlyStampsTheGroup()
    {
        TestStore store = new TestStore().With("job=a", "x 1\n");

        store.Post("job=a", "");

        Assert.Equal("# TYPE x untyped\nx{instance=\"\",job=\"a\"} 1\n", store.Scrape());
        Assert.Equal("2/0", store.Stamps("job=a"));
    }

    [Fact]
    public void Delete_Group_ForgetsItAndWhatItHeld()
    {
        TestStore store = new TestStore().With("job=a", "# TYPE x gauge\nx 1\n").With("job=b", "y 1\n");

        Assert.Equal(CommandResult.Done, store.Delete("job=a"));
        Assert.Equal(CommandResult.Done, store.Delete("job=unknown"));

        Assert.Null(store.Stamps("job=a"));
        Assert.Equal(1, store.Store.Snapshot.GroupCount);
        store.With("job=c", "# TYPE x counter\nx{job=\"a\"} 1\n");
    }

    [Fact]
    public void Wipe_Groups_ForgetsAll()
    {
        TestStore store = new TestStore().With("job=a", "# TYPE x gauge\nx 1\n").With("job=b", "y 1\n");

        Assert.Equal(CommandResult.Done, store.Store.Apply(new WipeCommand()));

        Assert.Equal(0, store.Store.Snapshot.GroupCount);
        Assert.Equal("", store.ScrapeAll());
        store.With("job=c", "# TYPE x counter\nx 1\n# TYPE y_count histogram\n");
    }

    [Fact]
    public void Snapshot_KeptWhileTheStoreChanges_StaysAsItWas()
    {
        TestStore store = new TestStore().With("job=a", "x 1\n");
        StoreSnapshot kept = store.Store.Snapshot;
        MetricGroup group = kept.Groups.Single();

        store.With("job=a", "y 1\n").With("job=b", "z 1\n");
        store.Store.Apply(new WipeCommand());

        Assert.Equal(1, kept.GroupCount);
        Assert.Equal(["push_failure_time_seconds", "push_time_seconds", "x"], group.Families.ToArray().Select(f => $"{f.Name}"));
        Assert.Null(group.Find(new("y")));
        Assert.Equal(1, group.Find(new("x"))!.Value.Decode().Metrics[0].Number);
    }

    [Fact]
    public void Put_RefusedInANewGroup_MakesItWithTheFailureAlone()
    {
        var store = new TestStore();

        store.Refused("job=a", "x 1\nx 1\ny 1\n");

        Assert.Equal("0/1", store.Stamps("job=a"));
        MetricGroup group = store.Store.Snapshot.Groups.Single();
        Assert.False(group.LastPushSucceeded);
        Assert.Equal(2, group.Families.Length);
    }

    [Theory]
    [InlineData(PushMode.Merge)]
    [InlineData(PushMode.Replace)]
    public void Push_RefusedInAnOldGroup_OnlyStampsTheFailure(PushMode mode)
    {
        TestStore store = new TestStore().With("job=a", "x 1\ny 1\n");

        store.Refused("job=a", "x 2\nz 3\nz 3\n", mode);

        Assert.Equal("1/2", store.Stamps("job=a"));
        Assert.False(store.Store.Snapshot.Groups.Single().LastPushSucceeded);
        store.With("job=a", "x 3\n");
        Assert.Equal("3/2", store.Stamps("job=a"));
        Assert.True(store.Store.Snapshot.Groups.Single().LastPushSucceeded);
    }

    [Fact]
    public void Push_RefusedAfterItChangedTheIndex_LeavesTheIndexAsItWas()
    {
        TestStore store = new TestStore().With("job=a", "# TYPE x gauge\nx 1\n").With("job=b", "# TYPE y gauge\ny 1\n");

        store.Refused("job=a", "# TYPE new histogram\nnew_count 1\n# TYPE y counter\ny 1\n");

        store.With("job=c", "# TYPE new counter\nnew 1\n# TYPE new_count gauge\nnew_count 1\n");
        store.Refused("job=d", "# TYPE x counter\nx 1\n");
        Assert.False(store.Store.Snapshot.MayBeInconsistent);
    }

    [Theory]
    [InlineData("x 1 5\n")]
    [InlineData("x 1\ny{a=\"1\"} 1\ny 1 0\n")]
    public void Push_Timestamps_AreRefused(string body)
    {
        var store = new TestStore();

        Assert.Equal("pushed metrics must not have timestamps", store.Refused("job=a", body));
        Assert.Equal("0/1", store.Stamps("job=a"));
    }

    [Fact]
    public void Push_TimestampsUnchecked_AreRefusedAllTheSame()
    {
        var store = new TestStore();

        CommandResult result = store.Put("job=a", "x 1 5\n", PushCheck.Unchecked);

        Assert.Equal("pushed metrics must not have timestamps", result.Error?.Message);
        Assert.Equal("0/1", store.Stamps("job=a"));
    }

    [Fact]
    public void Push_PushTime_IsAlwaysOverridden()
    {
        TestStore store = new TestStore()
            .With("job=a", "# TYPE push_time_seconds counter\npush_time_seconds{x=\"y\"} 9\n");
        Assert.Equal("1/0", store.Stamps("job=a"));

        store.With("job=a", "push_time_seconds 9\npush_time_seconds 9\n");
        Assert.Equal("2/0", store.Stamps("job=a"));
    }

    /// <summary>A new group overrides a pushed failure time, an old one keeps it.</summary>
    [Fact]
    public void Push_FailureTime_SticksInAnOldGroup()
    {
        const string Pushed = "# TYPE push_failure_time_seconds gauge\npush_failure_time_seconds 77\n";
        TestStore store = new TestStore().With("job=a", Pushed);
        Assert.Equal("1/0", store.Stamps("job=a"));

        store.With("job=a", Pushed);
        Assert.Equal("2/77", store.Stamps("job=a"));
        Assert.False(store.Store.Snapshot.Groups.Single().LastPushSucceeded);

        store.With("job=a", "x 1\n");
        Assert.Equal("3/77", store.Stamps("job=a"));

        store.Refused("job=a", "x 1\nx 1\n");
        Assert.Equal("3/4", store.Stamps("job=a"));
    }

    /// <summary>Overridden families of a new group are not checked.</summary>
    [Theory]
    [InlineData("push_failure_time_seconds{__a=\"b\"} 1\n")]
    [InlineData("# TYPE push_failure_time_seconds gauge\npush_failure_time_seconds 1\npush_failure_time_seconds 1\n")]
    [InlineData("# TYPE push_failure_time_seconds counter\npush_failure_time_seconds 1\n")]
    public void Push_FaultyFailureTimeInANewGroup_IsTaken(string body)
    {
        TestStore store = new TestStore().With("job=b", "").With("job=a", body);

        Assert.Equal("2/0", store.Stamps("job=a"));
        Assert.StartsWith("collected metric \"push_failure_time_seconds\" {", store.Refused("job=a", body),
            StringComparison.Ordinal);
    }

    [Fact]
    public void PushTimes_Scraped_HaveTheirHelpAndSeconds()
    {
        var store = new TestStore();
        store.Store.Apply(new PushCommand(
            TestStore.Key("job=a"), PushMode.Merge, PushCheck.Checked, [], 1_700_000_000_123_456_789));

        Assert.Equal(
            """
            # HELP push_failure_time_seconds Last Unix time when changing this group in the Pushgateway failed.
            # TYPE push_failure_time_seconds gauge
            push_failure_time_seconds{instance="",job="a"} 0
            # HELP push_time_seconds Last Unix time when changing this group in the Pushgateway succeeded.
            # TYPE push_time_seconds gauge
            push_time_seconds{instance="",job="a"} 1.7000000001234567e+09

            """,
            store.ScrapeAll());
    }
}
