using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.Core.Model;
using PushGateway.Core.Persistence.Journal;
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
    DurableStore changes,
    PushSettings settings,
    PushHistory history,
    RequestMetrics metrics,
    TimeProvider time,
    ILogger<PushEndpoints> logger,
    LenientPushes? lenient = null)
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
            history.AddRefused(time.GetUnixNanoseconds());
            await context.Response.WriteErrorAsync(StatusCodes.Status400BadRequest, error);
            return;
        }
        if (!await context.IsPermittedAsync(Permissions.Push, key!))
        {
            return;
        }
        if (PathNormalizationMiddleware.IsNotUtf8(context) || !Array.TrueForAll(key!.Labels, label => label.Value.IsValidUtf8))
        {
            // The Go one stores a group that no scrape can show.
            history.AddRefused(time.GetUnixNanoseconds());
            await context.Response.WriteErrorAsync(
                StatusCodes.Status400BadRequest, "a label value in the URL is not valid UTF-8");
            return;
        }

        if (!await changes.AreTakenAsync(context))
        {
            return;
        }
        using var pace = new SlowBodyTimeout(context.Request, time, settings.Times);
        (BodyBuffer? body, PushError? fault) = await RequestBody.ReadAsync(context, settings.MaxBodyBytes, pace);
        if (body is null)
        {
            await RefuseBodyAsync(context, key, fault!);
            return;
        }
        using (body)
        {
            await StoreAsync(context, key!, mode, body);
        }
    }

    private async Task StoreAsync(HttpContext context, GroupingKey key, PushMode mode, BodyBuffer body)
    {
        PushCommand? command = null;
        ValueTask<CommandResult?> storing = default;
        PushBody? parsed;
        PushError? fault;
        using (await _largePushes.AcquireAsync(body.Length, context.RequestAborted))
        {
            if (PushBody.TryParse(body.Written, FormatOf(context.Request), settings.IsLenient, out parsed, out fault))
            {
                command = new PushCommand(key, mode, settings.Check, parsed.Families, time.GetUnixNanoseconds())
                {
                    Limits = settings.Limits,
                };
                storing = changes.PushAsync(context, command, parsed.Format, parsed.Body);
            }
        }

        // The turn is over: for the disk many wait together, and none waits for a client that does not read.
        if (command is null)
        {
            await RefuseBodyAsync(context, key, fault!);
        }
        else if (await storing is { } result)
        {
            await AnswerAsync(context, result, command, parsed!.Uses);
        }
    }

    private async Task DeleteAsync(HttpContext context, int keyAt, bool jobIsBase64)
    {
        if (!TryReadKey(context, keyAt, jobIsBase64, out GroupingKey? key, out string error))
        {
            await context.Response.WriteErrorAsync(StatusCodes.Status400BadRequest, error);
            return;
        }
        if (await context.IsPermittedAsync(Permissions.Delete, key!)
            && await changes.DeleteAsync(context, key!) is not null)
        {
            RecordLenientUse(context, key!, Leniency.None);
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

    /// <param name="uses">What the body was forgiven.</param>
    private void RecordLenientUse(HttpContext context, GroupingKey key, Leniency uses)
    {
        if (lenient is null)
        {
            return;
        }
        if (context.Request.Path.Value!.Contains(PathNormalizationMiddleware.EncodedSlash, StringComparison.Ordinal))
        {
            uses |= Leniency.EncodedSlash;
        }
        lenient.Record(key, uses, context.Source());
    }

    private BodyFormat FormatOf(HttpRequest request) =>
        PushContentType.IsDelimitedProtobuf(request.Headers.ContentType is [{ } first, ..] ? first : null)
            ? BodyFormat.DelimitedProtobuf
            : settings.Names == NameValidation.Utf8 ? BodyFormat.Utf8Text : BodyFormat.LegacyText;

    private Task RefuseBodyAsync(HttpContext context, GroupingKey key, PushError error)
    {
        long at = time.GetUnixNanoseconds();
        history.AddRefused(at);
        changes.NoteRefusal(new RecordParseErrorCommand(key, error.Message, at));
        logger.BodyNotParsed(context.Source(), error.Message);
        return error.Limit == LimitKind.None
            ? context.Response.WriteErrorAsync(StatusCodes.Status400BadRequest, error.Message)
            : RefuseForLimitAsync(context, error);
    }

    private Task RefuseForLimitAsync(HttpContext context, PushError error)
    {
        var answer = LimitResponse.Of(error.Limit);
        metrics.CountLimitRejection(answer.Name);
        if (error.Limit == LimitKind.BodySize)
        {
            // What is on its way would have to be read to the end.
            context.Response.Headers.Connection = "close";
        }
        return context.Response.WriteErrorAsync(answer.Status, answer.Describe(error.Message));
    }

    private Task AnswerAsync(HttpContext context, CommandResult result, PushCommand push, Leniency uses)
    {
        foreach (HelpConflict conflict in result.HelpConflicts)
        {
            logger.InconsistentHelp(
                conflict.Family.ToString(), conflict.Present.ToString(), conflict.Pushed.ToString());
        }
        if (result.Error is not { } error)
        {
            history.AddAccepted(push.At);
            RecordLenientUse(context, push.Key, uses);
        }
        else
        {
            history.AddRefused(push.At);
            logger.PushRefused(context.Request.Method, context.Source(), error.Message);
        }
        if (result.Error is { Limit: not LimitKind.None } excess)
        {
            return RefuseForLimitAsync(context, excess);
        }
        if (result.Error is null || settings.Check == PushCheck.Unchecked)
        {
            context.Response.StatusCode = settings.AcceptedStatus;
            return Task.CompletedTask;
        }
        return context.Response.WriteErrorAsync(
            StatusCodes.Status400BadRequest,
            $"pushed metrics are invalid or inconsistent with existing metrics: {result.Error.Message}{result.ConflictHint}");
    }
}
