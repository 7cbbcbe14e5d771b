using PushGateway.Core.Exposition;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Output;

namespace PushGateway.Core.Persistence.Gob;

/// <summary>Writes persistence files in the Go Pushgateway's format: one message with all groups.</summary>
/// <remarks>
/// The message begins with its length and the number of groups, which are known only at the end. The writer reserves
/// space for both and patches them, with leading zeros, which Go accepts. A partly written file has the length 0, and
/// both gateways reject it.
/// </remarks>
public static class GobSnapshotWriter
{
    /// <summary>
    /// Go rejects messages of 8 GiB or more ("invalid message length"), on 32-bit machines of 1 GiB. It would start
    /// without the groups and overwrite the file.
    /// </summary>
    public const long MaxMessageBytes = (8L << 30) - 1;

    /// <summary>Enough for a family of a few series.</summary>
    private const int FirstMessageBytes = 4096;

    private const long Text = 6;
    private const long Groups = 65;
    private const long Group = 66;
    private const long Texts = 67;
    private const long Families = 68;
    private const long Stamped = 69;
    private const long Time = 70;
    private const long Family = 71;

    /// <summary>
    /// Writes at the position of the stream, and enumerates the groups once. The caller flushes the stream.
    /// </summary>
    /// <param name="stream">A seekable stream.</param>
    /// <param name="groups">Groups with distinct keys.</param>
    /// <exception cref="IOException">The stream failed, or the groups exceed the size that Go can read.</exception>
    public static void Write(Stream stream, IEnumerable<PersistedGroup> groups) =>
        Write(stream, groups, MaxMessageBytes);

    /// <summary>Writes the groups of a store without decoding their families.</summary>
    /// <inheritdoc cref="Write(Stream, IEnumerable{PersistedGroup})"/>
    public static void Write(Stream stream, StoreSnapshot snapshot)
    {
        byte[] scratch = new byte[FirstMessageBytes];
        Write(stream, snapshot.Groups, (writer, group) => WriteGroup(writer, group, ref scratch), MaxMessageBytes);
    }

    internal static void Write(Stream stream, IEnumerable<PersistedGroup> groups, long maxMessageBytes) =>
        Write(stream, groups, WriteGroup, maxMessageBytes);

    private static void Write<T>(
        Stream stream, IEnumerable<T> groups, Action<GobWriter, T> writeGroup, long maxMessageBytes)
    {
        var writer = new GobWriter(stream);
        (long length, long start, long count) = WriteHeader(writer);
        var groupStream = stream as GroupStream;
        groupStream?.BeginGroups(writer.Written);
        ulong written = 0;
        foreach (T group in groups)
        {
            writeGroup(writer, group);
            written++;
            groupStream?.EndGroup(writer.Written);
            if (writer.Written - start > maxMessageBytes)
            {
                throw new IOException(
                    $"the groups exceed the {maxMessageBytes} bytes that the Go Pushgateway can read");
            }
        }
        ulong messageBytes = (ulong)(writer.Written - start);
        writer.Patch(count, written);
        writer.Patch(length, messageBytes);
    }

    /// <summary>The bytes before the groups, in a file with the given numbers of groups and of bytes.</summary>
    internal static byte[] EncodeHeader(ulong groups, long bytes)
    {
        using var stream = new MemoryStream();
        var writer = new GobWriter(stream);
        (long length, long start, long count) = WriteHeader(writer);
        long end = writer.Written;
        writer.Patch(count, groups);
        writer.Patch(length, (ulong)(end - start + bytes));
        return stream.ToArray();
    }

    /// <returns>The positions of the message's length, of the start that it counts from, and of the number of groups.</returns>
    private static (long Length, long Start, long Count) WriteHeader(GobWriter writer)
    {
        WriteDefinitions(writer);
        long length = writer.ReserveUInt();
        long start = writer.Written;
        writer.WriteInt(Groups);
        // A zero precedes a top-level value other than a struct.
        writer.WriteUInt(0);
        return (length, start, writer.ReserveUInt());
    }

    private static ReadOnlySpan<byte> KeySeparator => [0xff];

    private static void WriteDefinitions(GobWriter writer)
    {
        GobTypeDefinition.WriteMap(writer, Groups, "GroupingKeyToMetricGroup", Text, Group);
        GobTypeDefinition.WriteStruct(
            writer,
            Group,
            "MetricGroup",
            new GobField(SnapshotNames.Labels, Texts),
            new GobField(SnapshotNames.Metrics, Families),
            new GobField(SnapshotNames.Extra, Texts));
        GobTypeDefinition.WriteMap(writer, Texts, "map[string]string", Text, Text);
        GobTypeDefinition.WriteMap(writer, Families, "NameToTimestampedMetricFamilyMap", Text, Stamped);
        GobTypeDefinition.WriteStruct(
            writer,
            Stamped,
            "TimestampedMetricFamily",
            new GobField(SnapshotNames.Timestamp, Time),
            new GobField(SnapshotNames.Family, Family));
        GobTypeDefinition.WriteGobEncoder(writer, Time, "Time");
        GobTypeDefinition.WriteGobEncoder(writer, Family, SnapshotNames.Family);
    }

