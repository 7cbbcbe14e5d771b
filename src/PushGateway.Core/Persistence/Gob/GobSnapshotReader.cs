namespace PushGateway.Core.Persistence.Gob;

/// <summary>Reads the file of <c>--persistence.file</c>, as this gateway and the Go Pushgateway write it.</summary>
public static class GobSnapshotReader
{
    /// <summary>A piece ends with the group that reaches this.</summary>
    private const int PieceBytes = 1 << 18;

    private const string GroupCount = "the number of groups";

    /// <summary>
    /// The groups in the order of the file, each read when it is asked for. Does not dispose of the stream, and reads
    /// ahead in it.
    /// </summary>
    /// <remarks>
    /// The file has no checksum: damage within a text or a number is not seen. As in Go, one value is read, and what
    /// comes after it is not looked at.
    /// </remarks>
    /// <exception cref="GobFormatException">
    /// While the groups are enumerated: the file is no persistence file, is cut off, or is damaged. The groups before
    /// that are whole.
    /// </exception>
    public static IEnumerable<PersistedGroup> Read(Stream stream)
    {
        var reader = new GobReader(stream);
        var types = new GobTypes(reader);
        GobType.Map groups = EnterGroups(reader, types);
        var group = new PersistedGroupReader(reader, types, groups.Element);
        for (ulong left = reader.ReadUInt(GroupCount); left > 0; left--)
        {
            // The key is made of the labels, which are in the group again.
            types.Skip(groups.Key);
            yield return group.Read();
        }
        reader.LeaveMessage();
    }

    /// <summary>
    /// The same groups, some at a time and not yet decoded, so that several threads can do that while this one reads on.
    /// </summary>
    /// <inheritdoc cref="Read(Stream)"/>
    public static IEnumerable<SnapshotChunk> ReadPieces(Stream stream)
    {
        var reader = new GobReader(stream);
        var types = new GobTypes(reader);
        GobType.Map groups = EnterGroups(reader, types);
        PersistedGroupReader.Check(reader, types, groups.Element);
        GobFormatException? fault = null;
        for (ulong left = reader.ReadUInt(GroupCount); left > 0 && fault is null;)
        {
            var piece = new SnapshotChunk(types, groups, reader.Offset, PieceBytes);
            reader.BeginCopy(piece.Bytes);
            while (left > 0 && reader.Offset < piece.Start + PieceBytes && TrySkip(types, groups, out fault))
            {
                piece.GroupCount++;
                left--;
            }
            reader.EndCopy();
            piece.End = reader.Offset;
            yield return piece;
        }
        if (fault is not null)
        {
            throw fault;
        }
        reader.LeaveMessage();
    }

    private static GobType.Map EnterGroups(GobReader reader, GobTypes types)
    {
        GobType.Map groups = types.Expect<GobType.Map>(types.ReadDefinitions(), "a map of groups");
        return reader.ReadUInt("a zero before the groups") is not 0 and ulong mark
            ? throw reader.Unexpected($"a zero before the groups expected, not {mark}")
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
