using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Merging;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Journal;

public class EncodedRecordTests
{
    private static readonly GroupingKey NotUtf8 = new(
    [
        new Label("job", "a"),
        new Label(new Utf8String("x"u8), new Utf8String([0xFF, 0x00, 0xFE])),
    ]);

    private static readonly GroupingKey Large = new(
        Enumerable.Range(0, 1000).Select(i => new Label($"label_{i}", i % 3 == 0 ? "" : new string('v', i))));

    public static TheoryData<string, JournalRecord> Records => new()
    {
        { "a push", TestRecords.Push("a 1\n") },
        { "an empty body", TestRecords.Push("") },
        { "protobuf", new PushRecord(NotUtf8, PushMode.Replace, PushCheck.Unchecked, BodyFormat.DelimitedProtobuf,
            new byte[] { 0xFE, 0, 0xFF }, -1) },
        { "UTF-8 names", new PushRecord(
            Large, PushMode.Merge, PushCheck.Unchecked, BodyFormat.Utf8Text, new byte[3_000_000], long.MaxValue) },
        { "OpenMetrics", TestRecords.Push("a 1\n# EOF\n") with { Format = BodyFormat.LegacyOpenMetrics } },
        { "OpenMetrics with UTF-8 names", TestRecords.Push("a 1\n# EOF\n") with { Format = BodyFormat.Utf8OpenMetrics } },
        { "a push with terms", TestRecords.Push("a 1\n") with
        {
            Terms = new GroupTerms(TimeSpan.FromMinutes(15), TimeSpan.Zero),
        } },
        { "a merged push", TestRecords.Push("a 1\n") with { Merge = new MergeRule(MergeMode.Sum, GaugeRule.Max) } },
        { "a merged push with terms", TestRecords.Push("a 1\n") with
        {
            Merge = new MergeRule(MergeMode.Series),
            Terms = new GroupTerms(TimeSpan.Zero, null),
        } },
        { "a push with a key", TestRecords.Push("a 1\n") with
        {
            IdempotencyKey = new IdempotencyKey(TestRecords.Key, new Utf8String("key-1")),
        } },
        { "a push with everything", TestRecords.Push("a 1\n") with
        {
            Terms = new GroupTerms(TimeSpan.FromMinutes(15), TimeSpan.Zero),
            Merge = new MergeRule(MergeMode.Series),
            IdempotencyKey = new IdempotencyKey(TestRecords.Key, new Utf8String(new string('~', 128))),
        } },
        { "a marker", TestRecords.Push("\uFFFD") with { Body = EncodedRecord.Marker.ToArray() } },
        { "a failure", new FailureRecord(NotUtf8, 7) },
        { "many labels", new FailureRecord(Large, 7) },
        { "a delete", new DeleteRecord(NotUtf8, 8) },
        { "a delete of a family", new DeleteFamilyRecord(NotUtf8, new Utf8String("a"), 8) },
        { "several deletes", new DeleteGroupsRecord([NotUtf8, new GroupingKey([])], 8) },
        { "no labels", new DeleteRecord(new GroupingKey([]), 8) },
        { "a wipe", new WipeRecord(long.MinValue) },
    };

    [Theory]
    [MemberData(nameof(Records))]
    public void Of_AnyRecord_IsReadBackAsItWas(string name, JournalRecord record)
    {
        byte[] bytes = TestRecords.Encode(record);

        JournalRecord? read = RecordDecoder.Decode(bytes.AsMemory(EncodedRecord.HeaderBytes));

        Assert.NotNull(read);
        Assert.True(TestRecords.Show(record) == TestRecords.Show(read), name);
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Decode_PayloadCutShortOrTooLong_IsNoRecordOrAShorterBody(string name, JournalRecord record)
    {
        byte[] payload = TestRecords.Encode(record)[EncodedRecord.HeaderBytes..];
        int step = Math.Max(1, payload.Length / 500);

        for (int length = 0; length < payload.Length; length += step)
        {
            JournalRecord? read = RecordDecoder.Decode(payload.AsMemory(0, length));
            Assert.True(
                read is null || (read is PushRecord push && push.Body.Length < ((PushRecord)record).Body.Length), name);
        }
        JournalRecord? longer = RecordDecoder.Decode(new byte[][] { payload, [0] }.SelectMany(part => part).ToArray());
        Assert.Equal(record is PushRecord, longer is not null);
    }

    [Fact]
    public void Of_SmallPush_HasTheDocumentedBytes() => Assert.Equal(
        "FE7265FF" + "22000000" + "A6DA4E2A" +
        "01" + "0500000000000000" + "01000000" + "03000000" + "6A6F62" + "01000000" + "61" + "00" + "00" + "00" +
        "62203120320A",
        Convert.ToHexString(TestRecords.Encode(TestRecords.Push("b 1 2\n"))));

    /// <summary>A version without merges must not interpret the record as a push that replaces.</summary>
    [Fact]
    public void Of_MergedPush_IsAKindOfItsOwn()
    {
        byte[] plain = TestRecords.Encode(TestRecords.Push("b 1\n"));
        byte[] merged = TestRecords.Encode(TestRecords.Push("b 1\n") with { Merge = new MergeRule(MergeMode.Sum) });

        Assert.Equal((1, 8), (plain[EncodedRecord.HeaderBytes], merged[EncodedRecord.HeaderBytes]));
    }

    [Fact]
    public void Decode_MergeOfALaterVersion_IsNoRecord()
    {
        byte[] merged = TestRecords.Encode(TestRecords.Push("b 1\n") with { Merge = new MergeRule(MergeMode.Sum) });
        int rule = merged.AsSpan().IndexOf("sum"u8);
        merged[rule] = (byte)'x';

        Assert.Null(RecordDecoder.Decode(merged.AsMemory(EncodedRecord.HeaderBytes)));
    }

    [Fact]
    public void Of_TooLargeABody_IsRefused()
    {
        PushRecord record = TestRecords.Push("") with { Body = new byte[EncodedRecord.MaxPayloadBytes] };

        Assert.Throws<ArgumentException>(() => EncodedRecord.Of(record));
    }

    [Fact]
    public void Decode_UnknownKind_IsNoRecord() =>
        Assert.Null(RecordDecoder.Decode(new byte[] { 99, 0, 0, 0, 0, 0, 0, 0, 0 }));

    [Fact]
    public void Decode_UnknownMode_IsNoRecord()
    {
        byte[] payload = TestRecords.Encode(TestRecords.Push(""))[EncodedRecord.HeaderBytes..];
        payload[^3] = 9;

        Assert.Null(RecordDecoder.Decode(payload));
    }
}
