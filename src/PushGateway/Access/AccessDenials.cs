using PushGateway.Core.Store;
using PushGateway.Http.Responses;
using PushGateway.Logging;
using PushGateway.Metrics;
using PushGateway.WebConfig;

namespace PushGateway.Access;

/// <summary>Answers requests that are not permitted, and counts them.</summary>
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

    /// <param name="webConfig">Empty, or the one that there is.</param>
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
            // So that the first rejection is an increase.
            _ = _metrics.Rejections.WithLabels([reason]);
        }
    }

    /// <summary>401 in the words of the Go one: what is wrong with them is not told.</summary>
    public Task RefuseCredentialsAsync(HttpContext context)
    {
        Note(context, WrongCredentials, "wrong credentials");
        return ChallengeAsync(context, "Unauthorized");
    }

    public Task RefuseAsync(HttpContext context, Principal caller, Permissions missing) =>
        RefuseAsync(context, caller, MissingPermission, $"the {PermissionNames.Describe(missing)}");

    public Task RefuseGroupAsync(HttpContext context, Principal caller, Permissions needed, GroupingKey key) =>
        RefuseAsync(context, caller, OtherGroup, $"the {PermissionNames.Describe(needed)} for the group {key}");

    /// <param name="count">How many there are for which the permission is missing.</param>
    public Task RefuseGroupsAsync(HttpContext context, Principal caller, Permissions needed, int count) =>
        RefuseAsync(
            context, caller, OtherGroup, $"the {PermissionNames.Describe(needed)} for {count} of the groups that are selected");

    /// <summary>For somebody without any role, where there is nothing that a role could permit.</summary>
    public Task DenyAnonymousAsync(HttpContext context, Principal caller) =>
        RefuseAsync(context, caller, MissingPermission, "any permission");

    /// <summary>For an endpoint that says nothing of permissions.</summary>
    public Task DenyEveryoneAsync(HttpContext context)
    {
        const string text = "no permission is known that would let anybody do this";
        Note(context, MissingPermission, text);
        return context.Response.WriteErrorAsync(StatusCodes.Status403Forbidden, $"Forbidden: {text}");
    }

    private Task RefuseAsync(HttpContext context, Principal caller, string reason, string missing)
    {
        bool mayLogIn = caller.Name is null && Challenges().Any();
        string text = caller.Name is { } name ? $"{name} does not have {missing}"
            : mayLogIn ? $"this takes {missing}, and no credentials were given"
            : $"this takes {missing}";
        Note(context, mayLogIn ? NoCredentials : reason, text);
        return mayLogIn
            ? ChallengeAsync(context, $"Unauthorized: {text}")
            : context.Response.WriteErrorAsync(StatusCodes.Status403Forbidden, $"Forbidden: {text}");
    }

    private Task ChallengeAsync(HttpContext context, string text)
    {
        context.Response.Headers.WWWAuthenticate = Challenges().ToArray();
        return context.Response.WriteErrorAsync(StatusCodes.Status401Unauthorized, text);
    }

    /// <summary>The schemes by which a client can say who it is; a certificate is shown unasked.</summary>
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

    private void Note(HttpContext context, string reason, string err)
    {
        _metrics.Rejections.WithLabels([reason]).Add(1);
        HttpRequest request = context.Request;
        _logger.AccessRefused(request.Method, request.Path.Value ?? "", context.Source(), err);
    }
}
