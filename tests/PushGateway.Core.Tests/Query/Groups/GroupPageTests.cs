using PushGateway.Core.Model;
using PushGateway.Core.Query.Groups;
using PushGateway.Core.Store;
using PushGateway.Core.Tests.Query.Selectors;
using PushGateway.Core.Tests.Store;
using Xunit;

namespace PushGateway.Core.Tests.Query.Groups;

public class GroupPageTests
{
    private static readonly Utf8String Job = new("job");
    private static readonly PageRequest First50 = new(GroupSort.Job, IsDescending: false, Offset: 0, Limit: 50);

    [Fact]
    public void Select_Everything_CountsGroupsSeriesAndBytes()
    {
        TestStore store = Some();

        GroupPage page = Select(store, new GroupSelection(), First50);

        Assert.Equal((4, 4), (page.TotalGroups, page.MatchedGroups));
        Assert.Equal(4 * 2 + 1 + 3 + 2 + 1, page.TotalSeries);
        Assert.Equal(page.TotalSeries, page.Matched.Series);
        Assert.Equal(store.Store.Snapshot.Groups.Sum(group => group.Families.ToArray().Sum(f => f.Lines.Length)), page.Matched.Bytes);
    }

    [Theory]
    [InlineData(GroupSort.Job, false, "a b c d")]
    [InlineData(GroupSort.Job, true, "d c b a")]
    [InlineData(GroupSort.Pushed, false, "d c b a")]
    [InlineData(GroupSort.Pushed, true, "a b c d")]
    [InlineData(GroupSort.Series, false, "a d c b")] // those that are alike by job
    [InlineData(GroupSort.Series, true, "b c a d")]
    [InlineData(GroupSort.Size, false, "a d c b")]
    [InlineData(GroupSort.Size, true, "b c d a")]
    public void Select_Sorted_IsInThatOrder(GroupSort sort, bool isDescending, string jobs) =>
        Assert.Equal(jobs, JobsOf(Select(Some(), new GroupSelection(), new PageRequest(sort, isDescending, 0, 50))));

    /// <summary>Expositions show groups with fewer labels first, and one by one by all their labels.</summary>
    [Theory]
    [InlineData(false, "a/2 a/1 b/0 b")]
    [InlineData(true, "b/0 b a/2 a/1")]
    public void Select_SortedByJob_LooksAtTheJobFirst(bool isDescending, string groups)
    {
        TestStore store = new TestStore().With("instance=1,job=a,zone=z", "x 1\n").With("instance=0,job=b", "x 1\n")
            .With("instance=2,job=a", "x 1\n").With("job=b,x=y", "x 1\n");

        GroupPage page = Select(store, new(), new PageRequest(GroupSort.Job, isDescending, 0, 50));

        Assert.Equal(groups, string.Join(' ', page.Groups.Select(group =>
            string.Join('/', group.Key.Labels.Where(label => $"{label.Name}" is "job" or "instance")
                .OrderByDescending(label => label.Name).Select(label => label.Value)))));
    }

    /// <summary>Groups with equal sort keys are in the order of their grouping keys.</summary>
    [Theory]
    [InlineData(GroupSort.Job, false, "a2 a10/2 a10/10 b")]
    [InlineData(GroupSort.Job, true, "b a10/2 a10/10 a2")]
    [InlineData(GroupSort.Series, false, "a2 a10/2 a10/10 b")]
    [InlineData(GroupSort.Series, true, "a2 a10/2 a10/10 b")]
    public void Select_WithNumbersInKeys_ComparesTheirValues(GroupSort sort, bool isDescending, string groups)
    {
        TestStore store = new TestStore().With("job=b", "x 1\n").With("instance=10,job=a10", "x 1\n")
            .With("instance=2,job=a10", "x 1\n").With("job=a2", "x 1\n");

        GroupPage page = Select(store, new(), new PageRequest(sort, isDescending, 0, 50));

        Assert.Equal(groups, string.Join(' ', page.Groups.Select(group =>
            string.Join('/', group.Key.Labels.OrderByDescending(label => label.Name).Select(label => label.Value)))));
    }

    [Theory]
    [InlineData(0, 2, "a b")]
    [InlineData(2, 2, "c d")]
    [InlineData(3, 2, "d")]
    [InlineData(4, 2, "")]
    [InlineData(int.MaxValue, 1000, "")]
    [InlineData(0, 0, "")]
    public void Select_APage_IsThatPartOnly(int offset, int limit, string jobs)
    {
        GroupPage page = Select(Some(), new GroupSelection(), new PageRequest(GroupSort.Job, false, offset, limit));

        Assert.Equal(jobs, JobsOf(page));
        Assert.Equal(4, page.MatchedGroups);
    }

