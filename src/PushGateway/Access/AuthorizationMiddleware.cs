using Microsoft.AspNetCore.Http.Features;

namespace PushGateway.Access;

/// <summary>
/// Checks that the principal has the permissions that the endpoint requires. <see cref="GroupAccess"/> checks roles that are
/// limited to some groups. Only principals with a role learn that no endpoint matches.
/// </summary>
internal sealed class AuthorizationMiddleware(RequestDelegate next, AccessReloader access, AccessDenials denials)
{
    public Task InvokeAsync(HttpContext context)
    {
        Principal principal = context.Features.GetRequiredFeature<Principal>();
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            // The framework adds its own endpoint for paths that exist with other methods.
            return principal.HasRole ? next(context) : denials.DenyAnonymousAsync(context, principal);
        }
        if (endpoint.Metadata.GetMetadata<AccessRequirement>() is not { } requirement)
        {
            return denials.DenyEveryoneAsync(context);
        }
        Permissions missing = requirement.IsHealthCheck && access.Current.IsHealthOpen
            ? Permissions.None
            : principal.MissingOf(requirement.Needed);
        return missing == Permissions.None ? next(context) : denials.DenyAsync(context, principal, missing);
    }
}
