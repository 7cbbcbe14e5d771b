using Microsoft.Extensions.Primitives;
using PushGateway.Core.Model;
using PushGateway.Metrics;
using PushGateway.WebConfig;
using PushGateway.WebConfig.Passwords;
using PushGateway.WebConfig.Tls;

namespace PushGateway.Access;

/// <summary>
/// Finds out who sends a request, and leaves that as its <see cref="Principal"/>. Who gives credentials is held to them:
/// wrong ones are refused, whatever everybody may do.
/// </summary>
/// <param name="webConfig">Empty, or the one that there is.</param>
internal sealed class AuthenticationMiddleware(
    RequestDelegate next,
    AccessReloader access,
    IEnumerable<WebConfigReloader> webConfig,
    PasswordVerifier logins,
    RequestMetrics metrics,
    AccessDenials refusals)
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
        switch (result)
        {
            case LoginResult.Accepted:
                context.Features.Set(new Principal(names.Count > 0 ? string.Join(" and ", names) : null, roles));
                await next(context);
                break;
            case LoginResult.Busy:
                await context.RefuseBusyLoginAsync(metrics);
                break;
            default:
                await refusals.RefuseCredentialsAsync(context);
                break;
        }
    }

    /// <summary>A certificate whose names the file does not have is nobody's, and no wrong one either.</summary>
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
        // Who sends two is not asked which one counts.
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
        return await logins.CheckAsync(users, user, password, cancellation);
    }
}