    /// <summary>More groups than are remembered at once, in each order and on each page.</summary>
    [Fact]
    public void Select_PagesOfManyGroups_AreTheSortedGroups()
    {
        var store = new TestStore();
        for (int i = 0; i < 3000; i++)
        {
            store.With($"job={i:D4}", string.Concat(Enumerable.Range(0, i * 7919 % 13).Select(s => $"x{{l=\"{s}\"}} 1\n")));
        }
        foreach (GroupSort sort in Enum.GetValues<GroupSort>())
        {
            foreach (bool isDescending in (bool[])[false, true])
            {
                string[] all = JobsOf(Select(store, new(), new PageRequest(sort, isDescending, 0, 3000))).Split(' ');
                Assert.Equal(3000, all.Distinct().Count());
                foreach (int offset in (int[])[0, 1, 1500, 2995])
                {
                    GroupPage page = Select(store, new(), new PageRequest(sort, isDescending, offset, 10));
                    Assert.Equal(string.Join(' ', all.Skip(offset).Take(10)), JobsOf(page));
                }
            }
        }
        string[] bySeries = JobsOf(Select(store, new(), new PageRequest(GroupSort.Series, true, 0, 3000))).Split(' ');
        int[] series = [.. bySeries.Select(job => int.Parse(job, null) * 7919 % 13)];
        Assert.Equal(series.OrderDescending(), series);
    }

    [Theory]
    [InlineData("A", "a b c")] // in the job, a value, or the name of a family
    [InlineData("alpha", "b")]
    [InlineData("ALPHA b", "b")]
    [InlineData("eins Job", "c")]
    [InlineData("É", "c")]
    [InlineData("alpha eins", "")]
    [InlineData("push", "")] // all groups have push times
    [InlineData("metric_d", "d")]
    public void Select_Words_HaveToOccurEach(string words, string jobs)
    {
        TestStore store = new TestStore().With("job=a", "x 1\n").With("job=b", "alpha 1\n")
            .With("job=c,k=Eins é a", "y 1\n").With("job=d", "metric_d 1\n");

        Assert.Equal(jobs, JobsOf(Select(store, new GroupSelection { Words = words.Split(' ') }, First50)));
    }

    [Theory]
    [InlineData("eins", "a")]
    [InlineData("EINS", "a")]
    [InlineData("zwei", "b")]
    [InlineData("q\"u\\o", "b")]
    [InlineData("É", "c")]
    [InlineData("x{", "")] // what lines have beside values
    [InlineData("=", "")]
    [InlineData("12345", "")]
    [InlineData("my_label", "")]
    [InlineData("0.25", "")] // bounds and quantiles are no labels of metrics
    [InlineData("0.75", "")]
    [InlineData("+Inf", "")]
    [InlineData("0.125", "d")]
    [InlineData("alpha eins", "a")]
    [InlineData("alpha zwei", "")]
    [InlineData("job eins", "a")]
    public void Select_WordsInValuesOfSeries_FindsTheirGroups(string words, string jobs)
    {
        TestStore store = new TestStore()
            .With("job=a", "alpha{my_label=\"Eins\"} 12345\n")
            .With("job=b", "x{l=\"zwei\",m=\"q\\\"u\\\\o\"} 12345\n")
            .With("job=c", "x{l=\"no\"} 1\nx{l=\"\u00e9t\u00e9\"} 1\n")
            .With("job=d", """
                # TYPE h histogram
                h_bucket{le="0.25"} 1
                h_bucket{le="+Inf"} 2
                h_sum 1
                h_count 2
                # TYPE s summary
                s{quantile="0.75"} 1
                s_sum 1
                s_count 2
                # TYPE g gauge
                g{bound="0.125"} 1

                """.ReplaceLineEndings("\n"));

        Assert.Equal(jobs, JobsOf(Select(store, new GroupSelection { Words = words.Split(' ') }, First50)));
    }

    /// <summary>The lines are searched in blocks.</summary>
    [Theory]
    [InlineData("v0x", true)]
    [InlineData("v2999x", true)]
    [InlineData("v1500x", true)]
    [InlineData("v3000x", false)]
    [InlineData("l=", false)]
    public void Select_WordsInValuesOfManySeries_FindsThem(string word, bool isFound)
    {
        string fill = new('f', 100);
        TestStore store = new TestStore().With(
            "job=a", string.Concat(Enumerable.Range(0, 3000).Select(i => $"x{{l=\"v{i}x\",m=\"{fill}\"}} 1\n")));

        Assert.Equal(isFound ? "a" : "", JobsOf(Select(store, new GroupSelection { Words = [word] }, First50)));
    }

