namespace PushGateway.Core.Persistence;

/// <summary>Reads the file of <c>--persistence.file</c>, as this gateway and the Go Pushgateway write it.</summary>
public static class GobSnapshotReader
{
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
    public static IEnumerable<PersistedGroup> Read(Stream stream) => Read(stream, group => group.Read());

    /// <summary>The same groups as a store holds them: rendered, most of them without being decoded.</summary>
    /// <inheritdoc cref="Read(Stream)"/>
    public static IEnumerable<RestoredGroup> ReadStored(Stream stream) => Read(stream, group => group.ReadStored());

    private static IEnumerable<T> Read<T>(Stream stream, Func<PersistedGroupReader, T> read)
    {
        var reader = new GobReader(stream);
        var types = new GobTypes(reader);
        var groups = types.Expect<GobType.Map>(types.ReadDefinitions(), "a map of groups");
        if (reader.ReadUInt("a zero before the groups") is not 0 and ulong mark)
        {
            throw reader.Unexpected($"a zero before the groups expected, not {mark}");
        }
        var group = new PersistedGroupReader(reader, types, groups.Element);
        for (ulong left = reader.ReadUInt("the number of groups"); left > 0; left--)
        {
            // The key is made of the labels, which are in the group again.
            types.Skip(groups.Key);
            yield return read(group);
        }
        reader.LeaveMessage();
    }
}
