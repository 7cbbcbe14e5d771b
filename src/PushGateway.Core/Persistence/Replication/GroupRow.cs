using PushGateway.Core.Exposition;
using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Output;
using Proto = PushGateway.Core.Model.MetricsProto;

namespace PushGateway.Core.Persistence.Replication;

/// <summary>A group as a row of a database that replicas share.</summary>
/// <remarks>
/// Key and payload are protobuf messages: key = *label; payload = *property, *family; property = name, value; family = time
/// of the push in nanoseconds since 1970, io.prometheus.client.MetricFamily. Readers skip fields and properties that they do
/// not know, so that replicas of two versions share a database.
/// </remarks>
/// <param name="Id">The SHA-256 of the key, since a grouping key can be longer than an index allows.</param>
/// <param name="Payload">Null if the group was deleted.</param>
public sealed record GroupRow(byte[] Id, byte[] Key, byte[]? Payload)
{
    /// <param name="group">Null if the group does not exist.</param>
    public static GroupRow Of(GroupingKey key, MetricGroup? group)
    {
        byte[] encoded = EncodeKey(key);
        return new GroupRow(Sha256.HashData(encoded), encoded, group is null ? null : Encode(group));
    }

    internal static byte[] EncodeKey(GroupingKey key)
    {
        var writer = new ProtoWriter();
        foreach (ref readonly Label label in key.Labels.AsSpan())
        {
            WritePair(ref writer, Tag.KeyLabel, label);
        }
        return writer.Written.ToArray();
    }

    private static byte[] Encode(MetricGroup group)
    {
        var writer = new ProtoWriter(new byte[4096]);
        foreach (Label property in PropertiesOf(group))
        {
            WritePair(ref writer, Tag.Property, property);
        }
        foreach (ref readonly StoredFamily family in group.Families)
        {
            int start = writer.Begin(Tag.Family);
            writer.Signed(Tag.PushedAt, family.PushedAt);
            int message = writer.Begin(Tag.Message);
            SampleLineProto.Write(ref writer, family);
            writer.End(message);
            writer.End(start);
        }
        return writer.Written.ToArray();
    }

    private static IEnumerable<Label> PropertiesOf(MetricGroup group) =>
        GroupTerms.ToProperties(group.Terms).Concat(RejectionProperties.Of(group.LastRejection));

    private static void WritePair(ref ProtoWriter writer, uint tag, Label pair)
    {
        int start = writer.Begin(tag);
        writer.Bytes(Proto.Label.Name, pair.Name.Span);
        writer.Bytes(Proto.Label.Value, pair.Value.Span);
        writer.End(start);
    }

    /// <summary>The tags of the fields.</summary>
    internal static class Tag
    {
        internal const uint KeyLabel = 1 << 3 | 2;
        internal const uint Property = 1 << 3 | 2;
        internal const uint Family = 2 << 3 | 2;
        internal const uint PushedAt = 1 << 3 | 0;
        internal const uint Message = 2 << 3 | 2;
    }
}

/// <summary>Decodes rows, one after another. Not thread-safe.</summary>
public sealed class GroupRowDecoder
{
    private const int FirstMessageBytes = 2048;

    private readonly RestoredGroupBuilder _builder = new();
    private readonly ProtobufParser _parser = new(FirstMessageBytes);

    /// <param name="key">The decoder takes ownership of it.</param>
    /// <param name="payload">Null for a group that was deleted. Not referenced after the call.</param>
    /// <exception cref="InvalidDataException">The row is not a valid group.</exception>
    public GroupState Decode(byte[] key, byte[]? payload)
    {
        GroupingKey groupingKey = DecodeKey(key);
        return payload is null ? new GroupState(groupingKey, Families: null) : DecodePayload(groupingKey, payload);
    }

    internal static GroupingKey DecodeKey(ReadOnlyMemory<byte> key)
    {
        var labels = new List<Label>();
        var reader = new ProtoReader(key);
        while (reader.TryReadTag(out uint tag))
        {
            if (tag == GroupRow.Tag.KeyLabel)
            {
                labels.Add(ProtobufParser.ReadLabel(ref reader));
            }
            else
            {
                reader.Skip(tag);
            }
        }
        ThrowIfInvalid(reader.Error);
        return new GroupingKey(labels);
    }

    private GroupState DecodePayload(GroupingKey key, ReadOnlyMemory<byte> payload)
    {
        var properties = new List<Label>();
        _builder.Begin(key);
        var reader = new ProtoReader(payload);
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case GroupRow.Tag.Property:
                    properties.Add(ProtobufParser.ReadLabel(ref reader).Copy());
                    break;
                case GroupRow.Tag.Family:
                    ReadFamily(ref reader);
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
        ThrowIfInvalid(reader.Error);
        return new GroupState(key, _builder.Finish())
        {
            Terms = GroupTerms.FromProperties(properties),
            Rejection = RejectionProperties.Read(properties),
        };
    }

    private void ReadFamily(ref ProtoReader reader)
    {
        long pushedAt = 0;
        ReadOnlyMemory<byte> message = default;
        int outer = reader.Enter();
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case GroupRow.Tag.PushedAt:
                    pushedAt = (long)reader.ReadVarint();
                    break;
                case GroupRow.Tag.Message:
                    message = reader.ReadString().Memory;
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
        reader.Leave(outer);
        if (reader.Error is not null || _builder.TryAdd(message, pushedAt))
        {
            return;
        }
        if (_parser.TryParseMessage(message.ToArray(), out MetricFamily? family, out PushError? error))
        {
            _builder.Add(family, pushedAt);
        }
        ThrowIfInvalid(error);
    }

    private static void ThrowIfInvalid(PushError? error)
    {
        if (error is not null)
        {
            throw new InvalidDataException($"a row of the database is no group: {error.Message}");
        }
    }
}
