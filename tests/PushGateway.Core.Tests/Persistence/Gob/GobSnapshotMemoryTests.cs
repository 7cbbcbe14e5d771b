using System.Runtime.CompilerServices;
using PushGateway.Core.Model;
using PushGateway.Core.Persistence.Gob;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Gob;

/// <summary>Reading and writing large files in little memory.</summary>
public class GobSnapshotMemoryTests
{
    private const int GroupCount = 20_000;
    private const int Step = 1000;

    /// <summary>More than a buffer and a group, and much less than the file.</summary>
    private const int MaxAheadBytes = 100_000;

    [Fact]
    public void Read_LargeFile_HoldsAGroupAndABuffer()
    {
        byte[] file = Snapshots.Write(Groups(_ => { }));
        using var stream = new MemoryStream(file);
        var earlier = new List<WeakReference>();
        int count = 0;

        using IEnumerator<PersistedGroup> groups = GobSnapshotReader.Read(stream).GetEnumerator();
        while (count < GroupCount - 1)
        {
            count += Pass(groups, Step - 1, earlier);
            long expected = (long)count * file.Length / GroupCount;
            Assert.InRange(stream.Position, expected - MaxAheadBytes, expected + MaxAheadBytes);
            count += Pass(groups, 1, earlier);
        }

        Assert.InRange(file.Length, 20 * MaxAheadBytes, int.MaxValue);
        Assert.Equal(GroupCount, count);
        Assert.InRange(AliveOf(earlier), 0, 2);
    }

    [Fact]
    public void Write_LargeFile_HoldsAGroupAndABuffer()
    {
        using var stream = new MemoryStream();
        var earlier = new List<WeakReference>();
        var lengths = new List<long>();

        GobSnapshotWriter.Write(stream, Groups(group =>
        {
            earlier.Add(new WeakReference(group));
            lengths.Add(stream.Length);
        }));

        Assert.InRange(AliveOf(earlier), 0, 2);
        for (int i = 0; i < GroupCount; i += Step)
        {
            long expected = i * stream.Length / GroupCount;
            Assert.InRange(lengths[i], expected - MaxAheadBytes, expected + MaxAheadBytes);
        }
    }

    /// <summary>A separate method, so that no local variable references a group.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Pass(IEnumerator<PersistedGroup> groups, int count, List<WeakReference> earlier)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(groups.MoveNext());
            earlier.Add(new WeakReference(groups.Current));
        }
        return count;
    }

    private static int AliveOf(List<WeakReference> references)
    {
        GC.Collect();
        return references.Count(reference => reference.IsAlive);
    }

    private static IEnumerable<PersistedGroup> Groups(Action<PersistedGroup> onGiven)
    {
        for (int i = 0; i < GroupCount; i++)
        {
            PersistedGroup group = Snapshots.Group($"job {i:D5}");
            group.Families[0].Family.Help = new Utf8String(new string('h', 50));
            onGiven(group);
            yield return group;
        }
    }
}
