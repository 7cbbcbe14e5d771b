using PushGateway.Core.Exposition;
using PushGateway.Core.Model;

namespace PushGateway.Core.Persistence;

/// <summary>
/// Writes the file of <c>--persistence.file</c>, as the Go Pushgateway reads it: one message with all groups.
/// </summary>
/// <remarks>
/// The message has its length in front, and the number of groups, neither of which is known before the end. Room is
/// kept for both and filled in last, with leading zeros, which Go reads. A file that was not written to its end has a
/// length of 0 there, and is refused by both.
/// </remarks>
public static class GobSnapshotWriter
{
    /// <summary>
    /// Go refuses a message of 8 GiB or more, on 32-bit machines of 1 GiB ("invalid message length"), and reads but
    /// one. It would start without the groups and overwrite the file. So no such file is written.
    /// </summary>
    public const long MaxMessageBytes = (8L << 30) - 1;

    private const long Text = 6;
    private const long Groups = 65;
    private const long Group = 66;
    private const long Texts = 67;
    private const long Families = 68;
    private const long Stamped = 69;
    private const long Time = 70;
    private const long Family = 71;

    /// <summary>
    /// Writes from where the stream is, and asks for one group after the other: they need not be there all at once. The
    /// caller flushes the stream.
    /// </summary>
    /// <param name="stream">Can seek.</param>
    /// <param name="groups">No key twice.</param>
    /// <exception cref="IOException">The stream fails, or the groups are too many for Go.</exception>
    public static void Write(Stream stream, IEnumerable<PersistedGroup> groups) =>
        Write(stream, groups, MaxMessageBytes);

    internal static void Write(Stream stream, IEnumerable<PersistedGroup> groups, long maxMessageBytes)
    {
        var writer = new GobWriter(stream);
        WriteDefinitions(writer);
        long length = writer.ReserveUInt();
        long start = writer.Written;
        writer.WriteInt(Groups);
        // What is no struct comes after a zero.
        writer.WriteUInt(0);
        long count = writer.ReserveUInt();
        ulong written = 0;
        foreach (PersistedGroup group in groups)
        {
            WriteGroup(writer, group);
            written++;
            if (writer.Written - start > maxMessageBytes)
            {
                throw new IOException(
                    $"the groups take more than the {maxMessageBytes} bytes that the Go Pushgateway can read back");
            }
        }
        ulong messageBytes = (ulong)(writer.Written - start);
        writer.Patch(count, written);
        writer.Patch(length, messageBytes);
    }

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
        WriteKey(writer, group.Key.Labels);
        writer.WriteField(1);
        writer.WriteUInt((uint)group.Key.Labels.Length);
        foreach (Label label in group.Key.Labels)
        {
            writer.WriteBytes(label.Name.Span);
            writer.WriteBytes(label.Value.Span);
        }
        // Even where there are none: Go adds to the map that it reads.
        writer.WriteField(1);
        writer.WriteUInt((uint)group.Families.Count);
        foreach (PersistedFamily family in group.Families)
        {
            WriteFamily(writer, family);
        }
        if (group.Extra.Count > 0)
        {
            writer.WriteField(1);
            writer.WriteUInt((uint)group.Extra.Count);
            foreach ((string name, string value) in group.Extra)
            {
                writer.WriteBytes(new Utf8String(name).Span);
                writer.WriteBytes(new Utf8String(value).Span);
            }
        }
        writer.WriteEndOfStruct();
    }

    /// <summary>What Go finds the group by: the sorted labels' names and values, with a byte 0xFF between.</summary>
    private static void WriteKey(GobWriter writer, Label[] labels)
    {
        byte[] separator = [0xff];
        Utf8String[] parts = [.. labels.SelectMany(label => new[] { label.Name, label.Value })];
        writer.WriteUInt((uint)(parts.Sum(part => part.Length) + Math.Max(parts.Length - 1, 0)));
        for (int i = 0; i < parts.Length; i++)
        {
            writer.WriteRaw(i == 0 ? [] : separator);
            writer.WriteRaw(parts[i].Span);
        }
    }

    private static void WriteFamily(GobWriter writer, PersistedFamily family)
    {
        writer.WriteBytes(family.Family.Name.Span);
        writer.WriteField(1);
        Span<byte> time = stackalloc byte[GobTime.Bytes];
        GobTime.Write(time, family.PushedAt);
        writer.WriteBytes(time);
        writer.WriteField(1);
        writer.WriteBytes(ProtobufExposition.Encode(family.Family));
        writer.WriteEndOfStruct();
    }
}
