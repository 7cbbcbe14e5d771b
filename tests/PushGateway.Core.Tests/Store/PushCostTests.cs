using PushGateway.Core.Model;
using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Store;

/// <summary>The cost of a push depends on the push, not on the store. Measured in allocated bytes, since times vary.</summary>
public class PushCostTests
{
    private const int Pushes = 41;

    [Fact]
    public void Push_IntoAHundredTimesAsManyGroups_AllocatesAsMuch()
    {
        TestStore fewGroups = StoreOf(groups: 100);
        TestStore manyGroups = StoreOf(groups: 10_000);

        foreach (PushMode mode in Enum.GetValues<PushMode>())
        {
            long few = MedianBytes(fewGroups, mode);
            long many = MedianBytes(manyGroups, mode);

            Assert.True(Math.Abs(many - few) <= few / 10, $"{few} bytes with 100 groups, {many} with 10000");
        }
    }

    [Theory]
    [InlineData("metric_0{l=\"1\"} 1\nmetric_1 1\n", 2 + 2 + 2)] // a family and a series each: one goes, two come
    [InlineData("metric_0 2\n", 0)] // the series that are there
    public void Push_IntoAHundredTimesAsManyGroups_ChangesAsMuchOfTheIndex(string body, long expected)
    {
        foreach (int groups in (int[])[100, 10_000])
        {
            TestStore store = StoreOf(groups);
            long before = store.Store.Index.Operations;

            store.Put("job=j0", body);

            Assert.Equal(expected, store.Store.Index.Operations - before);
        }
    }

    private static TestStore StoreOf(int groups)
    {
        var store = new TestStore();
        for (int i = 0; i < groups; i++)
        {
            store.With($"job=j{i}", $"metric_{i % 4} 1\n");
        }
        return store;
    }

    /// <summary>
    /// The cost of pushes to groups all over the store. Each group gets one push before, since the first push to a chunk of
    /// 256 groups copies the chunk that a snapshot shares.
    /// </summary>
    private static long MedianBytes(TestStore store, PushMode mode)
    {
        int groups = store.Store.Snapshot.GroupCount;
        var bytes = new List<long>();
        for (int i = 0; i < Pushes; i++)
        {
            Push(store, mode, i * 7919 % groups, -i - 1);
        }
        for (int i = 0; i < Pushes; i++)
        {
            bytes.Add(Push(store, mode, i * 7919 % groups, i));
        }
        bytes.Sort();
        return bytes[bytes.Count / 2];
    }

    private static long Push(TestStore store, PushMode mode, int group, int value)
    {
        List<MetricFamily> families = TestStore.Parse(Body(value));
        GroupingKey key = TestStore.Key($"job=j{group}");
        var push = new PushCommand(key, mode, PushCheck.Checked, families, TestStore.Second);
        long before = GC.GetAllocatedBytesForCurrentThread();
        CommandResult result = store.Store.Apply(push);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Null(result.Error);
        return allocated;
    }

    private static string Body(int value) =>
        string.Concat(Enumerable.Range(0, 20).Select(i => $"metric_{i % 4}{{l=\"{i}\"}} {value}\n"));
}
