using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.Core.Query;
using PushGateway.Durability;
using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary><c>/api/v1/stats</c>: statistics of the store, recent pushes, memory, persistence and the server.</summary>
internal sealed class StatsEndpoint(
    GroupStore store,
    QuarantineCache quarantined,
    PushHistory pushes,
    IStoreService service,
    GatewayOptions options,
    IOptions<KestrelServerOptions> kestrel,
    IServer server,
    TimeProvider time)
{
    /// <summary>Statistics are cached for this multiple of their computation time, so that they use at most a tenth of a core.</summary>
    private const int CacheFactor = 10;

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
        long now = time.GetUnixNanoseconds();
        RecentPushes recent = pushes.Read();
        var stats = new StatsResponse(
            Seconds(now),
            Seconds(_started),
            statistics.Groups,
            statistics.Series,
            statistics.Families,
            statistics.Bytes,
            quarantined.Of(store.Snapshot).Reasons.Count,
            new PushesResponse(PushHistory.StepSeconds, recent.End, recent.Accepted, recent.Rejected),
            statistics.Ages.Select((groups, i) => new AgeResponse(StoreStatistics.AgeBounds[i], groups)),
            statistics.TopMetrics.Select(share => new MetricResponse(share.Text.ToString(), share.Series, share.Groups)),
            statistics.TopJobs.Select(share => new JobResponse(share.Text.ToString(), share.Series, share.Groups)),
            statistics.TopLabels.Select(label => new LabelResponse(label.Name.ToString(), label.Values, label.Groups)),
            new MemoryResponse(Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false)),
            PersistenceResponse.Of(service.Persistence),
            DescribeServer() with { FlagHelp = context.Request.Query["flags"] == "true" ? GatewayOptions.FlagHelp() : null })
        {
            Cluster = service.Cluster,
        };
        await context.Response.WriteDataAsync(stats, ApiJson.Default.ApiResponseStatsResponse);
    }

    private StoreStatistics Count(CancellationToken cancellation)
    {
        if (_counted is { } counted && time.GetElapsedTime(counted.At) < counted.Duration * CacheFactor)
        {
            return counted.Statistics;
        }
        long start = time.GetTimestamp();
        var statistics = StoreStatistics.Of(
            store.Snapshot, Seconds(time.GetUnixNanoseconds()), cancellation);
        _counted = new Counted(statistics, time.GetTimestamp(), time.GetElapsedTime(start));
        return statistics;
    }

    private ServerResponse DescribeServer() => new(
        options.ChangedFlags(),
        server.ListenAddresses(),
        options.EnableAdminApi,
        new LimitsResponse(
            _kestrel.MaxRequestHeadersTotalSize,
            _kestrel.MaxRequestHeaderCount,
            options.MaxBodySize.Bytes,
            _kestrel.MinRequestBodyDataRate!.BytesPerSecond,
            GroupStore.MaxRenderedBytes,
            options.MaxSeries.Count,
            options.MaxLabels.Count,
            options.MaxNameLength.Bytes,
            options.MaxValueLength.Bytes,
            options.MaxStoredSeries.Count,
            options.MaxStoredGroups.Count,
            options.MaxRequests.Count),
        new Dictionary<string, string>(options.ToOwnFlagValues()));

    private static double Seconds(long nanoseconds) => nanoseconds / 1e9;

    /// <param name="At">A value of <see cref="TimeProvider.GetTimestamp"/>.</param>
    private sealed record Counted(StoreStatistics Statistics, long At, TimeSpan Duration);
}
