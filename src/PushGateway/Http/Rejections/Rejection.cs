using System.Net;
using Microsoft.AspNetCore.Http.Features;
using PushGateway.Http.Middleware;
using PushGateway.Logging;

namespace PushGateway.Http.Rejections;

/// <summary>A rejected request. Its texts are cut, so that it needs a few kilobytes at most.</summary>
/// <param name="At">Nanoseconds since 1970.</param>
/// <param name="Path">The path as sent, without the query, which may contain secrets.</param>
/// <param name="Address">Null on a unix socket.</param>
/// <remarks>Slow work, such as finding the group in the path, is left to the reader.</remarks>
internal sealed record Rejection(
    long At, int Status, string Method, string Path, IPAddress? Address, int Port, string Reason, RejectionCause? Cause)
{
    public string Client => RequestSource.Format(Address, Port);

    /// <summary>Creates a rejection. Its cause, if known, is a feature of the request.</summary>
    /// <param name="reason">Line breaks at its end are removed.</param>
    public static Rejection Of(HttpContext context, int status, string reason, long at)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        ReadOnlySpan<char> path = PathNormalizationMiddleware.PathOf(target);
        RejectionCause? cause = context.Features.Get<RejectionCause>();
        return new Rejection(
            at,
            status,
            RejectedPush.Cut(context.Request.Method),
            RejectedPush.Cut(path.Length == target.Length ? target : path.ToString()),
            context.Connection.RemoteIpAddress,
            context.Connection.RemotePort,
            CutReason(reason, cause?.Hint ?? ""),
            cause?.Bounded());
    }

    /// <summary>Cuts the text before the hint, and the hint.</summary>
    private static string CutReason(string reason, string hint)
    {
        reason = reason.TrimEnd('\n');
        return hint.Length > 0 && reason.EndsWith($"\n{hint}", StringComparison.Ordinal)
            ? PushError.WithHint(RejectedPush.Abridge(reason[..^(hint.Length + 1)]), RejectedPush.Cut(hint))
            : RejectedPush.Abridge(reason);
    }
}
