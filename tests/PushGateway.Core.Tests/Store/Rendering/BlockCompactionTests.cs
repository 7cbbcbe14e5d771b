using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Store.Rendering;

/// <summary>A group retains about as much memory as it shows, whatever its history.</summary>
public class BlockCompactionTests
{
    private const int SlackBytes = 4096;

    [Fact]
    public void Post_OneFamilyAfterTheOther_HoldsNoLinesInVain()
    {
        var store = new TestStore();
        for (int push = 0; push < 300; push++)
        {
            store.Post("job=a", Body(push * 7 % 10, 1 + (push * 11 % 13), push));
            AssertHoldsWhatItShows(store);
        }
    }

    [Fact]
    public void Post_WindowsOfFamilies_HoldsNoLinesInVain()
    {
        var store = new TestStore();
        for (int push = 0; push < 200; push++)
        {
            int first = push % 40;
            store.Post("job=a", string.Concat(Enumerable.Range(first, 40 - first).Select(i => Body(i, 5, push))));
            AssertHoldsWhatItShows(store);
        }
    }

    /// <summary>The lines of a push used to be found through its last family, which has none here.</summary>
    [Fact]
    public void Post_EmptyFamilyLast_HoldsNoLinesInVain()
    {
        var store = new TestStore();
        for (int push = 0; push < 200; push++)
        {
            int first = push % 40;
            string body = string.Concat(Enumerable.Range(first, 40 - first).Select(i => Body(i, 5, push)));
            List<MetricFamily> families = [.. TestStore.Parse(body), new() { Name = new("zzz") }];
            store.Push("job=a", PushMode.Merge, PushCheck.Checked, families);
            AssertHoldsWhatItShows(store);
        }
    }

    [Fact]
    public void Post_SmallFamilyBesideALargeOne_LeavesTheLargeOneWhereItIs()
    {
        var store = new TestStore();
        store.Put("job=a", Body(0, 1000, 1) + Body(1, 1, 1));
        byte[] before = Family(store, "f00").Block;

        store.Post("job=a", Body(1, 1, 2));

        Assert.Same(before, Family(store, "f00").Block);
        Assert.NotSame(before, Family(store, "f01").Block);
    }

    [Fact]
    public void Put_SameSeries_KeepsTheirHashes()
    {
        var store = new TestStore();
        store.Put("job=a", Body(0, 3, 1) + Body(1, 3, 1));
        UInt128[] before = Family(store, "f01").Hashes;

        store.Put("job=a", Body(0, 3, 2) + Body(1, 3, 2));

        Assert.Same(before, Family(store, "f01").Hashes);
        Assert.Contains("f01{i=\"0\",instance=\"\",job=\"a\"} 2\n", store.Scrape(), StringComparison.Ordinal);
    }

    [Fact]
    public void Post_EmptyFamily_KeepsNoLinesOfOthers()
    {
        var store = new TestStore();
        store.Push("job=a", PushMode.Merge, PushCheck.Checked, [new() { Name = new("empty") }, .. TestStore.Parse(Body(0, 9, 1))]);

        Assert.Empty(Family(store, "empty").Block);
        Assert.Empty(Family(store, "empty").Hashes);
    }

    private static string Body(int family, int samples, int value) =>
        string.Concat(Enumerable.Range(0, samples).Select(i => $"f{family:D2}{{i=\"{i}\"}} {value}\n"));

    private static StoredFamily Family(TestStore store, string name) =>
        store.Store.Snapshot.Groups.Single().Find(new(name))!.Value;

    private static void AssertHoldsWhatItShows(TestStore store)
    {
        StoredFamily[] families = store.Store.Snapshot.Groups.Single().Families.ToArray();
        int shown = families.Sum(family => family.LinesLength);
        int held = families.Select(family => family.Block).Distinct().Sum(block => block.Length);
        int hashes = families.Select(family => family.Hashes).Distinct().Sum(array => array.Length);

        Assert.InRange(held, shown, (2 * shown) + SlackBytes);
        Assert.InRange(hashes, families.Sum(family => family.MetricCount), int.MaxValue);
        Assert.All(families, family => Assert.Equal(
            family.MetricCount, Encoding.UTF8.GetString(family.Lines).Count(c => c == '\n')));
    }
}
