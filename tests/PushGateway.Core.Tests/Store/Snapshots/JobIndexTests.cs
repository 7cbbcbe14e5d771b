using PushGateway.Core.Model;
using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store;
using PushGateway.Core.Tests.Query.Selectors;
using Xunit;

namespace PushGateway.Core.Tests.Store.Snapshots;

public class JobIndexTests
{
    private const int Scrapes = 21;

    private static readonly string[] Jobs = ["a", "ab", "b", "c"];

    private static readonly string[] Others = ["", ",instance=", ",instance=i", ",x=b", ",instance=i,x=y"];

    /// <summary>Any added and removed groups since the last request.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void GroupsOf_AfterAnyCommands_AreThoseOfTheJobsInOrder(int seed)
    {
        var random = new Random(seed);
        var store = new TestStore();
        Assert.True(store.Store.Snapshot.AllHaveJobs);
        for (int step = 0; step < 300; step++)
        {
            string key = $"job={random.GetItems(Jobs, 1)[0]}{random.GetItems(Others, 1)[0]},n={random.Next(9)}";
            if (random.Next(3) == 0)
            {
                store.Delete(key);
            }
            else
            {
                store.Put(key, "x 1\n");
            }
            StoreSnapshot snapshot = store.Store.Snapshot;
            string[] asked = [.. random.GetItems([.. Jobs, "d"], random.Next(4)).Distinct()];
            if (random.Next(3) > 0)
            {
                Assert.Equal(
                    snapshot.Groups.Where(group => asked.Contains(JobOf(group))),
                    snapshot.GroupsOf([.. asked.Select(job => new Utf8String(job))]));
            }
        }
        Assert.True(store.Store.Snapshot.GroupCount > 20);
    }

    /// <summary>The series of the group have their own job.</summary>
    [Theory]
    [InlineData("instance=i")]
    [InlineData("a=,instance=i")]
    [InlineData("zone=z,b=c")]
    public void AllHaveJobs_GroupWithoutOne_IsFalse_AndItsSeriesAreSelectedByTheirs(string key)
    {
        TestStore store = new TestStore().With("job=a", "x 1\n").With(key, "x{job=\"a\"} 1\nx{job=\"b\"} 2\n");
        StoreSnapshot snapshot = store.Store.Snapshot;
        Selector[] selectors = [SelectorScanTests.Parse("x{job=\"a\"}")];

        Assert.False(snapshot.AllHaveJobs);
        Assert.Equal(["{job=\"a\"}"], Keys(snapshot));
        Assert.Equal(2, SelectedFamilies.Of(snapshot, selectors, TestContext.Current.CancellationToken).Single().Count);
    }

    [Fact]
    public void GroupsOf_AnOlderSnapshot_AreItsOwn()
    {
        TestStore store = new TestStore().With("job=a", "x 1\n").With("job=b", "x 1\n");
        StoreSnapshot older = store.Store.Snapshot;
        store.With("job=a,instance=i", "x 1\n").Delete("job=a");
        StoreSnapshot newer = store.Store.Snapshot;

        Assert.Equal(["{instance=\"i\",job=\"a\"}"], Keys(newer));
        Assert.Equal(["{job=\"a\"}"], Keys(older));
        store.Store.Apply(new WipeCommand());
        Assert.Equal([], Keys(store.Store.Snapshot));
        Assert.Equal(["{instance=\"i\",job=\"a\"}"], Keys(newer));
    }

    [Theory]
    [InlineData(20, "{job=\"few\"}")]
    [InlineData(20, "x{job=\"few\",l!=\"1\"}", "{job=\"few\",instance=~\"1.*\"}")]
    [InlineData(100, "{job=\"few\"}", "{job=\"many\"}")]
    [InlineData(20, "{job=\"few\"}", "{job=\"few\",job=\"many\"}")]
    [InlineData(0, "{job=\"none\"}")]
    [InlineData(100, "{job=\"few\"}", "x")]
    [InlineData(100, "x{job=\"\"}")]
    [InlineData(100, "{job=~\"few\"}")]
    public void Candidates_OfSelectors_AreTheGroupsOfTheirJobs(int groups, params string[] selectors)
    {
        StoreSnapshot snapshot = StoreOf(groups: 100).Store.Snapshot;

        Assert.Equal(groups, new SelectedGroups(snapshot, [.. selectors.Select(SelectorScanTests.Parse)], isRepeated: true).Candidates.Count());
    }

    /// <summary>Creating the index takes as long as visiting all groups.</summary>
    [Fact]
    public void Candidates_OfADeletion_MakeNoIndexAndUseOne()
    {
        StoreSnapshot snapshot = StoreOf(groups: 100).Store.Snapshot;
        Selector[] selectors = [SelectorScanTests.Parse("{job=\"few\"}")];

        Assert.Equal(100, new SelectedGroups(snapshot, selectors, isRepeated: false).Candidates.Count());
        Assert.False(snapshot.HasJobIndex);
        Assert.Equal(20, new SelectedGroups(snapshot, selectors, isRepeated: true).Candidates.Count());
        Assert.Equal(20, new SelectedGroups(snapshot, selectors, isRepeated: false).Candidates.Count());
    }

    [Fact]
    public void Scrape_AfterANewGroupAmongAHundredTimesAsMany_AllocatesAsMuch()
    {
        long few = MedianBytes(StoreOf(groups: 100));
        long many = MedianBytes(StoreOf(groups: 10_000));

        Assert.True(many <= few + (8 * 1024), $"{few} bytes with 100 groups, {many} with 10000");
    }

    private static TestStore StoreOf(int groups)
    {
        var store = new TestStore();
        for (int i = 0; i < groups; i++)
        {
            store.With($"job={(i < 20 ? "few" : "many")},instance={i}", "x 1\n");
        }
        return store;
    }

    /// <summary>Of scrapes after a group has come. The first scrape has made the index.</summary>
    private static long MedianBytes(TestStore store)
    {
        Selector[] selectors = [SelectorScanTests.Parse("{job=\"few\"}")];
        var bytes = new List<long>();
        for (int i = 0; i < Scrapes; i++)
        {
            store.With($"job=other,instance={i}", "x 1\n");
            StoreSnapshot snapshot = store.Store.Snapshot;
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.NotEmpty(SelectedFamilies.Of(snapshot, selectors, TestContext.Current.CancellationToken));
            bytes.Add(GC.GetAllocatedBytesForCurrentThread() - before);
        }
        bytes.Sort();
        return bytes[bytes.Count / 2];
    }

    private static IEnumerable<string> Keys(StoreSnapshot snapshot) =>
        snapshot.GroupsOf([new Utf8String("a")]).Select(group => group.Key.ToString());

    private static string JobOf(MetricGroup group) =>
        Array.Find(group.Key.Labels, label => label.Name == new Utf8String("job")).Value.ToString();
}
