using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Tests.Persistence.Disk;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Journal;

public class SegmentReaderTests
{
    private static readonly JournalRecord[] Records =
    [
        TestRecords.Push("a 1\n"),
        new DeleteRecord(TestRecords.Key, 2),
        TestRecords.Push(""),
        new FailureRecord(TestRecords.Key, 3),
        new WipeRecord(4),
        TestRecords.Push("b 1234567890\n"),
    ];

    /// <summary>Where each record starts, and the end.</summary>
    private static readonly int[] Bounds = [.. Records.Aggregate(
        new List<int> { SegmentHeader.Bytes },
        (bounds, record) => [.. bounds, bounds[^1] + TestRecords.Encode(record).Length])];

    [Fact]
    public void TryRead_WholeFile_GivesAllRecords() =>
        Assert.Equal((Records.Length, JournalEnd.Clean, Bounds[^1], 0L), Read(TestRecords.File(Records)));

    [Fact]
    public void TryRead_CutAtAnyByte_GivesTheWholeRecordsAndATornEnd()
    {
        byte[] file = TestRecords.File(Records);

        for (int length = SegmentHeader.Bytes; length < file.Length; length++)
        {
            int whole = Bounds.Count(bound => bound <= length) - 1;
            bool isClean = Bounds.Contains(length);

            Assert.Equal(
                (whole, isClean ? JournalEnd.Clean : JournalEnd.Torn, Bounds[whole], isClean ? 0L : 1L),
                Read(file[..length]));
        }
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x80)]
    [InlineData(0xFF)]
    public void TryRead_AnyByteChanged_StopsBeforeItsRecord(byte change)
    {
        for (int at = SegmentHeader.Bytes; at < Bounds[^1]; at++)
        {
            byte[] file = TestRecords.File(Records);
            file[at] ^= change;
            int whole = Bounds.Count(bound => bound <= at) - 1;

            Assert.Equal((whole, JournalEnd.Damaged, Bounds[whole], (long)Records.Length - whole), Read(file));
        }
    }

    [Fact]
    public void TryRead_AnyBitOfTheLastRecordFlipped_IsDamage()
    {
        byte[] file = TestRecords.File(Records);

        for (int bit = 8 * Bounds[^2]; bit < 8 * file.Length; bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal((Records.Length - 1, JournalEnd.Damaged, Bounds[^2], 1L), Read(file));
            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    [InlineData(4096)]
    public void TryRead_ZerosBehindTheRecords_IsATornEnd(int zeros) => Assert.Equal(
        (Records.Length, JournalEnd.Torn, Bounds[^1], 1L),
        Read([.. TestRecords.File(Records), .. new byte[zeros]]));

    [Fact]
    public void TryRead_ZerosThenRecords_IsDamage() => Assert.Equal(
        (Records.Length, JournalEnd.Damaged, Bounds[^1], 3L),
        Read([
            .. TestRecords.File(Records), .. new byte[50],
            .. TestRecords.Encode(Records[0]), .. TestRecords.Encode(Records[1]),
        ]));

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(EncodedRecord.MaxPayloadBytes)]
    public void TryRead_AbsurdLength_IsDamageWithoutTakingTheMemory(int length)
    {
        byte[] file = TestRecords.File(Records);
        BitConverter.TryWriteBytes(file.AsSpan(Bounds[1] + EncodedRecord.LengthAt), length);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal((1, JournalEnd.Damaged, Bounds[1], (long)Records.Length - 1), Read(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void TryRead_KindOfALaterVersion_IsDamageThoughItIsTheLast()
    {
        byte[] unknown = TestRecords.Encode(new WipeRecord(1));
        unknown[EncodedRecord.HeaderBytes] = 99;
        uint crc = EncodedRecord.Checksum(unknown.AsSpan(4, 4), unknown.AsSpan(EncodedRecord.HeaderBytes));
        BitConverter.TryWriteBytes(unknown.AsSpan(EncodedRecord.CrcAt), crc);

        Assert.Equal((6, JournalEnd.Damaged, Bounds[^1], 1L), Read([.. TestRecords.File(Records), .. unknown]));
    }

    [Fact]
    public void TryRead_PushInAFormatOfALaterVersion_SaysThatItDoesNotKnowIt()
    {
        byte[] file = TestRecords.File(TestRecords.Push("a 1\n") with { Format = (BodyFormat)99 });
        byte[] damaged = [.. file];
        damaged[^1] ^= 1;

        Assert.Equal($"a record that this version does not know, at byte {SegmentHeader.Bytes}", FaultOf(file));
        Assert.Equal($"damaged at byte {SegmentHeader.Bytes}", FaultOf(damaged));

        static string FaultOf(byte[] bytes)
        {
            using DurableFile opened = new SimulatedFolder().With("j", bytes).TryOpen("j")!;
            var reader = new SegmentReader(opened, bytes.Length);
            Assert.False(reader.TryRead(out _));
            Assert.Equal(JournalEnd.Damaged, reader.End);
            return reader.Fault;
        }
    }

    [Fact]
    public void TryRead_Limit_GivesNothingBehindIt()
    {
        byte[] file = TestRecords.File(Records);

        Assert.Equal((2, JournalEnd.Clean, Bounds[2], 0L), Read(file, Bounds[2]));
    }

    [Fact]
    public void TryRead_RecordsLargerThanTheBuffer_AreReadAndFoundBehindDamage()
    {
        JournalRecord[] large = [.. "abc".Select(letter => TestRecords.Push(new string(letter, 600_001)))];
        byte[] file = TestRecords.File(large);

        Assert.Equal((3, JournalEnd.Clean, file.Length, 0L), Read(file));
        file[SegmentHeader.Bytes + 300_000] ^= 1;
        Assert.Equal((0, JournalEnd.Damaged, SegmentHeader.Bytes, 3L), Read(file));
    }

    /// <summary>Checking each candidate's checksum would take quadratic time.</summary>
    [Fact]
    public void TryRead_TornRecordFullOfStartsOfRecords_IsGivenUpAndTakenForDamage()
    {
        byte[] start = [.. EncodedRecord.Marker, 0, 0, 1, 0, .. new byte[4]];
        byte[] file =
        [
            .. TestRecords.File(Records),
            .. EncodedRecord.Marker, 0, 0, 0, 1, .. new byte[4],
            .. Enumerable.Repeat(start, 10_000).SelectMany(bytes => bytes),
        ];

        Assert.Equal((Records.Length, JournalEnd.Damaged, Bounds[^1], 1L), Read(file));
    }

    /// <summary>The number of valid records, how and where the segment ends, and the number of records after that.</summary>
    private static (int Records, JournalEnd End, int Offset, long Behind) Read(byte[] bytes, int? limit = null)
    {
        SimulatedFolder folder = new SimulatedFolder().With("j", bytes);
        using DurableFile file = folder.TryOpen("j")!;
        var reader = new SegmentReader(file, limit ?? bytes.Length);
        int count = 0;
        while (reader.TryRead(out JournalRecord? record))
        {
            if (bytes.Length < 100_000)
            {
                Assert.Equal(TestRecords.Show(Records[count]), TestRecords.Show(record));
            }
            count++;
        }
        return (count, reader.End, (int)reader.Offset, reader.CountTrailingRecords());
    }
}
