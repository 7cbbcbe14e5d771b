using System.Text.Json.Serialization;
using PushGateway.Durability;

namespace PushGateway.Http.Responses;

/// <summary>Serializes the parts of the JSON API that the Go Pushgateway lacks.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ApiResponse<StatsResponse>))]
[JsonSerializable(typeof(ApiResponse<DeletionResponse>))]
[JsonSerializable(typeof(ApiResponse<FamilyDeletionResponse>))]
[JsonSerializable(typeof(ApiResponse<RejectionsResponse>))]
[JsonSerializable(typeof(ApiResponse<JobsResponse>))]
[JsonSerializable(typeof(ApiResponse<ClusterResponse>))]
[JsonSerializable(typeof(ApiResponse<IEnumerable<CompletionResponse>>))]
[JsonSerializable(typeof(IEnumerable<TargetGroup>))]
[JsonSerializable(typeof(IEnumerable<PastPushResponse>))]
internal sealed partial class ApiJson : JsonSerializerContext;

/// <summary>A successful response, in the form of Prometheus' API.</summary>
internal sealed record ApiResponse<T>(string Status, T Data);

/// <summary>The groups and series that a DELETE of selected groups deleted, or would delete.</summary>
/// <param name="Labels">The grouping keys of some of the groups.</param>
internal sealed record DeletionResponse(int Groups, long Series, bool DryRun, IEnumerable<Dictionary<string, string>> Labels);

/// <summary>The series that a DELETE of a family deleted.</summary>
internal sealed record FamilyDeletionResponse(string Family, long Series);

/// <summary>The data of <c>/api/v1/rejections</c>.</summary>
/// <param name="Total">The number since the start, including those that are no longer listed.</param>
/// <param name="Rejections">Newest first.</param>
internal sealed record RejectionsResponse(long Total, IEnumerable<RejectionResponse> Rejections);

/// <param name="Time">Unix seconds.</param>
/// <param name="Path">The path as sent, without the query.</param>
/// <param name="Group">The labels of the grouping key in the path; null if it has none.</param>
internal sealed record RejectionResponse(
    double Time, int Status, string Method, string Path, string Client, Dictionary<string, string>? Group, string Reason)
{
    public string? Kind { get; init; }

    public string? Family { get; init; }

    /// <summary>The type that the push gave the family.</summary>
    public string? Here { get; init; }

    /// <summary>The type of the family in other groups or in the gateway itself.</summary>
    public string? There { get; init; }

    /// <summary>The labels of some of the groups that the push conflicts with.</summary>
    public IEnumerable<Dictionary<string, string>> Groups { get; init; } = [];

    public int? Line { get; init; }

    public string? Hint { get; init; }
}

/// <summary>A completion of a text.</summary>
/// <param name="Groups">The number of groups that have it.</param>
internal sealed record CompletionResponse(string Value, int Groups);

/// <summary>A push in the history of its group.</summary>
/// <param name="Time">Unix seconds.</param>
/// <param name="Reason">Null if the push was accepted.</param>
/// <param name="Samples">The metrics of its families; 0 if the body did not parse.</param>
/// <param name="Bytes">The bytes of the decompressed body; 0 if it was not read.</param>
internal sealed record PastPushResponse(
    double Time, string Method, int Status, string? Reason, int Samples, long Bytes, double DurationSeconds, string Client);

/// <summary>The state of persistence. Times are Unix seconds, 0 for never.</summary>
internal sealed record PersistenceResponse(
    bool Enabled,
    string File,
    SnapshotResponse Snapshot,
    JournalResponse Journal,
    RestoredResponse Restored,
    string? Fault)
{
    public static PersistenceResponse Of(PersistenceState state) => new(
        state.IsEnabled,
        state.File,
        new SnapshotResponse(
            state.SnapshotAt is { } at ? at.ToUnixTimeMilliseconds() / 1000.0 : 0,
            state.SnapshotDuration.TotalSeconds,
            state.SnapshotFailures),
        new JournalResponse(state.HasJournal, state.JournalBytes, state.JournalRecords, state.JournalFailures),
        new RestoredResponse(state.RestoredGroups, state.RestoredRecords, state.DiscardedRecords, state.DamagedFiles),
        state.Fault);
}

internal sealed record SnapshotResponse(double Time, double Seconds, long Failures);

internal sealed record JournalResponse(bool Enabled, long Bytes, long Records, long Failures);

internal sealed record RestoredResponse(int Groups, long Records, long DiscardedRecords, int DamagedFiles);
