using System.Buffers.Binary;

namespace PushGateway.Core.Store;

/// <summary>A text with which a client marks a push to a group and all repetitions of it.</summary>
public sealed class IdempotencyKey
{
    private const int LengthBytes = sizeof(int);

    /// <param name="group">The group of the push. Other groups may use the same text.</param>
    public IdempotencyKey(GroupingKey group, Utf8String text)
    {
        Text = text;
        Hash = HashOf(group, text);
    }

    /// <summary>As the client sent it.</summary>
    public Utf8String Text { get; }

    /// <summary>
    /// Represents group and text, in memory and in files: 128 bits of SHA-256, so that no client can find a text with the
    /// same hash as the push of another client.
    /// </summary>
    public UInt128 Hash { get; }

    // data = count of labels, *(length, name, length, value), text. Distinct pairs have distinct data.
    private static UInt128 HashOf(GroupingKey group, Utf8String text)
    {
        int labelBytes = group.Labels.Sum(label => (2 * LengthBytes) + label.Name.Length + label.Value.Length);
        byte[] data = new byte[LengthBytes + labelBytes + text.Length];
        BinaryPrimitives.WriteInt32LittleEndian(data, group.Labels.Length);
        Span<byte> rest = data.AsSpan(LengthBytes);
        foreach (ref readonly Label label in group.Labels.AsSpan())
        {
            PutWithLength(label.Name, ref rest);
            PutWithLength(label.Value, ref rest);
        }
        text.Span.CopyTo(rest);
        return BinaryPrimitives.ReadUInt128BigEndian(Sha256.HashData(data));
    }

    private static void PutWithLength(Utf8String text, ref Span<byte> rest)
    {
        BinaryPrimitives.WriteInt32LittleEndian(rest, text.Length);
        text.Span.CopyTo(rest[LengthBytes..]);
        rest = rest[(LengthBytes + text.Length)..];
    }
}
