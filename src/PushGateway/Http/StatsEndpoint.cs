using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.Core.Model;
using PushGateway.Core.Query;
using PushGateway.Core.Store;
using PushGateway.Durability;
using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary><c>/api/v1/stats</c>: what is stored, pushed, used and kept, in numbers.</summary>
internal sealed class StatsEndpoint(
    GroupStore store,
    QuarantineCache quarantined,
    PushHistory pushes,
    PersistenceService persistence,
    GatewayOptions options,
    IOptions<KestrelServerOptions> kestrel,
    IServer server,
    TimeProvider time)
{
    /// <summary>What is counted is shown for so many times as long as counting took, so that it takes a tenth of a core at most.</summary>
    private const int RestFactor = 10;

    private readonly KestrelServerLimits _kestrel = kestrel.Value.Limits;
    private readonly long _started = time.GetUnixNanoseconds();
    private volatile Counted? _counted;

    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        StatsEndpoint endpoint = routes.ServiceProvider.GetRequiredService<StatsEndpoint>();
        routes.MapGet($"{prefix}/api/v1/stats", endpoint.WriteAsync)
            .Requires(Permissions.Read).WithRequestCounter(HandlerName.ApiStats);
    }

    private async Task WriteAsync(HttpContext context)
    {
        StoreStatistics statistics = Count(context.RequestAborted);
        context.Response.BeginJson();
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", "success");
        json.WriteStartObject("data");
        json.WriteNumber("time", Seconds(time.GetUnixNanoseconds()));
        json.WriteNumber("start", Seconds(_started));
        json.WriteNumber("groups", statistics.Groups);
        json.WriteNumber("series", statistics.Series);
        json.WriteNumber("families", statistics.Families);
        json.WriteNumber("bytes", statistics.Bytes);
        json.WriteNumber("quarantined", quarantined.Of(store.Snapshot).Reasons.Count);
        WritePushes(json, pushes.Read(time.GetUnixNanoseconds()));
        WriteAges(json, statistics.Ages);
        WriteShares(json, "top_metrics", "name", statistics.TopMetrics);
        WriteShares(json, "top_jobs", "value", statistics.TopJobs);
        WriteLabels(json, statistics.TopLabels);
        json.WriteStartObject("memory");
        json.WriteNumber("resident_bytes", Environment.WorkingSet);
        json.WriteNumber("heap_bytes", GC.GetTotalMemory(forceFullCollection: false));
        json.WriteEndObject();
        json.WritePropertyName("persistence");
        PersistenceJson.Write(json, persistence.State);
        WriteServer(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private StoreStatistics Count(CancellationToken cancellation)
    {
        if (_counted is { } counted && time.GetElapsedTime(counted.At) < counted.Duration * RestFactor)
        {
            return counted.Statistics;
        }
        long start = time.GetTimestamp();
        var statistics = StoreStatistics.Of(
            store.Snapshot, Seconds(time.GetUnixNanoseconds()), cancellation);
        _counted = new Counted(statistics, time.GetTimestamp(), time.GetElapsedTime(start));
        return statistics;
    }

    private static void WritePushes(Utf8JsonWriter json, RecentPushes recent)
    {
        json.WriteStartObject("pushes");
        json.WriteNumber("step", PushHistory.StepSeconds);
        json.WriteNumber("end", recent.End);
        WriteNumbers(json, "accepted", recent.Accepted);
        WriteNumbers(json, "refused", recent.Refused);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, long[] numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }
        json.WriteEndArray();
    }

    private static void WriteAges(Utf8JsonWriter json, IReadOnlyList<int> ages)
    {
        json.WriteStartArray("ages");
        for (int i = 0; i < ages.Count; i++)
        {
            json.WriteStartObject();
            double bound = StoreStatistics.AgeBounds[i];
            if (double.IsFinite(bound))
            {
                json.WriteNumber("le", bound);
            }
            else
            {
                json.WriteString("le", "+Inf");
            }
            json.WriteNumber("groups", ages[i]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteShares(Utf8JsonWriter json, string name, string textName, IReadOnlyList<SeriesShare> shares)
    {
        json.WriteStartArray(name);
        foreach (SeriesShare share in shares)
        {
            json.WriteStartObject();
            json.WriteString(textName, Text(share.Text));
            json.WriteNumber("series", share.Series);
            json.WriteNumber("groups", share.Groups);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteLabels(Utf8JsonWriter json, IReadOnlyList<LabelShare> labels)
    {
        json.WriteStartArray("top_labels");
        foreach (LabelShare label in labels)
        {
            json.WriteStartObject();
            json.WriteString("name", Text(label.Name));
            json.WriteNumber("values", label.Values);
            json.WriteNumber("groups", label.Groups);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteServer(Utf8JsonWriter json)
    {
        json.WriteStartObject("server");
        json.WriteStartArray("changed_flags");
        foreach (string flag in options.ChangedFlags())
        {
            json.WriteStringValue(flag);
        }
        json.WriteEndArray();
        json.WriteStartArray("listeners");
        foreach (string address in server.ListenAddresses())
        {
            json.WriteStringValue(address);
        }
        json.WriteEndArray();
        json.WriteBoolean("admin_api", options.EnableAdminApi);
        WriteLimits(json);
        json.WriteStartObject("own_flags");
        foreach ((string name, string value) in options.ToOwnFlagValues())
        {
            json.WriteString(name, value);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteLimits(Utf8JsonWriter json)
    {
        json.WriteStartObject("limits");
        json.WriteNumber("request_header_bytes", _kestrel.MaxRequestHeadersTotalSize);
        json.WriteNumber("request_headers", _kestrel.MaxRequestHeaderCount);
        json.WriteNumber("body_bytes", options.MaxBodySize.Bytes);
        json.WriteNumber("body_bytes_per_second", _kestrel.MinRequestBodyDataRate!.BytesPerSecond);
        json.WriteNumber("rendered_push_bytes", GroupStore.MaxRenderedBytes);
        json.WriteNumber("push_series", options.MaxSeries.Count);
        json.WriteNumber("labels", options.MaxLabels.Count);
        json.WriteNumber("name_bytes", options.MaxNameLength.Bytes);
        json.WriteNumber("value_bytes", options.MaxValueLength.Bytes);
        json.WriteNumber("stored_series", options.MaxStoredSeries.Count);
        json.WriteNumber("stored_groups", options.MaxStoredGroups.Count);
        json.WriteNumber("requests", options.MaxRequests.Count);
        json.WriteEndObject();
    }

    /// <summary>What is not UTF-8, which the writer does not take, becomes U+FFFD.</summary>
    private static string Text(Utf8String text) => text.ToString();

    private static double Seconds(long nanoseconds) => nanoseconds / 1e9;

    /// <param name="At">By the clock of <see cref="TimeProvider.GetTimestamp"/>.</param>
    private sealed record Counted(StoreStatistics Statistics, long At, TimeSpan Duration);
}
