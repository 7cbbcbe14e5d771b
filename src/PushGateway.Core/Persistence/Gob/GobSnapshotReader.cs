namespace PushGateway.Core.Persistence.Gob;

/// <summary>Reads persistence files of this gateway and the Go Pushgateway.</summary>
public static class GobSnapshotReader
{
    /// <summary>A chunk ends after the group that reaches this size.</summary>
    private const int ChunkBytes = 1 << 18;

    private const string GroupCount = "the number of groups";

    /// <summary>
    /// The groups in the order of the file, read during enumeration. Reads ahead in the stream, and does not dispose
    /// it.
    /// </summary>
    /// <remarks>
    /// The format has no checksum, so damage within text or numbers is not detected. Like Go, ignores data after the value.
    /// </remarks>
    /// <exception cref="GobFormatException">
    /// During enumeration: the file is truncated, damaged, or no persistence file. The groups before that are intact.
    /// </exception>
    public static IEnumerable<PersistedGroup> Read(Stream stream)
    {
        var reader = new GobReader(stream);
        var types = new GobTypes(reader);
        GobType.Map groups = EnterGroups(reader, types);
        var group = new PersistedGroupReader(reader, types, groups.Element);
        for (ulong left = reader.ReadUInt(GroupCount); left > 0; left--)
        {
            // The group contains the labels of the key as well.
            types.Skip(groups.Key);
            yield return group.Read();
        }
        reader.LeaveMessage();
    }

    /// <summary>
    /// The same groups in undecoded chunks, which other threads can decode. The last chunk ends with the value.
    /// </summary>
    /// <inheritdoc cref="Read(Stream)"/>
    public static IEnumerable<SnapshotChunk> ReadChunks(Stream stream)
    {
        var reader = new GobReader(stream);
        var types = new GobTypes(reader);
        GobType.Map groups = EnterGroups(reader, types);
        PersistedGroupReader.Check(reader, types, groups.Element);
        GobFormatException? fault = null;
        ulong left = reader.ReadUInt(GroupCount);
        do
        {
            var chunk = new SnapshotChunk(types, groups, reader.Offset, ChunkBytes);
            reader.BeginCopy(chunk.Bytes);
            while (left > 0 && reader.Offset < chunk.Start + ChunkBytes && TrySkip(types, groups, out fault))
            {
                chunk.GroupCount++;
                left--;
            }
            reader.EndCopy();
            chunk.End = reader.Offset;
            yield return chunk;
        }
        while (left > 0 && fault is null);
        if (fault is not null)
        {
            throw fault;
        }
        reader.LeaveMessage();
    }

    private static GobType.Map EnterGroups(GobReader reader, GobTypes types)
    {
        GobType.Map groups = types.Expect<GobType.Map>(types.ReadDefinitions(), "a map of groups");
        return reader.ReadUInt("a zero before the groups") is not 0 and ulong value
            ? throw reader.Unexpected($"a zero before the groups expected, not {value}")
            : groups;
    }

    private static bool TrySkip(GobTypes types, GobType.Map groups, out GobFormatException? fault)
    {
        try
        {
            types.Skip(groups.Key);
            types.Skip(groups.Element);
            fault = null;
        }
        catch (GobFormatException exception)
        {
            fault = exception;
        }
        return fault is null;
    }
}
