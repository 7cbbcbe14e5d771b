using System.Runtime.InteropServices;

namespace PushGateway.Core.Persistence.Gob;

/// <summary>A copy of consecutive undecoded groups of a persistence file.</summary>
public sealed class SnapshotChunk
{
    private readonly GobTypes _types;
    private readonly GobType.Map _groups;

    /// <param name="bytes">The approximate size.</param>
    internal SnapshotChunk(GobTypes types, GobType.Map groups, long start, int bytes)
    {
        Bytes = new PooledBuffer(bytes);
        _types = types;
        _groups = groups;
        Start = start;
    }

    /// <summary>The offset in the file.</summary>
    internal long Start { get; }

    /// <summary>The offset in the file of the next chunk.</summary>
    public long End { get; internal set; }

    internal PooledBuffer Bytes { get; }

    /// <summary>The number of complete groups. A damaged one may follow.</summary>
    internal int GroupCount { get; set; }

    /// <summary>
    /// Renders the groups and adds them to a collection. Call it once, on any thread: it releases the memory.
    /// </summary>
    /// <param name="verify">
    /// Whether to set <see cref="RestoredGroup.Fault"/>: the file contains the labels of a group and the names of its
    /// families several times.
    /// </param>
    /// <exception cref="GobFormatException">The file is damaged. The groups before the damage are added.</exception>
    public void Decode(ICollection<RestoredGroup> restored, bool verify = false)
    {
        using (Bytes)
        {
            if (!MemoryMarshal.TryGetArray(Bytes.WrittenMemory, out ArraySegment<byte> bytes))
            {
                throw new InvalidOperationException("a pooled buffer is an array");
            }
            var reader = new GobReader(bytes, Start);
            GobTypes types = _types.For(reader);
            var group = new PersistedGroupReader(reader, types, _groups.Element);
            for (int i = 0; i < GroupCount; i++)
            {
                if (verify)
                {
                    byte[] key = types.ReadBytes(_groups.Key, GobBytes.Text, "a group's key");
                    restored.Add(group.ReadVerified(key));
                }
                else
                {
                    // The group contains the labels of the key as well.
                    types.Skip(_groups.Key);
                    restored.Add(group.ReadStored());
                }
            }
        }
    }
}
