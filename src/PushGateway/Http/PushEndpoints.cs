using PushGateway.Access;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Store;
using PushGateway.Durability;
using PushGateway.Http.Middleware;
using PushGateway.Http.Push;
using PushGateway.Http.Responses;
using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary>PUT, POST and DELETE of groups: <c>/metrics/job/JOB{/LABEL/VALUE}</c>, <c>/metrics/job@base64/…</c>.</summary>
internal sealed class PushEndpoints(
    IDurableStore store, PushSettings settings, PushResponder responder, TimeProvider time, ILogger<PushEndpoints> logger)
{
    private readonly GroupingKeyPath _keyPath = new(settings.Names);
    private readonly LargePushLimiter _largePushes = new();

    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        PushEndpoints endpoints = routes.ServiceProvider.GetRequiredService<PushEndpoints>();
        foreach (string jobSegment in (string[])["job", "job@base64"])
        {
            string basePath = $"{prefix}/metrics/{jobSegment}/";
            string pattern = basePath + "{job}/{**labels}";
            bool jobIsBase64 = jobSegment != "job";
            routes.MapPut(pattern, context => endpoints.PushAsync(context, basePath.Length, jobIsBase64, PushMode.Replace))
                .Requires(Permissions.Push).WithPushMetrics();
            routes.MapPost(pattern, context => endpoints.PushAsync(context, basePath.Length, jobIsBase64, PushMode.Merge))
                .Requires(Permissions.Push).WithPushMetrics();
            routes.MapDelete(pattern, context => endpoints.DeleteAsync(context, basePath.Length, jobIsBase64))
                .Requires(Permissions.Delete).WithRequestCounter(HandlerName.Delete);
        }
    }

    private async Task PushAsync(HttpContext context, int keyAt, bool jobIsBase64, PushMode mode)
    {
        if (!TryReadKey(context, keyAt, jobIsBase64, out GroupingKey? key, out string error))
        {
            await responder.WriteAsync(context, new PushOutcome.InvalidUrl(error));
        }
        else if (await context.IsPermittedAsync(Permissions.Push, key!))
        {
            await responder.WriteAsync(context, await PushAsync(context, key!, mode));
        }
    }

    private async Task<PushOutcome> PushAsync(HttpContext context, GroupingKey key, PushMode mode)
    {
        if (PathNormalizationMiddleware.IsNotUtf8(context) || !Array.TrueForAll(key.Labels, label => label.Value.IsValidUtf8))
        {
            // Upstream stores a group that no scrape can show.
            return new PushOutcome.InvalidUrl("a label value in the URL is not valid UTF-8");
        }
        if (store.Unavailability is { } cause)
        {
            return new PushOutcome.Unavailable(cause);
        }
        await store.WaitForCapacityAsync(context.RequestAborted);
        using var timeout = new SlowBodyTimeout(context.Request, time, settings.Times);
        (BodyBuffer? body, PushError? fault) = await RequestBody.ReadAsync(context, settings.MaxBodyBytes, timeout);
        if (body is null)
        {
            return new PushOutcome.InvalidBody(key, fault!);
        }
        using (body)
        {
            return await PushAsync(context, key, mode, body);
        }
    }

    private async Task<PushOutcome> PushAsync(HttpContext context, GroupingKey key, PushMode mode, BodyBuffer body)
    {
        PushCommand push;
        ParsedPush? parsed;
        ValueTask<Outcome> applying;
        using (await _largePushes.AcquireAsync(body.Length, context.RequestAborted))
        {
            var sent = new PushBody(FormatOf(context.Request), body.Written);
            if (!ParsedPush.TryParse(sent, settings.IsLenient, out parsed, out PushError? fault))
            {
                return new PushOutcome.InvalidBody(key, fault);
            }
            push = new PushCommand(key, mode, settings.Check, parsed.Families, time.GetUnixNanoseconds())
            {
                Limits = settings.Limits,
                Body = parsed.Body,
            };
            applying = store.ApplyAsync(push);
        }

        // The lease covers parsing and storing only: many pushes wait for the disk together.
        return await applying switch
        {
            Outcome.Accepted accepted => new PushOutcome.Accepted(push, accepted.Result.HelpConflicts, parsed.Uses),
            Outcome.Rejected rejected => new PushOutcome.Rejected(push, rejected.Result),
            Outcome.Unavailable unavailable => new PushOutcome.Unavailable(unavailable),
            _ => throw new InvalidOperationException(),
        };
    }

    private async Task DeleteAsync(HttpContext context, int keyAt, bool jobIsBase64)
    {
        if (!TryReadKey(context, keyAt, jobIsBase64, out GroupingKey? key, out string error))
        {
            await context.Response.WriteErrorAsync(StatusCodes.Status400BadRequest, error);
        }
        else if (await context.IsPermittedAsync(Permissions.Delete, key!)
            && await store.TryApplyAsync(context, new DeleteCommand(key!)))
        {
            responder.RecordLenientUse(context, key!, Leniency.None);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
    }

    private bool TryReadKey(HttpContext context, int keyAt, bool jobIsBase64, out GroupingKey? key, out string error)
    {
        string path = context.Request.Path.Value!;
        bool valid = _keyPath.TryParse(path.AsSpan(Math.Min(keyAt, path.Length)), jobIsBase64, out key, out error);
        if (!valid)
        {
            logger.ImproperUrl(PathNormalizationMiddleware.Show(path), error);
        }
        return valid;
    }

    private BodyFormat FormatOf(HttpRequest request) =>
        PushContentType.IsDelimitedProtobuf(request.Headers.ContentType is [{ } first, ..] ? first : null)
            ? BodyFormat.DelimitedProtobuf
            : settings.Names == NameValidation.Utf8 ? BodyFormat.Utf8Text : BodyFormat.LegacyText;
}
