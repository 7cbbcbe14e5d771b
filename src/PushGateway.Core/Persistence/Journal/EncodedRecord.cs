using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using PushGateway.Core.Store;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>
/// A record in its file format. The caller encodes it before it takes the store's lock, so that the lock covers only a
/// queue operation.
/// </summary>
/// <remarks>
/// record = marker, length of payload, CRC-32C of length and payload, payload. payload = kind, time, [count of keys],
/// *key, [properties], [mode, check, format, body], [length, name]. key, properties = count, *(length, name, length, value). Numbers are
/// little endian: lengths and counts of 4 bytes, the time of 8, the rest of 1. The marker serves to find the next complete record after a
/// damaged one.
/// </remarks>
public sealed class EncodedRecord : IDisposable
{
    public const int MaxPayloadBytes = 1 << 30;

    internal const int HeaderBytes = 12;
    internal const int LengthAt = 4;
    internal const int CrcAt = 8;

    private const int KindAndTimeBytes = 9;

    /// <summary>Larger arrays do not return to the pool, so that a large push does not occupy memory forever.</summary>
    private const int MaxPooledBytes = 1 << 20;

    private byte[]? _bytes;
    private int _used;
    private bool _belongsToJournal;

    private EncodedRecord(int payloadBytes)
    {
        Length = HeaderBytes + payloadBytes;
        _bytes = Length <= MaxPooledBytes
            ? ArrayPool<byte>.Shared.Rent(Length)
            : GC.AllocateUninitializedArray<byte>(Length);
    }

    /// <summary>The size in the file, in bytes.</summary>
    public int Length { get; }

    /// <summary>Invalid UTF-8, so that pushed text does not contain it by chance.</summary>
    internal static ReadOnlySpan<byte> Marker => [0xFE, (byte)'r', (byte)'e', 0xFF];

    internal ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, Length);

    /// <exception cref="ArgumentException">The record is larger than <see cref="MaxPayloadBytes"/>.</exception>
    public static EncodedRecord Of(JournalRecord record)
    {
        long payloadBytes = PayloadBytes(record);
        if (payloadBytes > MaxPayloadBytes)
        {
            throw new ArgumentException("too large for the journal", nameof(record));
        }
        var encoded = new EncodedRecord((int)payloadBytes);
        encoded.Fill(record);
        return encoded;
    }

    /// <summary>The CRC-32C of a record's length and payload.</summary>
    internal static uint Checksum(ReadOnlySpan<byte> length, ReadOnlySpan<byte> payload)
    {
        var crc = new Crc32(Crc32ParameterSet.Crc32C);
        crc.Append(length);
        crc.Append(payload);
        return crc.GetCurrentHashAsUInt32();
    }

    /// <summary>Releases the memory, unless a journal owns the record.</summary>
    public void Dispose()
    {
        if (!_belongsToJournal)
        {
            Release();
        }
    }

    internal void TransferToJournal() => _belongsToJournal = true;

    internal void Release()
    {
        if (_bytes is { } bytes && bytes.Length <= MaxPooledBytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
        _bytes = null;
    }

    private static long PayloadBytes(JournalRecord record) => KindAndTimeBytes + record switch
    {
        PushRecord push => KeyBytes(push.Key) + PropertyBytes(push) + 3 + push.Body.Length,
        FailureRecord failure => KeyBytes(failure.Key),
        DeleteRecord delete => KeyBytes(delete.Key),
        DeleteFamilyRecord delete => KeyBytes(delete.Key) + sizeof(int) + delete.Family.Length,
        DeleteGroupsRecord delete => sizeof(int) + delete.Keys.Sum(KeyBytes),
        WipeRecord => 0,
        _ => throw new ArgumentOutOfRangeException(nameof(record)),
    };

    private static long KeyBytes(GroupingKey key) => LabelBytes(key.Labels);

    private static long PropertyBytes(PushRecord push) =>
        PushProperties.Of(push) is { Count: > 0 } properties ? LabelBytes(properties) : 0;

    private static long LabelBytes(IEnumerable<Label> labels) =>
        sizeof(int) + labels.Sum(label => 2L * sizeof(int) + label.Name.Length + label.Value.Length);

    private void Fill(JournalRecord record)
    {
        Put(Marker);
        PutInt32(Length - HeaderBytes);
        PutInt32(0);
        switch (record)
        {
            case PushRecord push:
                IReadOnlyList<Label> properties = PushProperties.Of(push);
                PutStart(KindOf(push, properties), push.At);
                PutKey(push.Key);
                if (properties.Count > 0)
                {
                    PutLabels(properties);
                }
                PutByte((byte)push.Mode);
                PutByte((byte)push.Check);
                PutByte((byte)push.Format);
                Put(push.Body.Span);
                break;
            case FailureRecord failure:
                PutStart(RecordKind.Failure, failure.At);
                PutKey(failure.Key);
                break;
            case DeleteRecord delete:
                PutStart(RecordKind.Delete, delete.At);
                PutKey(delete.Key);
                break;
            case DeleteFamilyRecord delete:
                PutStart(RecordKind.DeleteFamily, delete.At);
                PutKey(delete.Key);
                PutText(delete.Family);
                break;
            case DeleteGroupsRecord delete:
                PutStart(RecordKind.DeleteGroups, delete.At);
                PutInt32(delete.Keys.Count);
                foreach (GroupingKey key in delete.Keys)
                {
                    PutKey(key);
                }
                break;
            default:
                PutStart(RecordKind.Wipe, record.At);
                break;
        }
        ReadOnlySpan<byte> bytes = Bytes.Span;
        uint crc = Checksum(bytes[LengthAt..CrcAt], bytes[HeaderBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(CrcAt), crc);
    }

    private static RecordKind KindOf(PushRecord push, IReadOnlyList<Label> properties) =>
        push.Merge is not null ? RecordKind.MergedPush
        : properties.Count > 0 ? RecordKind.PushWithProperties
        : RecordKind.Push;

    private void PutStart(RecordKind kind, long at)
    {
        PutByte((byte)kind);
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(_used), at);
        _used += sizeof(long);
    }

    private void PutKey(GroupingKey key) => PutLabels(key.Labels);

    private void PutLabels(IReadOnlyList<Label> labels)
    {
        PutInt32(labels.Count);
        foreach (Label label in labels)
        {
            PutText(label.Name);
            PutText(label.Value);
        }
    }

    private void PutText(Utf8String text)
    {
        PutInt32(text.Length);
        Put(text.Span);
    }

    private void PutByte(byte value) => _bytes![_used++] = value;

    private void PutInt32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_used), value);
        _used += sizeof(int);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes.AsSpan(_used));
        _used += bytes.Length;
    }
}

/// <summary>The kinds of records in files. Never reuse a number.</summary>
internal enum RecordKind : byte
{
    Push = 1,
    Failure = 2,
    Delete = 3,
    Wipe = 4,
    DeleteGroups = 5,

    /// <summary>A push with named properties besides its body.</summary>
    PushWithProperties = 6,
    DeleteFamily = 7,

    /// <summary>A push with properties that include the rule for merging it with its group.</summary>
    MergedPush = 8,
}
