using Microsoft.Extensions.Primitives;
using PushGateway.Metrics;
using PushGateway.WebConfig;
using PushGateway.WebConfig.Passwords;
using PushGateway.WebConfig.Tls;

namespace PushGateway.Access;

/// <summary>
/// Identifies the sender of a request, and sets its <see cref="Principal"/>. Denies wrong credentials, even where anonymous
/// senders are allowed.
/// </summary>
/// <param name="webConfig">One element; empty without a web config file.</param>
internal sealed class AuthenticationMiddleware(
    RequestDelegate next,
    AccessReloader access,
    IEnumerable<WebConfigReloader> webConfig,
    PasswordVerifier passwords,
    RequestMetrics metrics,
    AccessDenials denials)
{
    private readonly WebConfigReloader? _webConfig = webConfig.SingleOrDefault();

    public async Task InvokeAsync(HttpContext context)
    {
        AccessRules rules = access.Current;
        var names = new List<string>();
        var roles = new List<Role>(rules.AnonymousRoles);
        AddCertificate(context, rules, names, roles);
        StringValues credentials = context.Request.Headers.Authorization;
        LoginResult result = credentials.Count == 0
            ? LoginResult.Accepted
            : await AddCredentialsAsync(credentials, rules, names, roles, context.RequestAborted);
        if (result == LoginResult.Accepted)
        {
            context.Features.Set(new Principal(names.Count > 0 ? string.Join(" and ", names) : null, roles));
            await next(context);
        }
        else
        {
            await (result == LoginResult.Busy ? context.RejectBusyLoginAsync(metrics) : denials.DenyCredentialsAsync(context));
        }
    }

    /// <summary>A certificate whose names are not in the file leaves the sender anonymous. It is not an error.</summary>
    private static void AddCertificate(HttpContext context, AccessRules rules, List<string> names, List<Role> roles)
    {
        foreach (string name in context.Features.Get<ClientCertificateIdentity>()?.Names ?? [])
        {
            int before = roles.Count;
            roles.AddRange(rules.RolesOfCertificate(name));
            if (roles.Count > before)
            {
                names.Add($"certificate {GoQuote.Quote(name)}");
            }
        }
    }

    private async ValueTask<LoginResult> AddCredentialsAsync(
        StringValues credentials, AccessRules rules, List<string> names, List<Role> roles, CancellationToken cancellation)
    {
        // Several headers are ambiguous, so none counts.
        string header = credentials is [{ } only] ? only : "";
        if (TokenHash.OfHeader(header) is { } hash)
        {
            List<Role> found = rules.RolesOfToken(hash);
            names.Add("this token");
            roles.AddRange(found);
            return found.Count > 0 ? LoginResult.Accepted : LoginResult.Wrong;
        }
        if (_webConfig?.Current.Users is not { } users
            || !BasicCredentials.TryParse(header, out string user, out byte[] password))
        {
            return LoginResult.Wrong;
        }
        names.Add($"user {GoQuote.Quote(user)}");
        roles.AddRange(rules.RolesOfUser(user));
        return await passwords.CheckAsync(users, user, password, cancellation);
    }
}
