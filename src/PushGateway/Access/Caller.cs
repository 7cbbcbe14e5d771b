using PushGateway.Core.Store;

namespace PushGateway.Access;

/// <summary>A feature of requests while there is an access file: who sends it, as far as that is proven.</summary>
/// <param name="Name">For answers and logs, without secrets; null for somebody who has proven nothing.</param>
/// <param name="Roles">Those of everybody included.</param>
internal sealed record Principal(string? Name, IReadOnlyList<Role> Roles)
{
    public bool HasRole => Roles.Count > 0;

    /// <summary>Those of the permissions that no role gives.</summary>
    public Permissions MissingOf(Permissions needed) =>
        needed & ~Roles.Aggregate(Permissions.None, (all, role) => all | role.Permissions);

    public bool May(Permissions needed, GroupingKey key) =>
        Roles.Any(role => role.Permissions.HasFlag(needed) && role.Groups?.SelectsKey(key) != false);
}
