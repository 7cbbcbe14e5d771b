using PushGateway.Durability;
using PushGateway.Http.Middleware;
using PushGateway.Http.Responses;
using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Http.Push;

/// <summary>Records the outcome of a push: failure time, histories, metrics, log. A dry run changes none of these.</summary>
internal sealed class PushRecorder(
    IDurableStore store,
    PushHistory history,
    GroupHistory groups,
    RequestMetrics metrics,
    EmptyPushes empty,
    TimeProvider time,
    ILogger<PushResponder> logger,
    LenientPushes? lenient = null)
{
    /// <summary>The maximum inconsistent help texts that one push may log. Further ones are only counted.</summary>
    private const int MaxLoggedHelps = 5;

    public Task RecordAsync(HttpContext context, PushRequest request, PushOutcome outcome, PushAnswer answer)
    {
        Remember(context, request, outcome, answer);
        switch (outcome)
        {
            case PushOutcome.Accepted accepted:
                RecordAccepted(context, accepted);
                break;
            case PushOutcome.Repeated repeated:
                RecordRepeated(context, repeated.Key);
                break;
            case PushOutcome.InvalidUrl:
                history.AddRejected();
                break;
            case PushOutcome.InvalidBody invalid:
                return RecordInvalidBodyAsync(context, invalid);
            case PushOutcome.Rejected rejected:
                RecordRejected(context, rejected.Result.Error!, logger.PushRejected);
                break;
        }
        return Task.CompletedTask;
    }

    /// <summary>Counts the deviations that <c>--push.lenient</c> accepted in a push or a deletion.</summary>
    /// <param name="uses">The deviations in the body.</param>
    public void RecordLenientUse(HttpContext context, GroupingKey key, Leniency uses)
    {
        if (lenient is null)
        {
            return;
        }
        lenient.Record(key, uses | RequestLeniency.Of(context), context.Source());
    }

    private void Remember(HttpContext context, PushRequest request, PushOutcome outcome, PushAnswer answer)
    {
        if (request.Key is { } key)
        {
            groups.Add(key, new PastPush(
                time.GetUnixNanoseconds(),
                context.Request.Method,
                answer.Status,
                answer.Reason is null ? null : RejectedPush.Abridge(answer.Reason),
                outcome.Size,
                time.GetElapsedTime(request.Started),
                context.Connection.RemoteIpAddress,
                context.Connection.RemotePort));
        }
    }

    private void RecordAccepted(HttpContext context, PushOutcome.Accepted accepted)
    {
        LogHelpConflicts(accepted.HelpConflicts);
        history.AddAccepted();
        empty.RecordAccepted(accepted.Key, accepted.Size.HasSamples, context);
        RecordLenientUse(context, accepted.Key, accepted.Uses);
    }

    /// <summary>Records a repeated push, since the history counts requests.</summary>
    private void RecordRepeated(HttpContext context, GroupingKey key)
    {
        logger.PushRepeated(context.Request.Method, PathNormalizationMiddleware.Show(context), context.Source());
        history.AddAccepted();
        RecordLenientUse(context, key, Leniency.None);
    }

    private async Task RecordInvalidBodyAsync(HttpContext context, PushOutcome.InvalidBody invalid)
    {
        await store.ApplyAsync(
            new RecordParseErrorCommand(invalid.Key, invalid.Error.Message, time.GetUnixNanoseconds())
            {
                Cause = invalid.Cause,
            });
        RecordRejected(context, invalid.Error, logger.BodyNotParsed);
    }

    /// <param name="log">Receives method, path, client and error of a push that does not exceed a limit.</param>
    private void RecordRejected(HttpContext context, PushError error, Action<string, string, string, string> log)
    {
        history.AddRejected();
        (string method, string path) = (context.Request.Method, PathNormalizationMiddleware.Show(context));
        if (error.Limit == LimitKind.None)
        {
            log(method, path, context.Source(), LogFields.FirstErrors(error.Message));
            return;
        }
        var response = LimitResponse.Of(error.Limit);
        metrics.CountRejection(response.Name);
        if (logger.IsEnabled(LogLevel.Error))
        {
            logger.PushExceedsLimit(method, path, context.Source(), response.Describe(error.Message));
        }
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
}
