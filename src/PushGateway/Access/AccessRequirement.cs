namespace PushGateway.Access;

/// <summary>
/// Endpoint metadata: the permissions that an endpoint requires. With an access file, <see cref="AuthorizationMiddleware"/>
/// denies every request to an endpoint without it.
/// </summary>
/// <param name="Needed">All of these are required.</param>
/// <param name="IsHealthCheck">Whether it is open to everyone while the access file opens health checks.</param>
internal sealed record AccessRequirement(Permissions Needed, bool IsHealthCheck = false);

/// <summary>Endpoint metadata: what a browser shows with a 401, so that its reader can sign in.</summary>
/// <param name="WriteAsync">Writes the body and its headers; the status and the challenges are set.</param>
internal sealed record SignInPage(RequestDelegate WriteAsync)
{
    /// <summary>Null for clients other than browsers, and for endpoints without such a page.</summary>
    public static SignInPage? For(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<SignInPage>() is { } page
        && context.Request.Headers.Accept.Any(type => type!.Contains("text/html", StringComparison.OrdinalIgnoreCase))
            ? page
            : null;
}

internal static class AccessRequirementExtensions
{
    public static TBuilder Requires<TBuilder>(this TBuilder builder, Permissions needed)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new AccessRequirement(needed));

    /// <summary>Open to everyone. Requires the read permission if the access file closes health checks.</summary>
    public static TBuilder RequiresReadIfClosed<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new AccessRequirement(Permissions.Read, IsHealthCheck: true));
}
