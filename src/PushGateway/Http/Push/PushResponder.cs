using PushGateway.Access;
using PushGateway.Durability;
using PushGateway.Http.Middleware;
using PushGateway.Http.Responses;
using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Http.Push;

/// <summary>Records what came of a push (failure time, history, metrics, log) and answers it.</summary>
internal sealed class PushResponder(
    IDurableStore store,
    PushSettings settings,
    PushHistory history,
    RequestMetrics metrics,
    EmptyPushes empty,
    TimeProvider time,
    ILogger<PushResponder> logger,
    LenientPushes? lenient = null)
{
    /// <summary>The number of inconsistent help texts that one push may log; further ones are counted.</summary>
    private const int MaxLoggedHelps = 5;

    public Task WriteAsync(HttpContext context, PushOutcome outcome) => outcome switch
    {
        PushOutcome.Accepted accepted => WriteAcceptedAsync(context, accepted),
        PushOutcome.Repeated repeated => WriteRepeatedAsync(context, repeated.Key),
        PushOutcome.InvalidUrl invalid => WriteInvalidUrlAsync(context, invalid.Message),
        PushOutcome.InvalidBody invalid => WriteInvalidBodyAsync(context, invalid),
        PushOutcome.Rejected rejected => WriteRejectedAsync(context, rejected),
        PushOutcome.Unavailable unavailable => context.Response.WriteUnavailableAsync(unavailable.Cause),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    /// <summary>Counts what <c>--push.lenient</c> forgave in an accepted push or a deletion.</summary>
    /// <param name="uses">What it forgave in the body.</param>
    public void RecordLenientUse(HttpContext context, GroupingKey key, Leniency uses)
    {
        if (lenient is null)
        {
            return;
        }
        lenient.Record(key, uses | RequestLeniency.Of(context), context.Source());
    }

    private Task WriteAcceptedAsync(HttpContext context, PushOutcome.Accepted accepted)
    {
        LogHelpConflicts(accepted.HelpConflicts);
        history.AddAccepted();
        empty.RecordAccepted(accepted.Key, accepted.HasSamples, context);
        RecordLenientUse(context, accepted.Key, accepted.Uses);
        context.Response.StatusCode = settings.AcceptedStatus;
        return Task.CompletedTask;
    }

    /// <summary>Answers as the first one was answered. The history counts requests, so this is one, too.</summary>
    private Task WriteRepeatedAsync(HttpContext context, GroupingKey key)
    {
        logger.PushRepeated(context.Request.Method, PathNormalizationMiddleware.Show(context), context.Source());
        history.AddAccepted();
        RecordLenientUse(context, key, Leniency.None);
        context.Response.StatusCode = settings.AcceptedStatus;
        return Task.CompletedTask;
    }

    private void LogHelpConflicts(IReadOnlyList<HelpConflict> conflicts)
    {
        foreach (HelpConflict conflict in conflicts.Take(MaxLoggedHelps))
        {
            logger.InconsistentHelp(
                conflict.Family.ToString(), conflict.Present.ToString(), conflict.Pushed.ToString());
        }
        if (conflicts.Count > MaxLoggedHelps)
        {
            logger.MoreInconsistentHelps(conflicts.Count - MaxLoggedHelps);
        }
    }

    private Task WriteInvalidUrlAsync(HttpContext context, string message)
    {
        history.AddRejected();
        context.Features.Set(new RejectionCause(RejectionKind.Url));
        return context.Response.WriteErrorAsync(StatusCodes.Status400BadRequest, message);
    }

    private async Task WriteInvalidBodyAsync(HttpContext context, PushOutcome.InvalidBody invalid)
    {
        history.AddRejected();
        await store.ApplyAsync(
            new RecordParseErrorCommand(invalid.Key, invalid.Error.Message, time.GetUnixNanoseconds())
            {
                Cause = invalid.Cause,
            });
        context.Features.Set(invalid.Cause);
        Log(context, invalid.Error, logger.BodyNotParsed);
        await WriteErrorAsync(context, invalid.Error, invalid.Error.MessageWithHint, invalid.Status);
    }

    private Task WriteRejectedAsync(HttpContext context, PushOutcome.Rejected rejected)
    {
        PushError error = rejected.Result.Error!;
        history.AddRejected();
        Log(context, error, logger.PushRejected);
        string hint = HintFor(context, rejected.Result);
        context.Features.Set(rejected.Result.CauseWith(hint));
        if (settings.Check == PushCheck.Unchecked && error is { Limit: LimitKind.None, IsOfMerge: false })
        {
            // Upstream: without the check, the answer comes before the store sees the push.
            context.RecordRejection(settings.AcceptedStatus, error.MessageWithHint);
            context.Response.StatusCode = settings.AcceptedStatus;
            return Task.CompletedTask;
        }
        string message = error.MessageWithHint + hint;
        return WriteErrorAsync(
            context, error, $"pushed metrics are invalid or inconsistent with existing metrics: {message}");
    }

    /// <param name="log">Gets method, path, client and error of a push that does not exceed a limit.</param>
    private void Log(HttpContext context, PushError error, Action<string, string, string, string> log)
    {
        (string method, string path) = (context.Request.Method, PathNormalizationMiddleware.Show(context));
        if (error.Limit == LimitKind.None)
        {
            log(method, path, context.Source(), LogFields.FirstErrors(error.Message));
        }
        else if (logger.IsEnabled(LogLevel.Error))
        {
            logger.PushExceedsLimit(
                method, path, context.Source(), LimitResponse.Of(error.Limit).Describe(error.Message));
        }
    }

    /// <summary>Names the conflicting groups only to principals who may see them: readers, and who pushes to all of them.</summary>
    private static string HintFor(HttpContext context, CommandResult result) =>
        result.ConflictingGroups.Count == 0 || context.MaySee(result.ConflictingGroups)
            ? result.ConflictHint
            : result.AnonymousConflictHint;

    /// <param name="message">For the client, unless the push exceeds a limit.</param>
    /// <param name="status">The same.</param>
    private Task WriteErrorAsync(
        HttpContext context, PushError error, string message, int status = StatusCodes.Status400BadRequest)
    {
        if (error.Limit == LimitKind.None)
        {
            return context.Response.WriteErrorAsync(status, message);
        }
        var response = LimitResponse.Of(error.Limit);
        metrics.CountRejection(response.Name);
        if (error.Limit == LimitKind.BodySize)
        {
            // An open connection would have to read the rest of the body first.
            context.Response.Headers.Connection = "close";
        }
        return context.Response.WriteErrorAsync(response.Status, response.Describe(error.Message));
    }
}
