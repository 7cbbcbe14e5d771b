using System.Runtime.InteropServices;
using PushGateway.Core.Model;

namespace PushGateway.Core.Persistence.Gob;

/// <summary>A copy of some groups of the persistence file, one after the other, to be decoded.</summary>
public sealed class SnapshotChunk
{
    private readonly GobTypes _types;
    private readonly GobType.Map _groups;

    /// <param name="bytes">How many it has, about.</param>
    internal SnapshotChunk(GobTypes types, GobType.Map groups, long start, int bytes)
    {
        Bytes = new PooledBuffer(bytes);
        _types = types;
        _groups = groups;
        Start = start;
    }

    /// <summary>Its offset in the file.</summary>
    internal long Start { get; }

    /// <summary>The offset in the file of what comes after it.</summary>
    public long End { get; internal set; }

    internal PooledBuffer Bytes { get; }

    /// <summary>How many groups are whole; one that the file's damage cuts off may follow.</summary>
    internal int GroupCount { get; set; }

    /// <summary>
    /// Adds its groups as a store holds them: rendered, most of them without being decoded. On any thread, once: it
    /// gives back the memory.
    /// </summary>
    /// <exception cref="GobFormatException">The file is damaged. The groups before that were added.</exception>
    public void Decode(ICollection<RestoredGroup> restored)
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
                // The key is made of the labels, which are in the group again.
                types.Skip(_groups.Key);
                restored.Add(group.ReadStored());
            }
        }
    }
}
