using System.Diagnostics.CodeAnalysis;

namespace PushGateway.Http.Responses;

/// <summary>
/// Endpoint metadata: supports <c>?dry_run=true</c>, which returns the response to a request without changes or records.
/// </summary>
internal sealed class DryRun
{
    public static readonly DryRun Supported = new();

    private DryRun()
    {
    }

    /// <summary>Whether the endpoint supports a dry run and the request asks for it. Costs nothing without a query.</summary>
    public static bool IsAsked(HttpContext context) =>
        context.Request.QueryString.HasValue
        && context.GetEndpoint()?.Metadata.GetMetadata<DryRun>() is not null
        && TryRead(context.Request, out bool isDryRun, out _)
        && isDryRun;

    /// <param name="error">Why the value of the parameter is invalid.</param>
    public static bool TryRead(HttpRequest request, out bool isDryRun, [NotNullWhen(false)] out string? error)
    {
        isDryRun = false;
        error = null;
        return !request.QueryString.HasValue || GroupQuery.TryParseSwitch(request.Query, "dry_run", out isDryRun, out error);
    }
}
