using System.Globalization;
using System.Text;
using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Store;

/// <summary>Pushes reuse only arrays that no snapshot shares.</summary>
public class SnapshotTests
{
    /// <summary>Its group shared a family's lines with an older one, which the snapshot had.</summary>
    [Fact]
    public void Snapshot_GroupIsMergedIntoAndThenReplaced_StaysAsItWas()
    {
        var store = new TestStore();
        store.Put("job=a", Body("a", 20, 1) + Body("b", 1, 1));
        StoreSnapshot snapshot = store.Store.Snapshot;
        string before = Lines(snapshot);

        store.Post("job=a", Body("b", 1, 2));
        store.Put("job=a", Body("c", 20, 3));
        store.Put("job=a", Body("d", 20, 4));

        Assert.Equal(before, Lines(snapshot));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Snapshots_WhateverIsPushedLater_StayAsTheyWere(int seed)
    {
        var random = new Random(seed);
        var store = new TestStore();
        var taken = new List<(StoreSnapshot Snapshot, string Lines)>();
        for (int step = 1; step <= 3000; step++)
        {
            string key = $"job={random.Next(3)}";
            string body = string.Concat("abcy".Where(_ => random.Next(2) == 0).Select(name =>
                Body($"{name}", random.Next(4) == 0 ? 1 : 12, step)));
            _ = random.Next(12) switch
            {
                < 5 => store.Put(key, body),
                < 9 => store.Post(key, body),
                9 => store.Delete(key),
                _ => store.Put(key, body + "x 1\nx 1\n"),
            };
            if (random.Next(4) == 0)
            {
                StoreSnapshot snapshot = store.Store.Snapshot;
                taken.Add((snapshot, Lines(snapshot)));
            }
        }
        foreach ((StoreSnapshot snapshot, string lines) in taken)
        {
            Assert.Equal(lines, Lines(snapshot));
        }
    }

    private static string Body(string name, int series, int value) => string.Concat(Enumerable.Range(0, series).Select(
        i => string.Create(CultureInfo.InvariantCulture, $"{name}{{i=\"{i}\"}} {value}\n")));

    private static string Lines(StoreSnapshot snapshot)
    {
        var lines = new StringBuilder();
        foreach (MetricGroup group in snapshot.Groups)
        {
            foreach (ref readonly StoredFamily family in group.Families)
            {
                lines.Append(Encoding.UTF8.GetString(family.Lines));
            }
        }
        return lines.ToString();
    }
}
