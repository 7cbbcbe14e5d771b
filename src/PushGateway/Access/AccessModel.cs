using PushGateway.ConfigFiles;
using PushGateway.Core.Query.Selectors;

namespace PushGateway.Access;

/// <summary>A named set of permissions.</summary>
/// <param name="Groups">The groups that may be pushed to and deleted; null for all. Does not limit other permissions.</param>
internal sealed record Role(string Name, Permissions Permissions, Selector? Groups);

/// <summary>A role with its members.</summary>
/// <param name="Users">Names in <c>basic_auth_users</c> of the web config file.</param>
/// <param name="Certificates">Names in verified client certificates: the subject's common name, or a DNS name.</param>
/// <param name="IsAnonymous">Whether everyone has the role.</param>
internal sealed record RoleBinding(
    Role Role,
    IReadOnlyList<ConfigItem> Users,
    IReadOnlyList<ConfigItem> Certificates,
    IReadOnlyList<TokenHash> Tokens,
    bool IsAnonymous);

/// <summary>A request feature while an access file is used: the proven identity of the sender.</summary>
/// <param name="Name">For responses and logs, without secrets; null for an anonymous sender.</param>
/// <param name="Roles">Includes the anonymous roles.</param>
internal sealed record Principal(string? Name, IReadOnlyList<Role> Roles)
{
    public bool HasRole => Roles.Count > 0;

    /// <summary>The required permissions that no role has.</summary>
    public Permissions MissingOf(Permissions needed) =>
        needed & ~Roles.Aggregate(Permissions.None, (all, role) => all | role.Permissions);

    /// <summary>Whether a role has the permissions for the group.</summary>
    public bool May(Permissions needed, GroupingKey key) =>
        Roles.Any(role => role.Permissions.HasFlag(needed) && role.Groups?.SelectsKey(key) != false);
}

/// <summary>What a role allows.</summary>
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

    /// <summary>Wiping the store and stopping the server, if the flags enable that.</summary>
    Admin = 8,
}

/// <summary>The names of permissions in access files and messages.</summary>
internal static class PermissionNames
{
    private static readonly Permissions[] All =
        [Permissions.Push, Permissions.Delete, Permissions.Read, Permissions.Admin];

    /// <summary>All names, for messages.</summary>
    public static string List { get; } = string.Join(", ", All.Select(NameOf));

    /// <summary><see cref="Permissions.None"/> for an unknown name.</summary>
    public static Permissions Find(string name) => Array.Find(All, permission => NameOf(permission) == name);

    /// <summary>The permissions for messages, quoted: <c>permissions "read" and "delete"</c>.</summary>
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
