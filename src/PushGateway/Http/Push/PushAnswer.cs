using PushGateway.Access;
using PushGateway.Http.Responses;

namespace PushGateway.Http.Push;

/// <summary>The response to a push.</summary>
/// <param name="Text">Empty if the status suffices.</param>
/// <param name="Reason">Why the push was rejected, even if the text differs; null if it was accepted.</param>
internal readonly record struct PushAnswer(int Status, string Text, string? Reason)
{
    /// <summary>The reason in fields; null if the push was accepted or is not at fault.</summary>
    public RejectionCause? Cause { get; init; }

    public static PushAnswer To(PushOutcome outcome, HttpContext context, PushSettings settings) => outcome switch
    {
        PushOutcome.Accepted or PushOutcome.Repeated => new PushAnswer(settings.AcceptedStatus, "", Reason: null),
        PushOutcome.InvalidUrl invalid => new PushAnswer(StatusCodes.Status400BadRequest, invalid.Message, invalid.Message)
        {
            Cause = new RejectionCause(RejectionKind.Url),
        },
        PushOutcome.InvalidBody invalid => To(invalid.Error, invalid.Error.MessageWithHint, invalid.Status) with
        {
            Cause = invalid.Cause,
        },
        PushOutcome.Rejected rejected => To(rejected.Result, context, settings),
        PushOutcome.Unavailable { Cause: var cause } => new PushAnswer(
            StatusCodes.Status503ServiceUnavailable, cause.Reason, UnavailableResponse.PublicReasonOf(context, cause.Reason)),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    private static PushAnswer To(CommandResult result, HttpContext context, PushSettings settings)
    {
        PushError error = result.Error!;
        string hint = HintFor(context, result);
        bool isUnchecked = settings.Check == PushCheck.Unchecked && error is { Limit: LimitKind.None, IsOfMerge: false };

        // Upstream: without the check, responds before the store sees the push.
        PushAnswer answer = isUnchecked
            ? new PushAnswer(settings.AcceptedStatus, "", error.MessageWithHint)
            : To(error, $"pushed metrics are invalid or inconsistent with existing metrics: {error.MessageWithHint}{hint}");
        return answer with { Cause = result.CauseWith(hint) };
    }

    /// <param name="message">The text for the client, unless the push exceeds a limit.</param>
    /// <param name="status">The status, unless the push exceeds a limit.</param>
    private static PushAnswer To(PushError error, string message, int status = StatusCodes.Status400BadRequest)
    {
        if (error.Limit == LimitKind.None)
        {
            return new PushAnswer(status, message, message);
        }
        var response = LimitResponse.Of(error.Limit);
        string text = response.Describe(error.Message);
        return new PushAnswer(response.Status, text, text);
    }

    /// <summary>Names the conflicting groups only to principals who may see them: readers, and those who may push to all of them.</summary>
    private static string HintFor(HttpContext context, CommandResult result) =>
        result.ConflictingGroups.Count == 0 || context.MaySee(result.ConflictingGroups)
            ? result.ConflictHint
            : result.AnonymousConflictHint;
}
