using System.Buffers.Binary;
using PushGateway.Core.Parsing;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Merging;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>Decodes the payload of a record with a valid checksum.</summary>
internal ref struct RecordDecoder
{
    private readonly ReadOnlyMemory<byte> _payload;
    private int _at;
    private bool _isValid = true;

    private RecordDecoder(ReadOnlyMemory<byte> payload) => _payload = payload;

    /// <summary>Null if this version does not know the record. A push's body is a view of the payload.</summary>
    public static JournalRecord? Decode(ReadOnlyMemory<byte> payload)
    {
        var decoder = new RecordDecoder(payload);
        JournalRecord? record = decoder.ReadRecord();
        return decoder._isValid && decoder._at == payload.Length ? record : null;
    }

    private JournalRecord? ReadRecord()
    {
        var kind = (RecordKind)ReadByte();
        ReadOnlySpan<byte> time = Take(sizeof(long)).Span;
        long at = _isValid ? BinaryPrimitives.ReadInt64LittleEndian(time) : 0;
        return kind switch
        {
            RecordKind.Push => ReadPush(ReadKey(), [], at),
            RecordKind.PushWithProperties => ReadPush(ReadKey(), ReadLabels(), at),
            RecordKind.MergedPush => ReadMergedPush(at),
            RecordKind.Failure => new FailureRecord(ReadKey(), at),
            RecordKind.Delete => new DeleteRecord(ReadKey(), at),
            RecordKind.DeleteFamily => new DeleteFamilyRecord(ReadKey(), ReadText(), at),
            RecordKind.Wipe => new WipeRecord(at),
            RecordKind.DeleteGroups => new DeleteGroupsRecord(ReadKeys(), at),
            _ => null,
        };
    }

    private PushRecord ReadMergedPush(long at)
    {
        GroupingKey key = ReadKey();
        List<Label> properties = ReadLabels();
        MergeRule? merge = PushProperties.MergeOf(properties);
        _isValid &= merge is not null;
        return ReadPush(key, properties, at) with { Merge = merge };
    }

    private PushRecord ReadPush(GroupingKey key, List<Label> properties, long at)
    {
        var mode = (PushMode)ReadByte();
        var check = (PushCheck)ReadByte();
        var format = (BodyFormat)ReadByte();
        _isValid &= Enum.IsDefined(mode) && Enum.IsDefined(check) && Enum.IsDefined(format);
        return PushProperties.Apply(
            new PushRecord(key, mode, check, format, Take(_payload.Length - _at), at), properties);
    }

    private List<GroupingKey> ReadKeys()
    {
        var keys = new List<GroupingKey>();
        for (int left = ReadInt32(); _isValid && left > 0; left--)
        {
            keys.Add(ReadKey());
        }
        return keys;
    }

    // Copied: a key lives as long as its group, and must not keep the payload alive.
    private GroupingKey ReadKey() => new(ReadLabels());

    private List<Label> ReadLabels()
    {
        var labels = new List<Label>();
        for (int left = ReadInt32(); _isValid && left > 0; left--)
        {
            labels.Add(new Label(ReadText(), ReadText()));
        }
        return labels;
    }

    private Utf8String ReadText() => new Utf8String(Take(ReadInt32())).Copy();

    private byte ReadByte() => Take(1) is { IsEmpty: false } one ? one.Span[0] : (byte)0;

    private int ReadInt32() =>
        Take(sizeof(int)) is { IsEmpty: false } four ? BinaryPrimitives.ReadInt32LittleEndian(four.Span) : 0;

    /// <summary>Empty if the payload is too short, which makes the record invalid.</summary>
    private ReadOnlyMemory<byte> Take(int count)
    {
        _isValid &= count >= 0 && count <= _payload.Length - _at;
        if (!_isValid)
        {
            return default;
        }
        _at += count;
        return _payload.Slice(_at - count, count);
    }
}
