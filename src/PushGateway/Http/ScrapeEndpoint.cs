using System.IO.Compression;
using System.IO.Pipelines;
using PushGateway.Access;
using PushGateway.Core.Store.Consistency;
using PushGateway.Core.Store.Output;
using PushGateway.Http.Responses;
using PushGateway.Lifecycle;
using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary>GET of all metrics, in the format that the scraper prefers.</summary>
internal sealed class ScrapeEndpoint(
    GroupStore store,
    QuarantineCache quarantined,
    OwnMetrics own,
    ExpectedPushes expected,
    IReadOnlyList<ReservedFamily> reserved,
    ILogger<ScrapeEndpoint> logger)
{
    public static void Map(IEndpointRouteBuilder routes, string path)
    {
        ScrapeEndpoint endpoint = routes.ServiceProvider.GetRequiredService<ScrapeEndpoint>();
        routes.MapGet(path, endpoint.ScrapeAsync).Requires(Permissions.Read);
    }

    private async Task ScrapeAsync(HttpContext context)
    {
        Quarantine quarantine = quarantined.Of(store.Snapshot);
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
        NegotiatedFormat format = ContentNegotiation.Negotiate(headers.Accept is [{ } accept, ..] ? accept : null);
        var exposition = new SnapshotExposition(
            snapshot, own.Collect(), reserved, format.Format, format.Escaping, expected.Collect(quarantine.Whole));
        context.Response.ContentType = format.ContentType;
        if (!ContentNegotiation.PrefersGzip(headers.AcceptEncoding))
        {
            await exposition.WriteAsync(context.Response.BodyWriter, context.RequestAborted);
            return;
        }
        context.Response.Headers.ContentEncoding = "gzip";
        await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
        var writer = PipeWriter.Create(gzip, new StreamPipeWriterOptions(minimumBufferSize: 32 * 1024));
        await exposition.WriteAsync(writer, context.RequestAborted);
        await writer.CompleteAsync();
    }

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
