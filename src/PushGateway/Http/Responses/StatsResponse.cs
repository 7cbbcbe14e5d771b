using System.Text.Json;
using System.Text.Json.Serialization;
using PushGateway.Durability;

namespace PushGateway.Http.Responses;

/// <summary>The data of <c>/api/v1/stats</c>. Times are Unix seconds.</summary>
internal sealed record StatsResponse(
    double Time,
    double Start,
    int Groups,
    long Series,
    int Families,
    long Bytes,
    int Quarantined,
    PushesResponse Pushes,
    IEnumerable<AgeResponse> Ages,
    IEnumerable<MetricResponse> TopMetrics,
    IEnumerable<JobResponse> TopJobs,
    IEnumerable<LabelResponse> TopLabels,
    MemoryResponse Memory,
    PersistenceResponse Persistence,
    ServerResponse Server)
{
    /// <summary>Null, and omitted, for a standalone gateway.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClusterIdentity? Cluster { get; init; }
}

/// <param name="Step">The length in seconds of the interval for each number.</param>
/// <param name="End">The end of the last interval.</param>
internal sealed record PushesResponse(int Step, long End, long[] Accepted, long[] Rejected);

internal sealed record AgeResponse([property: JsonConverter(typeof(BoundConverter))] double Le, int Groups);

internal sealed record MetricResponse(string Name, long Series, int Groups);

internal sealed record JobResponse(string Value, long Series, int Groups);

internal sealed record LabelResponse(string Name, int Values, int Groups);

internal sealed record MemoryResponse(long ResidentBytes, long HeapBytes);

internal sealed record ServerResponse(
    IEnumerable<string> ChangedFlags,
    IEnumerable<string> Listeners,
    bool AdminApi,
    LimitsResponse Limits,
    Dictionary<string, string> OwnFlags)
{
    /// <summary>The description of each flag, by its name; null (and omitted) unless requested.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<string, string>? FlagHelp { get; init; }
}

internal sealed record LimitsResponse(
    int RequestHeaderBytes,
    int RequestHeaders,
    long BodyBytes,
    double BodyBytesPerSecond,
    long RenderedPushBytes,
    long PushSeries,
    long Labels,
    long NameBytes,
    long ValueBytes,
    long StoredSeries,
    long StoredGroups,
    long Requests);

/// <summary>Writes infinity, which JSON numbers do not have, as "+Inf".</summary>
internal sealed class BoundConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteStringValue("+Inf");
        }
    }
}
