namespace PushGateway.Access;

/// <summary>
/// What an endpoint takes, as its metadata. With an access file, an endpoint without it serves nobody: see
/// <see cref="AuthorizationMiddleware"/>.
/// </summary>
/// <param name="Needed">All of these.</param>
/// <param name="IsHealthCheck">Whether it is open to all while the file says that health checks are.</param>
internal sealed record AccessRequirement(Permissions Needed, bool IsHealthCheck = false);

internal static class AccessRequirementExtensions
{
    public static TBuilder Requires<TBuilder>(this TBuilder builder, Permissions needed)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new AccessRequirement(needed));

    /// <summary>Open, or, if the access file closes health checks, for those who may read.</summary>
    public static TBuilder RequiresReadIfClosed<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new AccessRequirement(Permissions.Read, IsHealthCheck: true));
}
