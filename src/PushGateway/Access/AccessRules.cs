using System.Diagnostics.CodeAnalysis;
using PushGateway.ConfigFiles;
using PushGateway.WebConfig;

namespace PushGateway.Access;

/// <summary>The active rules of an access file. Immutable.</summary>
internal sealed class AccessRules
{
    private readonly ILookup<string, Role> _ofUsers;
    private readonly ILookup<string, Role> _ofCertificates;
    private readonly List<(TokenHash Token, Role Role)> _ofTokens;

    private AccessRules(AccessDocument document)
    {
        IReadOnlyList<RoleBinding> all = document.RoleBindings;
        IsHealthOpen = document.IsHealthOpen;
        AnonymousRoles = [.. all.Where(one => one.IsAnonymous).Select(one => one.Role)];
        _ofUsers = LookupBy(all, one => one.Users);
        _ofCertificates = LookupBy(all, one => one.Certificates);
        _ofTokens = [.. all.SelectMany(one => one.Tokens.Select(token => (token, one.Role)))];
    }

    public bool IsHealthOpen { get; }

    /// <summary>The roles of everyone, including anonymous senders.</summary>
    public IReadOnlyList<Role> AnonymousRoles { get; }

    public bool HasTokens => _ofTokens.Count > 0;

    /// <param name="path">The file, for errors.</param>
    /// <param name="web">The active web config; null without a web config file.</param>
    public static bool TryCreate(
        AccessDocument document,
        string path,
        ActiveWebConfig? web,
        [NotNullWhen(true)] out AccessRules? rules,
        [NotNullWhen(false)] out string? error)
    {
        var errors = new ConfigErrors();
        foreach (RoleBinding binding in document.RoleBindings)
        {
            foreach (ConfigItem user in binding.Users.Where(user => web?.Users is null || !web.Users.Contains(user.Text)))
            {
                errors.Add(
                    user.Line, $"users has {GoQuote.Quote(user.Text)}, who is not in basic_auth_users of --web.config.file");
            }
            if (binding.Certificates is [{ } first, ..] && web?.Tls is not { VerifiesClients: true })
            {
                errors.Add(
                    first.Line,
                    "certificates needs VerifyClientCertIfGiven or RequireAndVerifyClientCert as client_auth_type of "
                    + "--web.config.file: other types do not identify clients");
            }
        }
        error = errors.Any ? $"{path}: {errors}" : null;
        rules = errors.Any ? null : new AccessRules(document);
        return rules is not null;
    }

    public IEnumerable<Role> RolesOfUser(string name) => _ofUsers[name];

    /// <summary>Empty for a name that is not in the file.</summary>
    public IEnumerable<Role> RolesOfCertificate(string name) => _ofCertificates[name];

    /// <summary>Empty for a token that is not in the file.</summary>
    public List<Role> RolesOfToken(byte[] hash)
    {
        var roles = new List<Role>();
        foreach ((TokenHash token, Role role) in _ofTokens)
        {
            // Compares all tokens, or the response time would reveal which one matches.
            if (token.Is(hash))
            {
                roles.Add(role);
            }
        }
        return roles;
    }

    private static ILookup<string, Role> LookupBy(
        IReadOnlyList<RoleBinding> all, Func<RoleBinding, IReadOnlyList<ConfigItem>> members) =>
        all.SelectMany(one => members(one).Select(member => (member.Text, one.Role)))
            .ToLookup(pair => pair.Text, pair => pair.Role, StringComparer.Ordinal);
}
