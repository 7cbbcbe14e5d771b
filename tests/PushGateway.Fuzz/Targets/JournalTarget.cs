using System.Buffers.Binary;
using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Snapshot;
using PushGateway.Core.Store;

namespace PushGateway.Fuzz.Targets;

/// <summary>A journal's file: records with damaged content and correct checksums, and damaged files.</summary>
internal sealed class JournalTarget : FuzzTarget
{
    private const int MaxRecords = 4;

    private static readonly byte[] Header = new SegmentHeader(1, 1, 0, 0, Fingerprint.None).Encode();

    public override string Name => "journal";

    /// <summary>The contents of records.</summary>
    public override IReadOnlyList<byte[]> Seeds { get; } = [.. Records().Select(Payload)];

    public override IReadOnlyList<byte[]> Words { get; } =
        [EncodedRecord.Marker.ToArray(), [0, 0, 0, 0], [1, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF], Header];

    /// <summary>A record of 21 bytes is several objects, and is read twice.</summary>
    public override int BytesPerByte => 100;

    public override byte[] Make(Mutator mutator)
    {
        List<byte> file = [.. Header];
        for (int i = mutator.Dice.Length(MaxRecords); i > 0; i--)
        {
            file.AddRange(Record(mutator.Mutate()));
        }
        return mutator.Dice.OneIn(3) ? mutator.Mutate([.. file]) : [.. file];
    }

    public override void Read(byte[] input)
    {
        SegmentHeader.Decode(input, out _);
        Enumerate(new MemoryFile(input, int.MaxValue), input.Length, out _);
    }

    public override void Check(byte[] input)
    {
        List<JournalRecord> records = Enumerate(new MemoryFile(input, int.MaxValue), input.Length, out string end);
        List<JournalRecord> again = Enumerate(new MemoryFile(input, 5), input.Length, out string secondEnd);
        OracleException.ThrowIfDifferent("it matters how the file is read", end, secondEnd);
        OracleException.ThrowIfDifferent("it matters how the file is read", Show(records), Show(again));
        foreach (byte[] written in records.Select(Payload))
        {
            byte[] rewritten = RecordDecoder.Decode(written) is { } record ? Payload(record) : [];
            OracleException.ThrowIfDifferent(
                "what was written is read differently", Convert.ToHexString(written), Convert.ToHexString(rewritten));
        }
    }

    private static List<JournalRecord> Enumerate(MemoryFile file, int limit, out string end)
    {
        var reader = new SegmentReader(file, limit);
        List<JournalRecord> records = [];
        while (reader.TryRead(out JournalRecord? record))
        {
            records.Add(record);
        }
        end = $"{reader.End} at {reader.Offset}, {reader.TrailingBytes} bytes and {reader.CountTrailingRecords()} records behind";
        return records;
    }

    private static string Show(List<JournalRecord> records) => string.Join('\n', records.Select(record =>
        Convert.ToHexString(Payload(record))));

    private static IEnumerable<JournalRecord> Records()
    {
        GroupingKey key = new([new Label("job", "a"), new Label("instance", ""), new Label("é", "😀")]);
        foreach (byte[] text in SeedFile.Texts("text.json").Take(10))
        {
            yield return new PushRecord(key, PushMode.Merge, PushCheck.Checked, BodyFormat.LegacyText, text, At: 5);
        }
        yield return new PushRecord(
            key, PushMode.Replace, PushCheck.Unchecked, BodyFormat.DelimitedProtobuf, Encoding.UTF8.GetBytes("\u0003\u000a\u0001x"), At: -1);
        yield return new FailureRecord(key, At: long.MaxValue);
        yield return new DeleteRecord(new GroupingKey([new Label("job", "b")]), At: 0);
        yield return new DeleteGroupsRecord([new GroupingKey([new Label("job", "b")]), new GroupingKey([])], At: 8);
        yield return new WipeRecord(At: 7);
    }

    private static byte[] Payload(JournalRecord record)
    {
        using var encoded = EncodedRecord.Of(record);
        return encoded.Bytes[EncodedRecord.HeaderBytes..].ToArray();
    }

    private static byte[] Record(byte[] payload)
    {
        byte[] header = new byte[EncodedRecord.HeaderBytes];
        EncodedRecord.Marker.CopyTo(header);
        Span<byte> length = header.AsSpan(EncodedRecord.LengthAt, sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(length, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(EncodedRecord.CrcAt), EncodedRecord.Checksum(length, payload));
        return [.. header, .. payload];
    }

    /// <summary>A file that returns a limited number of bytes per read.</summary>
    private sealed class MemoryFile(byte[] bytes, int atATime) : DurableFile
    {
        public override long Length => bytes.Length;

        public override int Read(Span<byte> buffer, long offset)
        {
            int count = (int)Math.Min(Math.Clamp(bytes.Length - offset, 0, buffer.Length), atATime);
            bytes.AsSpan((int)Math.Min(offset, bytes.Length), count).CopyTo(buffer);
            return count;
        }

        public override void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset) => throw new NotSupportedException();

        public override void Truncate(long length) => throw new NotSupportedException();

        public override void Sync() => throw new NotSupportedException();

        protected override void Close()
        {
        }
    }
}
