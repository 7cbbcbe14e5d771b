using System.IO.Pipelines;
using Microsoft.Extensions.Primitives;
using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.Core.Exposition;
using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store.Consistency;
using PushGateway.Core.Store.Output;
using PushGateway.Core.Store.Snapshots;
using PushGateway.Durability;
using PushGateway.Http.Push;
using PushGateway.Http.Responses;
using PushGateway.Lifecycle;
using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary>
/// GET of the metrics, in the format that the scraper prefers: all, the series that <c>match[]</c> selects (without the
/// gateway's own metrics), or the families that <c>name[]</c> lists.
/// </summary>
internal sealed class ScrapeEndpoint(
    GroupStore store,
    IStoreService service,
    QuarantineCache quarantined,
    GzipCache gzipCache,
    OwnMetrics own,
    ExpectedPushes expected,
    IReadOnlyList<ReservedFamily> reserved,
    PushSettings settings,
    GatewayOptions options,
    OpenMetricsStatistics openMetrics,
    TimeProvider time,
    ILogger<ScrapeEndpoint> logger)
{
    public static void Map(IEndpointRouteBuilder routes, string path)
    {
        ScrapeEndpoint endpoint = routes.ServiceProvider.GetRequiredService<ScrapeEndpoint>();
        routes.MapGet(path, endpoint.ScrapeAsync).Requires(Permissions.Read);
    }

    private async Task ScrapeAsync(HttpContext context)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            // Clients may reset thousands of HTTP/2 streams at once, whose responses nobody reads.
            return;
        }
        if (!GroupQuery.TryParseSelectors(
            context.Request.Query, out IReadOnlyList<Selector>? selectors, out string? error))
        {
            await context.Response.WriteErrorAsync(StatusCodes.Status400BadRequest, error);
            return;
        }
        if (service.StaleReason is { } reason)
        {
            await context.Response.WriteNotReadyAsync(reason);
            return;
        }
        Quarantine quarantine = quarantined.Of(service.ShowsGroups ? store.Snapshot : StoreSnapshot.Empty);
        StoreSnapshot snapshot = quarantine.Rest;
        if (FindErrors(snapshot) is { } errors)
        {
            logger.GatheringFailed(errors);
            await context.Response.WriteErrorAsync(
                StatusCodes.Status500InternalServerError,
                $"An error has occurred while serving metrics:\n\n{errors}");
            return;
        }

        IHeaderDictionary headers = context.Request.Headers;
        NegotiatedFormat format = ContentNegotiation.Negotiate(
            headers.Accept is [{ } accept, ..] ? accept : null, options.EnableOpenMetrics);
        HashSet<Utf8String>? names = NamesOf(context.Request.Query["name[]"]);
        IReadOnlyList<MetricFamily> computed = expected.Collect(quarantine.Whole);
        bool isSelection = selectors.Count > 0;
        IReadOnlyList<FamilyView> stored = WithoutNamesOf(
            computed, isSelection ? SelectedFamilies.Of(snapshot, selectors, context.RequestAborted) : snapshot.Families());
        IReadOnlyList<MetricFamily> ours =
            isSelection ? SelectedFamilies.Of(computed, selectors) : Join(own.Collect(), computed);
        var exposition = new SnapshotExposition(
            Choose(stored, family => family.Header.Name, names),
            Choose(ours, family => family.Name, names),
            reserved,
            format.Format,
            format.Escaping)
        {
            NativeHistograms = options.NativeHistograms,
        };
        context.Response.ContentType = format.ContentType;
        await WriteAsync(context, exposition, isReusable: format.Format == ExpositionFormat.Text && !isSelection && names is null);
        openMetrics.Add(exposition.Conversions);
    }

    /// <param name="isReusable">Whether the next scrape may reuse the chunks that this one compresses.</param>
    private async Task WriteAsync(HttpContext context, SnapshotExposition exposition, bool isReusable)
    {
        using var output = new DeadlineWriter(context, time, settings.Times);
        ResponseEncoding encoding = ContentNegotiation.EncodingOf(context.Request.Headers.AcceptEncoding);
        if (encoding == ResponseEncoding.Plain)
        {
            await exposition.WriteAsync(output, context.RequestAborted);
            return;
        }
        if (encoding == ResponseEncoding.Gzip && isReusable)
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await exposition.WriteGzipAsync(output, gzipCache.Use(), context.RequestAborted);
            return;
        }
        await using Stream compressed = ResponseCompression.Begin(context.Response, encoding, output.AsStream(leaveOpen: true));
        var writer = PipeWriter.Create(compressed, new StreamPipeWriterOptions(minimumBufferSize: 32 * 1024));
        await exposition.WriteAsync(writer, context.RequestAborted);
        await writer.CompleteAsync();
    }

    /// <summary>The requested names; null for all. Empty ones are ignored.</summary>
    private static HashSet<Utf8String>? NamesOf(StringValues texts)
    {
        HashSet<Utf8String> names = [.. texts.Where(text => !string.IsNullOrEmpty(text)).Select(text => new Utf8String(text!))];
        return names.Count == 0 ? null : names;
    }

    /// <summary>Computed families replace pushed ones of the same name, even if no computed series is selected.</summary>
    private static IReadOnlyList<FamilyView> WithoutNamesOf(
        IReadOnlyList<MetricFamily> computed, IReadOnlyList<FamilyView> stored) => computed.Count == 0
            ? stored
            : [.. stored.Where(family => !computed.Any(one => one.Name == family.Header.Name))];

    /// <summary>Merges both by name.</summary>
    private static IReadOnlyList<MetricFamily> Join(IReadOnlyList<MetricFamily> own, IReadOnlyList<MetricFamily> computed) =>
        computed.Count == 0 ? own : [.. own.Concat(computed).OrderBy(family => family.Name)];

    private static IReadOnlyList<T> Choose<T>(
        IReadOnlyList<T> families, Func<T, Utf8String> nameOf, HashSet<Utf8String>? names) =>
        names is null ? families : [.. families.Where(family => names.Contains(nameOf(family)))];

    /// <summary>Why the snapshot cannot be scraped, or null. Checks only a snapshot that may be inconsistent.</summary>
    private string? FindErrors(StoreSnapshot snapshot)
    {
        if (!snapshot.MayBeInconsistent)
        {
            return null;
        }
        List<string> errors = FullConsistencyCheck.FindErrors(snapshot, reserved);
        if (errors.Count > 0)
        {
            return ErrorList.Join(errors);
        }
        store.MarkConsistent(snapshot);
        return null;
    }
}
