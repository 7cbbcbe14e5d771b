using System.Diagnostics.CodeAnalysis;
using PushGateway.WebConfig.Passwords;
using PushGateway.WebConfig.Tls;

namespace PushGateway.WebConfig;

/// <summary>The active settings of a web config file. Immutable except for the tokens of the rate limit.</summary>
/// <param name="Tls">Null for plain HTTP.</param>
/// <param name="Users">Null if no credentials are required.</param>
/// <param name="Tokens">Null if there is no rate limit.</param>
internal sealed record ActiveWebConfig(
    TlsConfiguration? Tls,
    bool Http2,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    UserList? Users,
    TokenBucket? Tokens)
{
    /// <param name="files">The texts of the files that the document names.</param>
    /// <param name="before">The previous config, if any. An unchanged rate limit keeps its tokens.</param>
    public static bool TryCreate(
        WebConfigDocument document,
        IReadOnlyDictionary<string, string> files,
        ActiveWebConfig? before,
        TimeProvider time,
        [NotNullWhen(true)] out ActiveWebConfig? config,
        [NotNullWhen(false)] out string? error)
    {
        config = null;
        error = null;
        TlsConfiguration? tls = null;
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
