using System.Diagnostics.CodeAnalysis;
using PushGateway.WebConfig.Passwords;
using PushGateway.WebConfig.Tls;

namespace PushGateway.WebConfig;

/// <summary>A web config file in force. Immutable, but for the rate limit's tokens.</summary>
/// <param name="Tls">Null for plain HTTP.</param>
/// <param name="Users">Null if everyone is let in.</param>
/// <param name="Tokens">Null if there is no rate limit.</param>
internal sealed record ActiveWebConfig(
    TlsConfiguration? Tls,
    bool Http2,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    UserList? Users,
    TokenBucket? Tokens)
{
    /// <param name="before">What was in force; a rate limit that has not changed goes on.</param>
    public static bool TryCreate(
        WebConfigFiles files,
        ActiveWebConfig? before,
        TimeProvider time,
        [NotNullWhen(true)] out ActiveWebConfig? config,
        [NotNullWhen(false)] out string? error)
    {
        config = null;
        TlsConfiguration? tls = null;
        if (files.Document is not { } document)
        {
            error = files.Error!;
            return false;
        }
        error = null;
        if (document.Tls is { } settings && !TlsConfiguration.TryCreate(settings, document.Http2, files, out tls, out error))
        {
            return false;
        }
        TokenBucket? tokens = document.RateLimit is not { } limit ? null
            : limit == before?.Tokens?.Limit ? before.Tokens
            : new TokenBucket(limit, time);
        config = new ActiveWebConfig(
            tls,
            document.Http2,
            document.Headers,
            document.Users.Count > 0 ? new UserList(document.Users) : null,
            tokens);
        return true;
    }
}
