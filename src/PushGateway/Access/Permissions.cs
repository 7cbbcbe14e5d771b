namespace PushGateway.Access;

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