    private static void WriteGroup(GobWriter writer, PersistedGroup group)
    {
        BeginGroup(writer, group.Key.Labels, group.Families.Count);
        foreach (PersistedFamily family in group.Families)
        {
            WriteFamily(writer, family.Family.Name, family.PushedAt, ProtobufExposition.Encode(family.Family));
        }
        WriteExtra(writer, [.. group.Extra.Select(pair => new Label(pair.Key, pair.Value))]);
        writer.WriteEndOfStruct();
    }

    /// <param name="scratch">Memory for a family's message. Replaced if it is too small.</param>
    private static void WriteGroup(GobWriter writer, MetricGroup group, ref byte[] scratch)
    {
        BeginGroup(writer, group.Key.Labels, group.Families.Length);
        var message = new ProtoWriter(scratch);
        foreach (ref readonly StoredFamily family in group.Families)
        {
            message.Clear();
            SampleLineProto.Write(ref message, family);
            WriteFamily(writer, family.Name, family.PushedAt, message.Written);
        }
        scratch = message.Buffer;
        WriteExtra(writer, GroupTerms.ToProperties(group.Terms));
        writer.WriteEndOfStruct();
    }

    private static void WriteExtra(GobWriter writer, IReadOnlyList<Label> extra)
    {
        if (extra.Count == 0)
        {
            return;
        }
        writer.WriteField(1);
        writer.WriteUInt((uint)extra.Count);
        foreach (Label property in extra)
        {
            writer.WriteBytes(property.Name.Span);
            writer.WriteBytes(property.Value.Span);
        }
    }

    private static void BeginGroup(GobWriter writer, Label[] labels, int families)
    {
        WriteKey(writer, labels);
        writer.WriteField(1);
        writer.WriteUInt((uint)labels.Length);
        foreach (ref readonly Label label in labels.AsSpan())
        {
            writer.WriteBytes(label.Name.Span);
            writer.WriteBytes(label.Value.Span);
        }
        // Written even without families: Go adds entries to the map that it reads.
        writer.WriteField(1);
        writer.WriteUInt((uint)families);
    }

    /// <summary>Go's key of a group: the sorted names and values of its labels, separated by bytes 0xFF.</summary>
    private static void WriteKey(GobWriter writer, Label[] labels)
    {
        int length = Math.Max((2 * labels.Length) - 1, 0);
        foreach (ref readonly Label label in labels.AsSpan())
        {
            length += label.Name.Length + label.Value.Length;
        }
        writer.WriteUInt((uint)length);
        for (int i = 0; i < labels.Length; i++)
        {
            writer.WriteRaw(i == 0 ? [] : KeySeparator);
            writer.WriteRaw(labels[i].Name.Span);
            writer.WriteRaw(KeySeparator);
            writer.WriteRaw(labels[i].Value.Span);
        }
    }

    /// <summary>Whether a key is the one that <see cref="WriteKey"/> writes.</summary>
    public static bool IsKeyOf(ReadOnlySpan<byte> key, ReadOnlySpan<Label> labels)
    {
        byte[] expected = [];
        foreach (ref readonly Label label in labels)
        {
            ReadOnlySpan<byte> separator = expected.Length == 0 ? [] : KeySeparator;
            expected = [.. expected, .. separator, .. label.Name.Span, .. KeySeparator, .. label.Value.Span];
        }
        return key.SequenceEqual(expected);
    }

    private static void WriteFamily(GobWriter writer, Utf8String name, long pushedAt, ReadOnlySpan<byte> message)
    {
        writer.WriteBytes(name.Span);
        writer.WriteField(1);
        Span<byte> time = stackalloc byte[GobTime.Bytes];
        GobTime.Write(time, pushedAt);
        writer.WriteBytes(time);
        writer.WriteField(1);
        writer.WriteBytes(message);
        writer.WriteEndOfStruct();
    }
}

/// <summary>The fields of a persistence file. Gob identifies fields by name.</summary>
/// <remarks>
/// In Go: <c>map[string]MetricGroup</c>, where MetricGroup is <c>{ Labels map[string]string; Metrics
/// map[string]TimestampedMetricFamily }</c>, and TimestampedMetricFamily is <c>{ Timestamp time.Time;
/// GobbableMetricFamily }</c>, whose second field encodes itself as a protobuf message. The same in versions 1.5 to
/// 1.11.
/// </remarks>
internal static class SnapshotNames
{
    public const string Labels = "Labels";
    public const string Metrics = "Metrics";
    public const string Timestamp = "Timestamp";
    public const string Family = "GobbableMetricFamily";

    /// <summary>A map[string]string of a group. Go skips it like every unknown field.</summary>
    public const string Extra = "Extra";
}
