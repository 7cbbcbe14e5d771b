namespace PushGateway.Http.Responses;

/// <summary>A request feature: why the request was rejected.</summary>
internal sealed record RejectionReason(string Text);

internal static class RejectionReasonExtensions
{
    /// <summary>Says why the request is rejected, for the list of recent rejections.</summary>
    public static void SetRejectionReason(this HttpResponse response, string reason) =>
        response.HttpContext.Features.Set(new RejectionReason(reason));
}
