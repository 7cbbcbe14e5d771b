using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Snapshot;
using PushGateway.Core.Store;

namespace PushGateway.Core.Tests.Persistence.Journal;

/// <summary>Records to write, and how they read in an assertion.</summary>
internal static class TestRecords
{
    public static readonly GroupingKey Key = new([new Label("job", "a")]);

    public static PushRecord Push(string body) => new(
        Key, PushMode.Merge, PushCheck.Checked, BodyFormat.LegacyText, Encoding.UTF8.GetBytes(body), At: 5);

    public static byte[] Encode(JournalRecord record)
    {
        using var encoded = EncodedRecord.Of(record);
        return encoded.Bytes.ToArray();
    }

    public static string Body(JournalRecord record) => Encoding.UTF8.GetString(((PushRecord)record).Body.Span);

    public static string Show(JournalRecord record) => record switch
    {
        PushRecord push => $"push {Show(push.Key)} {push.Mode} {push.Check} {push.Format} " +
            $"{Convert.ToHexString(push.Body.Span)} {push.At} {push.Terms} {push.Merge} " +
            $"{push.IdempotencyKey?.Text} {push.IdempotencyKey?.Hash}",
        FailureRecord failure => $"failure {Show(failure.Key)} {failure.At}",
        DeleteRecord delete => $"delete {Show(delete.Key)} {delete.At}",
        DeleteFamilyRecord delete => $"delete {delete.Family} of {Show(delete.Key)} {delete.At}",
        DeleteGroupsRecord delete => $"delete {string.Join(" ", delete.Keys.Select(Show))} {delete.At}",
        _ => $"{record.GetType().Name} {record.At}",
    };

    /// <summary>A whole file: the header of generation 1 of journal 1, and these records.</summary>
    public static byte[] File(params JournalRecord[] records) =>
        [.. new SegmentHeader(1, 1, 0, 0, Fingerprint.None).Encode(), .. records.SelectMany(Encode)];

    private static string Show(GroupingKey key) => string.Join(",", key.Labels.Select(label =>
        $"{Convert.ToHexString(label.Name.Span)}={Convert.ToHexString(label.Value.Span)}"));
}
