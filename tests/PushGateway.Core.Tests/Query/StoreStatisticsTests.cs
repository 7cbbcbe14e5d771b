using PushGateway.Core.Query;
using PushGateway.Core.Tests.Store;
using Xunit;

namespace PushGateway.Core.Tests.Query;

public class StoreStatisticsTests
{
    [Fact]
    public void Of_AStore_CountsWhatIsInIt()
    {
        TestStore store = new TestStore()
            .With("job=a,instance=1", "x{l=\"1\"} 1\nx{l=\"2\"} 2\n")
            .With("job=a,instance=2", "x 1\ny 1\n")
            .With("job=b,instance=1", "y 1\n");

        StoreStatistics statistics = Of(store, now: 3);

        Assert.Equal((3, 4 + 1 + 6, 4), (statistics.Groups, statistics.Series, statistics.Families));
        Assert.Equal(store.ScrapeAll().Split('\n').Where(line => !line.StartsWith('#')).Sum(line => line.Length + 1) - 1, statistics.Bytes);
        Assert.Equal(
            ["push_failure_time_seconds 3 3", "push_time_seconds 3 3", "x 3 2", "y 2 2"],
            statistics.TopMetrics.Select(share => $"{share.Text} {share.Series} {share.Groups}"));
        Assert.Equal(["a 8 2", "b 3 1"], statistics.TopJobs.Select(share => $"{share.Text} {share.Series} {share.Groups}"));
        Assert.Equal(["instance 2 3", "job 2 3"], statistics.TopLabels.Select(share => $"{share.Name} {share.Values} {share.Groups}"));
    }

    [Fact]
    public void Of_MoreThanTen_ShowsTheTopTen()
    {
        var store = new TestStore();
        for (int i = 0; i < 15; i++)
        {
            store.With($"job={i:D2},l{i:D2}=x", string.Concat(Enumerable.Range(0, i + 1).Select(s => $"m{i:D2}{{s=\"{s}\"}} 1\n")));
        }

        StoreStatistics statistics = Of(store, now: 15);

        Assert.Equal(10, statistics.TopMetrics.Count);
        Assert.Equal("14 05", $"{statistics.TopJobs[0].Text} {statistics.TopJobs[9].Text}");
        Assert.Equal("job", $"{statistics.TopLabels[0].Name}");
        Assert.Equal(10, statistics.TopLabels.Count);
    }

    [Theory]
    [InlineData(1, 0)] // at the moment of the push
    [InlineData(61, 0)]
    [InlineData(61.5, 1)]
    [InlineData(301, 1)]
    [InlineData(302, 2)]
    [InlineData(604_801, 6)]
    [InlineData(604_802, 7)]
    [InlineData(0, 0)] // pushed in the future, as a clock that was set back shows it
    public void Of_APushAtSecondOne_IsInTheBucketOfItsAge(double now, int bucket)
    {
        TestStore store = new TestStore().With("job=a", "x 1\n");

        IReadOnlyList<int> ages = Of(store, now).Ages;

        Assert.Equal(Enumerable.Range(0, 8).Select(i => i == bucket ? 1 : 0), ages);
    }

    [Fact]
    public void Of_AGroupNeverPushedTo_IsOldest()
    {
        var store = new TestStore();
        store.Put("job=a", "x 1\nx 2\n");

        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 1], Of(store, now: 1_700_000_000).Ages);
    }

    private static StoreStatistics Of(TestStore store, double now) =>
        StoreStatistics.Of(store.Store.Snapshot, now, CancellationToken.None);
}
