using PushGateway.Http.Responses;
using PushGateway.Logging;
using PushGateway.Metrics;
using PushGateway.WebConfig;

namespace PushGateway.Access;

/// <summary>Responds to forbidden requests, and logs and counts them.</summary>
internal sealed class AccessDenials
{
    private const string WrongCredentials = "wrong_credentials";
    private const string NoCredentials = "no_credentials";
    private const string MissingPermission = "missing_permission";
    private const string OtherGroup = "other_group";

    private readonly AccessReloader _access;
    private readonly WebConfigReloader? _webConfig;
    private readonly GatewayMetrics _metrics;
    private readonly ILogger<AccessDenials> _logger;

    /// <param name="webConfig">One element; empty without a web config file.</param>
    public AccessDenials(
        AccessReloader access,
        IEnumerable<WebConfigReloader> webConfig,
        GatewayMetrics metrics,
        ILogger<AccessDenials> logger)
    {
        _access = access;
        _webConfig = webConfig.SingleOrDefault();
        _logger = logger;
        _metrics = metrics;
        foreach (string reason in (string[])[WrongCredentials, NoCredentials, MissingPermission, OtherGroup])
        {
            // The series exists from the start, so that the first denial is an increase.
            _ = _metrics.Rejections.WithLabels([reason]);
        }
    }

    /// <summary>401 with upstream's text, which does not say what is wrong with the credentials.</summary>
    public Task DenyCredentialsAsync(HttpContext context)
    {
        Record(context, WrongCredentials, "wrong credentials");
        return ChallengeAsync(context, "Unauthorized");
    }

    public Task DenyAsync(HttpContext context, Principal principal, Permissions missing) =>
        DenyAsync(context, principal, MissingPermission, $"the {PermissionNames.Describe(missing)}");

    public Task DenyGroupAsync(HttpContext context, Principal principal, Permissions needed, GroupingKey key) =>
        DenyAsync(context, principal, OtherGroup, $"the {PermissionNames.Describe(needed)} for the group {key}");

    /// <param name="count">The number of groups for which the permission is missing.</param>
    public Task DenyGroupsAsync(HttpContext context, Principal principal, Permissions needed, int count) =>
        DenyAsync(
            context, principal, OtherGroup, $"the {PermissionNames.Describe(needed)} for {count} of the selected groups");

    /// <summary>The response to a principal without any role, on a path without an endpoint.</summary>
    public Task DenyAnonymousAsync(HttpContext context, Principal principal) =>
        DenyAsync(context, principal, MissingPermission, "any permission");

    /// <summary>The response for an endpoint without an <see cref="AccessRequirement"/>.</summary>
    public Task DenyEveryoneAsync(HttpContext context)
    {
        const string text = "this endpoint is not available with access control";
        Record(context, MissingPermission, text);
        return context.Response.WriteErrorAsync(StatusCodes.Status403Forbidden, $"Forbidden: {text}");
    }

    private Task DenyAsync(HttpContext context, Principal principal, string reason, string missing)
    {
        bool mayLogIn = principal.Name is null && Challenges().Any();
        string text = principal.Name is { } name ? $"{name} does not have {missing}"
            : mayLogIn ? $"this requires {missing}, and no credentials were given"
            : $"this requires {missing}";
        Record(context, mayLogIn ? NoCredentials : reason, text);
        return mayLogIn
            ? ChallengeAsync(context, $"Unauthorized: {text}")
            : context.Response.WriteErrorAsync(StatusCodes.Status403Forbidden, $"Forbidden: {text}");
    }

    private Task ChallengeAsync(HttpContext context, string text)
    {
        context.Response.Headers.WWWAuthenticate = Challenges().ToArray();
        if (SignInPage.For(context) is { } page)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return page.WriteAsync(context);
        }
        return context.Response.WriteErrorAsync(StatusCodes.Status401Unauthorized, text);
    }

    /// <summary>The schemes that a client can log in with. Certificates need no challenge.</summary>
    private IEnumerable<string> Challenges()
    {
        if (_webConfig is { Current.Users: not null })
        {
            yield return "Basic";
        }
        if (_access.Current.HasTokens)
        {
            yield return "Bearer";
        }
    }

    private void Record(HttpContext context, string reason, string err)
    {
        _metrics.Rejections.WithLabels([reason]).Add(1);
        HttpRequest request = context.Request;
        _logger.AccessDenied(request.Method, request.Path.Value ?? "", context.Source(), err);
    }
}
