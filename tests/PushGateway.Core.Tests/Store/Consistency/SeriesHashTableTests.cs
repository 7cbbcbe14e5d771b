using PushGateway.Core.Store.Consistency;
using Xunit;

namespace PushGateway.Core.Tests.Store.Consistency;

public class SeriesHashTableTests
{
    /// <summary>Behaves like a HashSet, for evenly distributed hashes and for hashes with the same slot.</summary>
    [Theory]
    [InlineData(1, 64)]
    [InlineData(2, 1000)]
    [InlineData(3, 100_000)]
    public void AddAndRemove_AnyOrder_IsASet(int seed, int values)
    {
        var random = new Random(seed);
        foreach (Func<int, UInt128> hashOf in (Func<int, UInt128>[])[Spread, Crowded, AtTheEnd])
        {
            var table = new SeriesHashTable();
            var expected = new HashSet<UInt128>();
            for (int i = 0; i < 3000; i++)
            {
                UInt128 hash = hashOf(random.Next(values));
                if (random.Next(500) == 0)
                {
                    table.Reserve(random.Next(2000));
                }
                if (random.Next(3) > 0)
                {
                    Assert.Equal(expected.Add(hash), table.Add(hash));
                }
                else
                {
                    Assert.Equal(expected.Remove(hash), table.Remove(hash));
                }
                Assert.Equal(expected.Contains(hash), table.Contains(hash));
                Assert.Equal(expected.Count, table.Count);
            }
            Assert.Equal(expected.Order(), table.All.Order());
        }
    }

    [Fact]
    public void Add_Zero_IsAHashLikeAnother()
    {
        var table = new SeriesHashTable();

        Assert.False(table.Contains(0));
        Assert.True(table.Add(0));
        Assert.False(table.Add(0));
        Assert.True(table.Contains(0));
        Assert.True(table.Remove(0));
        Assert.False(table.Remove(0));
        Assert.Empty(table.All);
    }

    private static UInt128 Spread(int value) => new((ulong)(value + 1) * 0x9E3779B97F4A7C15, (ulong)value);

    private static UInt128 Crowded(int value) => new(0, (ulong)value + 1);

    private static UInt128 AtTheEnd(int value) => new(ulong.MaxValue, (ulong)value);
}
