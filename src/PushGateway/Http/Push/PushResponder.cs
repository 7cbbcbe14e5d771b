using PushGateway.Access;
using PushGateway.Http.Responses;

namespace PushGateway.Http.Push;

/// <summary>Has what came of a push recorded, and answers it.</summary>
internal sealed class PushResponder(PushSettings settings, PushRecorder recorder)
{
    public async Task WriteAsync(HttpContext context, PushOutcome outcome)
    {
        if (!DryRun.IsAsked(context))
        {
            await recorder.RecordAsync(context, outcome);
        }
        await AnswerAsync(context, outcome);
    }

    private Task AnswerAsync(HttpContext context, PushOutcome outcome)
    {
        switch (outcome)
        {
            case PushOutcome.Accepted or PushOutcome.Repeated:
                context.Response.StatusCode = settings.AcceptedStatus;
                return Task.CompletedTask;
            case PushOutcome.InvalidUrl invalid:
                context.Features.Set(new RejectionCause(RejectionKind.Url));
                return context.Response.WriteErrorAsync(StatusCodes.Status400BadRequest, invalid.Message);
            case PushOutcome.InvalidBody invalid:
                context.Features.Set(invalid.Cause);
                return WriteErrorAsync(context, invalid.Error, invalid.Error.MessageWithHint, invalid.Status);
            case PushOutcome.Rejected rejected:
                return WriteRejectedAsync(context, rejected);
            case PushOutcome.Unavailable unavailable:
                return context.Response.WriteUnavailableAsync(unavailable.Cause);
            default:
                throw new ArgumentOutOfRangeException(nameof(outcome));
        }
    }

    private Task WriteRejectedAsync(HttpContext context, PushOutcome.Rejected rejected)
    {
        PushError error = rejected.Result.Error!;
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

    /// <summary>Names the conflicting groups only to principals who may see them: readers, and who pushes to all of them.</summary>
    private static string HintFor(HttpContext context, CommandResult result) =>
        result.ConflictingGroups.Count == 0 || context.MaySee(result.ConflictingGroups)
            ? result.ConflictHint
            : result.AnonymousConflictHint;

    /// <param name="message">For the client, unless the push exceeds a limit.</param>
    /// <param name="status">The same.</param>
    private static Task WriteErrorAsync(
        HttpContext context, PushError error, string message, int status = StatusCodes.Status400BadRequest)
    {
        if (error.Limit == LimitKind.None)
        {
            return context.Response.WriteErrorAsync(status, message);
        }
        if (error.Limit == LimitKind.BodySize)
        {
            // An open connection would have to read the rest of the body first.
            context.Response.Headers.Connection = "close";
        }
        var response = LimitResponse.Of(error.Limit);
        return context.Response.WriteErrorAsync(response.Status, response.Describe(error.Message));
    }
}
