using System.Diagnostics.CodeAnalysis;
using PushGateway.ConfigFiles;
using PushGateway.Core.Query.Selectors;
using YamlDotNet.RepresentationModel;

namespace PushGateway.Access;

/// <summary>What the access file says: the roles, who has them, and whether health checks are open to all.</summary>
internal sealed record AccessDocument
{
    public bool IsHealthOpen { get; private init; } = true;

    public IReadOnlyList<RoleBinding> Memberships { get; private init; } = [];

    /// <param name="error">All that is wrong, by line.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out AccessDocument? document, [NotNullWhen(false)] out string? error)
    {
        var errors = new ConfigErrors();
        document = ConfigYaml.TryRead(text, errors, out YamlNode? root) ? Read(root, errors) : null;
        error = errors.Any ? errors.ToString() : null;
        document = errors.Any ? null : document;
        return document is not null;
    }

    private static AccessDocument Read(YamlNode? root, ConfigErrors errors)
    {
        var file = new ConfigSection(root, "", errors);
        string health = file.Text("health");
        if (health is not ("" or "open" or "closed"))
        {
            file.Refuse("health", $"has to be open or closed, not \"{health}\"");
        }
        ConfigSection roles = file.Section("roles");
        var document = new AccessDocument
        {
            IsHealthOpen = health != "closed",
            Memberships = [.. roles.Keys.Select(name => ReadRole(roles, name))],
        };
        file.RefuseOthers();
        return document;
    }

    private static RoleBinding ReadRole(ConfigSection roles, string name)
    {
        ConfigSection section = roles.Section(name);
        if (!section.Keys.Contains("permissions"))
        {
            roles.Refuse(name, $"needs permissions, some of {PermissionNames.List}");
        }
        Permissions permissions = ReadPermissions(section);
        var membership = new RoleBinding(
            new Role(name, permissions, ReadGroups(section, permissions)),
            section.Items("users") ?? [],
            section.Items("certificates") ?? [],
            ReadTokens(section),
            section.Flag("anonymous", absent: false));
        section.RefuseOthers();
        return membership;
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
                section.Refuse(key, item, $"has \"{item.Text}\", which is none of {PermissionNames.List}");
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
            section.Refuse(key, $"has to be a selector such as '{{job=~\"nightly-.*\"}}', in quotes: {error}");
        }
        else if (groups.NamesMetrics)
        {
            section.Refuse(key, "goes by the labels of the URL, among which there is no metric name");
        }
        else if ((permissions & ~(Permissions.Push | Permissions.Delete)) != 0)
        {
            section.Refuse(key, "limits push and delete alone; read and admin belong into another role");
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
                section.Refuse(key, item, error);
            }
        }
        return tokens;
    }
}

/// <summary>A role, and who has it.</summary>
/// <param name="Users">Names in <c>basic_auth_users</c> of the web config file.</param>
/// <param name="Certificates">Names in verified client certificates: the subject's common name, or a DNS name.</param>
/// <param name="IsAnonymous">Whether everybody has it.</param>
internal sealed record RoleBinding(
    Role Role,
    IReadOnlyList<ConfigItem> Users,
    IReadOnlyList<ConfigItem> Certificates,
    IReadOnlyList<TokenHash> Tokens,
    bool IsAnonymous);
