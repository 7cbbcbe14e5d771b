using PushGateway.Core.Model;
using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Store;

/// <summary>A push costs what it holds, not what the store holds: counted in bytes, since seconds vary.</summary>
public class PushCostTests
{
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

    private static TestStore StoreOf(int groups)
    {
        var store = new TestStore();
        for (int i = 0; i < groups; i++)
        {
            store.With($"job=j{i}", $"metric_{i % 4} 1\n");
        }
        return store;
    }

    /// <summary>Of pushes all over the store, whose tree of groups is deeper in some places than in others.</summary>
    private static long MedianBytes(TestStore store, PushMode mode)
    {
        int groups = store.Store.Snapshot.GroupCount;
        var bytes = new List<long>();
        for (int i = 0; i < 41; i++)
        {
            // The second of two alike, since the first may have the index grow.
            store.With($"job=j{i * 7919 % groups}", Body(i));
            List<MetricFamily> families = TestStore.Parse(Body(-i));
            GroupingKey key = TestStore.Key($"job=j{i * 7919 % groups}");
            var push = new PushCommand(key, mode, PushCheck.Checked, families, TestStore.Second);
            long before = GC.GetAllocatedBytesForCurrentThread();
            CommandResult result = store.Store.Apply(push);
            bytes.Add(GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Null(result.Error);
        }
        bytes.Sort();
        return bytes[bytes.Count / 2];
    }

    private static string Body(int value) =>
        string.Concat(Enumerable.Range(0, 20).Select(i => $"metric_{i % 4}{{l=\"{i}\"}} {value}\n"));
}