    [Fact]
    public void Select_WithCounts_CountsWhatMeetsAllButTheState()
    {
        TestStore store = Some();
        store.Refused("job=b", "x 1\nx 2\n");
        store.With("job=a", "");
        var states = new GroupStates(
            group => group.Key != TestStore.Key("job=a"), group => group.Key == TestStore.Key("job=c"), key => key == TestStore.Key("job=d"));
        var counts = new StateCounts(states);
        var selection = new GroupSelection { Words = ["b"], HasFailed = false };

        Assert.Equal("a c d", JobsOf(GroupPage.Select(
            store.Store.Snapshot, selection with { Words = [] }, First50, CancellationToken.None, counts)));
        Assert.Equal((4, 1, 3, 1, 1, 1), (counts.All, counts.Failed, counts.Late, counts.Expiring, counts.Empty, counts.Quarantined));

        counts = new StateCounts(states);
        var none = GroupPage.Select(
            store.Store.Snapshot, selection with { Words = ["job", "b", "z"] }, First50, CancellationToken.None, counts);
        Assert.Equal((0, 1, 1), (none.MatchedGroups, counts.All, counts.Failed));
    }

    [Theory]
    [InlineData(false, "b d c a")]
    [InlineData(true, "a c d b")]
    public void Select_SortedByState_HasFailingAndLateGroupsFirst(bool isDescending, string jobs)
    {
        TestStore store = Some();
        store.Refused("job=b", "x 1\nx 2\n");
        var states = new GroupStates(
            group => group.Key == TestStore.Key("job=d"), group => group.Key == TestStore.Key("job=c"), _ => false);

        var page = GroupPage.Select(
            store.Store.Snapshot,
            new GroupSelection(),
            new PageRequest(GroupSort.State, isDescending, 0, 50),
            CancellationToken.None,
            counts: null,
            states);

        Assert.Equal(jobs, JobsOf(page));
    }

    [Fact]
    public void Select_SeveralSelectors_GivesTheGroupsOfAny()
    {
        var selection = new GroupSelection
        {
            Selectors = [SelectorScanTests.Parse("{job=\"d\"}"), SelectorScanTests.Parse("x{l=\"2\"}")],
        };

        Assert.Equal("b d", JobsOf(Select(Some(), selection, First50)));
    }

    [Fact]
    public void Select_ByState_LooksAtTheLastPush()
    {
        TestStore store = Some(); // d at second 1, c at 2, b at 3, a at 4
        store.Refused("job=b", "x 1\nx 2\n");
        store.Store.Apply(new RecordParseErrorCommand(TestStore.Key("job=c"), "unreadable", 6));
        store.Put("job=new", "x 1\nx 2\n");

        Assert.Equal("b c new", JobsOf(Select(store, new GroupSelection { HasFailed = true }, First50)));
        Assert.Equal("a d", JobsOf(Select(store, new GroupSelection { HasFailed = false }, First50)));
        Assert.Equal("c d new", JobsOf(Select(store, new GroupSelection { PushedBefore = 3 }, First50)));
        Assert.Equal("c d new", JobsOf(Select(store, new GroupSelection { StaleSince = 3 }, First50)));
        Assert.Equal("c", JobsOf(Select(store, new GroupSelection { PushedBefore = 3, PushedSince = 2 }, First50)));
        Assert.Equal("d new", JobsOf(Select(store, new GroupSelection { PushedBefore = 3, StaleSince = 2 }, First50)));
        Assert.Equal("a b", JobsOf(Select(store, new GroupSelection { PushedSince = 3 }, First50)));
    }

    [Fact]
    public void Select_OfARequestThatIsGone_Ends()
    {
        Assert.Throws<OperationCanceledException>(() =>
            GroupPage.Select(Some().Store.Snapshot, new GroupSelection(), First50, new CancellationToken(canceled: true)));
    }

    /// <summary>Groups whose order by job, push, series and size is not the same.</summary>
    private static TestStore Some() => new TestStore()
        .With("job=d", "longer_name 1\n")
        .With("job=c", "x{l=\"1\"} 1\ny 1\n")
        .With("job=b", "x{l=\"1\"} 1\nx{l=\"2\"} 2\nz 1\n")
        .With("job=a", "x 1\n");

    private static GroupPage Select(TestStore store, GroupSelection selection, PageRequest request) =>
        GroupPage.Select(store.Store.Snapshot, selection, request, CancellationToken.None);

    private static string JobsOf(GroupPage page) =>
        string.Join(' ', page.Groups.Select(group => group.Key.Labels.Single(label => label.Name == Job).Value));
}
