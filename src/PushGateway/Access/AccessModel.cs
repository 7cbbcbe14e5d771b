using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store;

namespace PushGateway.Access;

/// <summary>What those who have the role may do.</summary>
/// <param name="Groups">The groups that may be pushed and deleted; null for all. It limits nothing else.</param>
internal sealed record Role(string Name, Permissions Permissions, Selector? Groups);

/// <summary>What an access file lets somebody do.</summary>
[Flags]
internal enum Permissions
{
    None = 0,

    /// <summary>PUT and POST of groups.</summary>
    Push = 1,

    /// <summary>DELETE of groups.</summary>
    Delete = 2,

    /// <summary>The scrape, the JSON API, the page.</summary>
    Read = 4,

    /// <summary>To wipe the store and to end the server, where the flags allow that at all.</summary>
    Admin = 8,
}

/// <summary>How the access file and its users call them.</summary>
internal static class PermissionNames
{
    private static readonly Permissions[] All =
        [Permissions.Push, Permissions.Delete, Permissions.Read, Permissions.Admin];

    /// <summary>All of them, to be told.</summary>
    public static string List { get; } = string.Join(", ", All.Select(NameOf));

    /// <summary><see cref="Permissions.None"/> if there is none of that name.</summary>
    public static Permissions Find(string name) => Array.Find(All, permission => NameOf(permission) == name);

    /// <summary>In quotes: <c>permissions "read" and "delete"</c>.</summary>
    public static string Describe(Permissions permissions)
    {
        string[] names = [.. All.Where(one => permissions.HasFlag(one)).Select(one => $"\"{NameOf(one)}\"")];
        return $"permission{(names.Length > 1 ? "s" : "")} {string.Join(" and ", names)}";
    }

    private static string NameOf(Permissions permission) => permission switch
    {
        Permissions.Push => "push",
        Permissions.Delete => "delete",
        Permissions.Read => "read",
        _ => "admin",
    };
}

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
