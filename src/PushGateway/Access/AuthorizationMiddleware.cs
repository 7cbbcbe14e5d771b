using Microsoft.AspNetCore.Http.Features;

namespace PushGateway.Access;

/// <summary>
/// Lets requests reach the endpoints that their callers may use, by what these require; see also <see cref="GroupAccess"/>,
/// where roles are limited to some groups. What no endpoint takes is told to those who have some role.
/// </summary>
internal sealed class AuthorizationMiddleware(RequestDelegate next, AccessReloader access, AccessDenials refusals)
{
    public Task InvokeAsync(HttpContext context)
    {
        Principal caller = context.Features.GetRequiredFeature<Principal>();
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            // The framework has one of its own for paths that are there with other methods.
            return caller.HasRole ? next(context) : refusals.DenyAnonymousAsync(context, caller);
        }
        if (endpoint.Metadata.GetMetadata<AccessRequirement>() is not { } requirement)
        {
            return refusals.DenyEveryoneAsync(context);
        }
        Permissions missing = requirement.IsHealthCheck && access.Current.IsHealthOpen
            ? Permissions.None
            : caller.MissingOf(requirement.Needed);
        return missing == Permissions.None ? next(context) : refusals.RefuseAsync(context, caller, missing);
    }
}
