using PushGateway.Http.Responses;

namespace PushGateway.Http.Push;

/// <summary>A push in progress.</summary>
/// <param name="Key">Null if the URL has none.</param>
/// <param name="Started">A value of <see cref="TimeProvider.GetTimestamp"/>.</param>
internal readonly record struct PushRequest(GroupingKey? Key, long Started);

/// <summary>Records the outcome of a push, and answers it.</summary>
internal sealed class PushResponder(PushSettings settings, PushRecorder recorder)
{
    public async Task WriteAsync(HttpContext context, PushRequest request, PushOutcome outcome)
    {
        var answer = PushAnswer.To(outcome, context, settings);
        if (!DryRun.IsAsked(context))
        {
            await recorder.RecordAsync(context, request, outcome, answer);
        }
        await WriteAsync(context, outcome, answer);
    }

    private static Task WriteAsync(HttpContext context, PushOutcome outcome, PushAnswer answer)
    {
        if (outcome is PushOutcome.Unavailable unavailable)
        {
            return context.Response.WriteUnavailableAsync(unavailable.Cause);
        }
        if (answer.Cause is not null)
        {
            context.Features.Set(answer.Cause);
        }
        if (answer.Text.Length == 0)
        {
            if (answer.Reason is not null)
            {
                context.RecordRejection(answer.Status, answer.Reason);
            }
            context.Response.StatusCode = answer.Status;
            return Task.CompletedTask;
        }
        if (answer.Status == StatusCodes.Status413PayloadTooLarge)
        {
            // An open connection would have to read the rest of the body first.
            context.Response.Headers.Connection = "close";
        }
        return context.Response.WriteErrorAsync(answer.Status, answer.Text);
    }
}
