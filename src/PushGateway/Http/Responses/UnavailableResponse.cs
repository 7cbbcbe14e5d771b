using System.Globalization;
using PushGateway.CommandLine;
using PushGateway.Durability;

namespace PushGateway.Http.Responses;

/// <summary>Answers 503 for changes that cannot be made durable now.</summary>
internal static class UnavailableResponse
{
    public static Task WriteUnavailableAsync(this HttpResponse response, Outcome.Unavailable cause)
    {
        response.Headers.RetryAfter =
            Math.Ceiling(cause.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return response.WriteErrorAsync(StatusCodes.Status503ServiceUnavailable, PublicReasonOf(response.HttpContext, cause.Reason));
    }

    /// <summary>Answers 503 while the gateway is not ready.</summary>
    public static Task WriteNotReadyAsync(this HttpResponse response, string reason) =>
        response.WriteUnavailableAsync(PublicReasonOf(response.HttpContext, reason));

    /// <summary>The reason in a form for clients.</summary>
    public static string PublicReasonOf(HttpContext context, string reason) => PublicReason.Of(
        reason, context.RequestServices.GetRequiredService<GatewayOptions>().PersistenceFile);

    /// <summary>Applies a command that the store never rejects. If the store is unavailable, answers the request.</summary>
    public static async ValueTask<bool> TryApplyAsync(this IDurableStore store, HttpContext context, StoreCommand command)
    {
        if (await store.ApplyAsync(command) is not Outcome.Unavailable cause)
        {
            return true;
        }
        await context.Response.WriteUnavailableAsync(cause);
        return false;
    }
}
