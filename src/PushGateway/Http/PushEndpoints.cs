using Microsoft.AspNetCore.Http.Features;
using PushGateway.Access;
using PushGateway.Core.Parsing;
using PushGateway.Durability;
using PushGateway.Http.Middleware;
using PushGateway.Http.Push;
using PushGateway.Http.Responses;
using PushGateway.Lifecycle;
using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary>PUT, POST and DELETE of groups: <c>/metrics/job/JOB{/LABEL/VALUE}</c>, <c>/metrics/job@base64/…</c>.</summary>
internal sealed class PushEndpoints(
    IDurableStore store,
    PushSettings settings,
    PushResponder responder,
    PushRecorder recorder,
    GroupLifecycle lifecycle,
    TimeProvider time,
    ILogger<PushEndpoints> logger)
{
    private readonly GroupingKeyUrl _url = new(settings.Names);
    private readonly string _defaultJob = settings.DefaultJob;
    private readonly LargePushLimiter _largePushes = LargePushLimiter.Create(settings.MaxBodyBytes, time);

    /// <summary>The error for a large body. A small one is not the cause of the shortage, and may be retried.</summary>
    private static readonly PushError OutOfMemory =
        new("the body needs more memory than is available") { Limit = LimitKind.BodySize };

    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        PushEndpoints endpoints = routes.ServiceProvider.GetRequiredService<PushEndpoints>();
        string metrics = $"{prefix}/metrics";
        GroupingKeyUrl url = endpoints._url;
        AsPush(routes.MapGroupingKey(HttpMethods.Put, metrics, url, endpoints.ReplaceAsync, endpoints.RejectPushUrlAsync));
        AsPush(routes.MapGroupingKey(HttpMethods.Post, metrics, url, endpoints.MergeAsync, endpoints.RejectPushUrlAsync));
        if (endpoints._defaultJob is { Length: > 0 } job)
        {
            AsPush(routes.MapWithoutJob(HttpMethods.Post, metrics, job, url, endpoints.MergeAsync, endpoints.RejectPushUrlAsync));
        }
        routes.MapGroupingKey(HttpMethods.Delete, metrics, url, endpoints.DeleteAsync, endpoints.RejectUrlAsync)
            .Requires(Permissions.Delete).WithRequestCounter(HandlerName.Delete);
    }

    private static void AsPush(IEndpointConventionBuilder routes) => routes
        .Requires(Permissions.Push).WithMetadata(DryRun.Supported).WithPushMetrics(context => !DryRun.IsAsked(context));

    private Task ReplaceAsync(HttpContext context, GroupingKey key) => PushAsync(context, key, PushMode.Replace);

    private Task MergeAsync(HttpContext context, GroupingKey key) => PushAsync(context, key, PushMode.Merge);

    private async Task PushAsync(HttpContext context, GroupingKey key, PushMode mode)
    {
        var request = new PushRequest(key, time.GetTimestamp());
        if (await context.IsPermittedAsync(Permissions.Push, key))
        {
            await responder.WriteAsync(context, request, await ApplyAsync(context, key, mode));
        }
    }

    private async Task<PushOutcome> ApplyAsync(HttpContext context, GroupingKey key, PushMode mode)
    {
        if (PathNormalizationMiddleware.IsNotUtf8(context) || !Array.TrueForAll(key.Labels, label => label.Value.IsValidUtf8))
        {
            // Upstream: stores a group that no scrape can show.
            return new PushOutcome.InvalidUrl("a label value in the URL is not valid UTF-8");
        }
        if (!DryRun.TryRead(context.Request, out bool isDryRun, out string? error))
        {
            return new PushOutcome.InvalidUrl(error);
        }
        if (!PushHeaders.TryRead(context.Request.Headers, key, mode, settings, out PushHeaders headers, out error))
        {
            return new PushOutcome.InvalidBody(key, new PushError(error)) { Kind = RejectionKind.Header };
        }
        string? contentType = context.Request.Headers.ContentType is [{ } first, ..] ? first : null;
        if (!PushContentType.TryFindFormat(contentType, settings.Names, out BodyFormat format, out error))
        {
            return new PushOutcome.InvalidBody(key, new PushError(error))
            {
                Status = StatusCodes.Status415UnsupportedMediaType,
                Kind = RejectionKind.ContentType,
            };
        }
        if (store.Unavailability is { } cause)
        {
            return new PushOutcome.Unavailable(cause);
        }
        await store.WaitForCapacityAsync(context.RequestAborted);
        using var lease = new LargePushLease(_largePushes, context.RequestAborted);
        using var timeout = new SlowBodyTimeout(context.Request, time, settings.Times);
        try
        {
            (BodyBuffer? body, PushError? fault) =
                await RequestBody.ReadAsync(context, settings.MaxBodyBytes, timeout, _largePushes.Arriving, lease);
            if (body is null)
            {
                return new PushOutcome.InvalidBody(key, fault!) { Kind = RejectionKind.Encoding };
            }
            using (body)
            {
                return await ApplyAsync(key, mode, headers with { IsDryRun = isDryRun }, format, body, lease);
            }
        }
        catch (OutOfMemoryException) when (lease.IsHeld || context.Request.ContentLength >= LargePushLimiter.LargeBytes)
        {
            logger.OutOfMemory(context.Request.Method, context.Source());
            return new PushOutcome.InvalidBody(key, OutOfMemory);
        }
    }

    private async Task<PushOutcome> ApplyAsync(
        GroupingKey key,
        PushMode mode,
        PushHeaders headers,
        BodyFormat format,
        BodyBuffer body,
        LargePushLease lease)
    {
        if (headers.IdempotencyKey is { } repeatable
            && store.TryFindRepeat(repeatable, time.GetUnixNanoseconds(), headers.IsDryRun, out ValueTask<Outcome> repeating))
        {
            return await repeating is Outcome.Unavailable cause
                ? new PushOutcome.Unavailable(cause)
                : new PushOutcome.Repeated(key);
        }
        await lease.CoverAsync(body.Length);
        LifecycleRules rules = lifecycle.Rules;
        LifecycleRule? rule = rules.Find(key);
        var limits = RuleLimits.Of(settings.Limits, rules, rule);
        headers = headers with { Merge = MergeHeader.Choose(headers.Merge, rule, mode) };
        var sent = new PushBody(format, body.Join());
        ValueTask<Outcome> applying = BeginApply(
            key, mode, headers, limits.Limits, sent, out Leniency uses, out PushSize size, out PushError? fault);

        // The lease covers only parsing and storing, since many pushes can wait for the disk together.
        lease.Dispose();
        if (fault is not null)
        {
            return new PushOutcome.InvalidBody(key, limits.Explain(fault)) { Size = size };
        }
        return await applying switch
        {
            Outcome.Accepted { Result.IsRepeated: true } => new PushOutcome.Repeated(key) { Size = size },
            Outcome.Accepted accepted => new PushOutcome.Accepted(key, accepted.Result.HelpConflicts, uses) { Size = size },
            Outcome.Rejected { Result: var result } =>
                new PushOutcome.Rejected(result with { Error = limits.Explain(result.Error!) }) { Size = size },
            Outcome.Unavailable unavailable => new PushOutcome.Unavailable(unavailable) { Size = size },
            _ => throw new InvalidOperationException(),
        };
    }

    /// <summary>Parses and stores. Not asynchronous, so that nothing references the families while the push waits for the disk.</summary>
    private ValueTask<Outcome> BeginApply(
        GroupingKey key,
        PushMode mode,
        PushHeaders headers,
        PushLimits limits,
        PushBody sent,
        out Leniency uses,
        out PushSize size,
        out PushError? fault)
    {
        uses = Leniency.None;
        size = new PushSize(sent.Bytes.Length);
        if (!ParsedPush.TryParse(sent, settings.IsLenient, limits.OfBody(key), out ParsedPush? parsed, out fault))
        {
            return default;
        }
        uses = parsed.Uses;
        var push = new PushCommand(key, mode, settings.Check, parsed.Families, time.GetUnixNanoseconds())
        {
            Limits = limits,
            Body = parsed.Body,
            Terms = headers.Terms,
            IdempotencyKey = headers.IdempotencyKey,
            Merge = headers.Merge,
            IsDryRun = headers.IsDryRun,
        };
        size = PushSize.Of(push, size.Bytes);
        return store.ApplyAsync(push);
    }

    private async Task DeleteAsync(HttpContext context, GroupingKey key)
    {
        if (await context.IsPermittedAsync(Permissions.Delete, key)
            && await store.TryApplyAsync(context, new DeleteCommand(key)))
        {
            recorder.RecordLenientUse(context, key, Leniency.None);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
    }

    private Task RejectPushUrlAsync(HttpContext context, string error)
    {
        if (!DryRun.IsAsked(context))
        {
            LogUrl(context, error);
        }
        return responder.WriteAsync(context, new PushRequest(Key: null, time.GetTimestamp()), new PushOutcome.InvalidUrl(WithHint(context, error)));
    }

    private Task RejectUrlAsync(HttpContext context, string error)
    {
        LogUrl(context, error);
        return context.Response.WriteErrorAsync(StatusCodes.Status400BadRequest, WithHint(context, error));
    }

    private string WithHint(HttpContext context, string error)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        bool hasSlash = PathNormalizationMiddleware.PathOf(target)
            .Contains(PathNormalizationMiddleware.PercentSlash, StringComparison.OrdinalIgnoreCase);
        return PushError.WithHint(error, hasSlash && !settings.IsLenient ? BodyHint.EncodedSlash : "");
    }

    private void LogUrl(HttpContext context, string error) =>
        logger.ImproperUrl(context.Request.Method, PathNormalizationMiddleware.Show(context), context.Source(), error);
}
