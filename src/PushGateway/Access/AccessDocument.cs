using System.Diagnostics.CodeAnalysis;
using PushGateway.ConfigFiles;
using PushGateway.Core.Query.Selectors;

namespace PushGateway.Access;

/// <summary>An access file: the roles, their members, and whether health checks are open to everyone.</summary>
internal sealed record AccessDocument
{
    public bool IsHealthOpen { get; private init; } = true;

    public IReadOnlyList<RoleBinding> RoleBindings { get; private init; } = [];

    /// <param name="error">All errors, by line.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out AccessDocument? document, [NotNullWhen(false)] out string? error) =>
        ConfigYaml.TryParse(text, Read, out document, out error);

    private static AccessDocument Read(ConfigSection file)
    {
        string health = file.Text("health");
        if (health is not ("" or "open" or "closed"))
        {
            file.Reject("health", $"has to be open or closed, not \"{health}\"");
        }
        ConfigSection roles = file.Section("roles");
        return new AccessDocument
        {
            IsHealthOpen = health != "closed",
            RoleBindings = [.. roles.Keys.Select(name => ReadRole(roles, name))],
        };
    }

    private static RoleBinding ReadRole(ConfigSection roles, string name)
    {
        ConfigSection section = roles.Section(name);
        if (!section.Keys.Contains("permissions"))
        {
            roles.Reject(name, $"needs permissions, some of {PermissionNames.List}");
        }
        Permissions permissions = ReadPermissions(section);
        var binding = new RoleBinding(
            new Role(name, permissions, ReadGroups(section, permissions)),
            section.Items("users") ?? [],
            section.Items("certificates") ?? [],
            ReadTokens(section),
            section.Flag("anonymous", absent: false));
        section.RejectOthers();
        return binding;
    }

    private static Permissions ReadPermissions(ConfigSection section)
    {
        const string key = "permissions";
        Permissions permissions = Permissions.None;
        foreach (ConfigItem item in section.Items(key) ?? [])
        {
            Permissions permission = PermissionNames.Find(item.Text);
            permissions |= permission;
            if (permission == Permissions.None)
            {
                section.Reject(key, item, $"has \"{item.Text}\", which is none of {PermissionNames.List}");
            }
        }
        return permissions;
    }

    private static Selector? ReadGroups(ConfigSection section, Permissions permissions)
    {
        const string key = "groups";
        if (!section.Keys.Contains(key))
        {
            return null;
        }
        string text = section.Text(key);
        if (!SelectorParser.TryParse(text, out Selector? groups, out SelectorError? error))
        {
            section.Reject(key, $"has to be a selector such as '{{job=~\"nightly-.*\"}}', in quotes: {error}");
        }
        else if (groups.NamesMetrics)
        {
            section.Reject(key, "matches only the labels of the URL, which have no metric name");
        }
        else if ((permissions & ~(Permissions.Push | Permissions.Delete)) != 0)
        {
            section.Reject(key, "limits only push and delete; put read and admin into another role");
        }
        return groups;
    }

    private static List<TokenHash> ReadTokens(ConfigSection section)
    {
        const string key = "tokens";
        var tokens = new List<TokenHash>();
        foreach (ConfigItem item in section.Items(key) ?? [])
        {
            if (TokenHash.TryParse(item.Text, out TokenHash? token, out string? error))
            {
                tokens.Add(token);
            }
            else
            {
                section.Reject(key, item, error);
            }
        }
        return tokens;
    }
}
