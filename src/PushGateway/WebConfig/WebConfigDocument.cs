using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using PushGateway.CommandLine;
using PushGateway.ConfigFiles;
using PushGateway.WebConfig.Passwords;
using PushGateway.WebConfig.Tls;

namespace PushGateway.WebConfig;

/// <summary>A web config file, in the format of Prometheus's exporter-toolkit (docs/web-configuration.md there).</summary>
internal sealed record WebConfigDocument
{
    /// <summary>The headers that can be set, with their permitted values; null for any value.</summary>
    private static readonly Dictionary<string, string[]?> KnownHeaders = new(StringComparer.Ordinal)
    {
        ["Content-Security-Policy"] = null,
        ["Strict-Transport-Security"] = null,
        ["X-Content-Type-Options"] = ["nosniff"],
        ["X-Frame-Options"] = ["deny", "sameorigin"],
        ["X-XSS-Protection"] = null,
    };

    public bool IsEmpty { get; private init; }

    /// <summary>Null for plain HTTP.</summary>
    public TlsSettings? Tls { get; private init; }

    /// <summary>Whether clients may choose HTTP/2 in a TLS handshake.</summary>
    public bool Http2 { get; private init; } = true;

    /// <summary>Headers of every response.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; private init; } = [];

    /// <summary>Stored passwords by user. If empty, no credentials are required.</summary>
    public IReadOnlyDictionary<string, BcryptHash> Users { get; private init; } = new Dictionary<string, BcryptHash>();

    /// <summary>Null for no limit.</summary>
    public RateLimit? RateLimit { get; private init; }

    /// <summary>The certificate and key files that the config names.</summary>
    public IEnumerable<string> Files => Tls?.Files ?? [];

    /// <param name="error">All errors, by line.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out WebConfigDocument? document, [NotNullWhen(false)] out string? error) =>
        ConfigYaml.TryParse(text, Read, out document, out error);

    private static WebConfigDocument Read(ConfigSection file)
    {
        ConfigSection http = file.Section("http_server_config");
        var document = new WebConfigDocument
        {
            IsEmpty = !file.Keys.Any(),
            Tls = TlsSettingsReader.Read(file.Section("tls_server_config")),
            Http2 = http.Flag("http2", absent: true),
            Headers = ReadHeaders(http.Section("headers")),
            Users = ReadUsers(file.Section("basic_auth_users")),
            RateLimit = ReadRateLimit(file.Section("rate_limit")),
        };
        http.RejectOthers();
        return document;
    }

    private static List<KeyValuePair<string, string>> ReadHeaders(ConfigSection section)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (string name in section.Keys)
        {
            string value = section.Text(name);
            if (!KnownHeaders.TryGetValue(name, out string[]? values))
            {
                section.Reject(name, $"is not among the headers that can be set: {string.Join(", ", KnownHeaders.Keys)}");
            }
            else if (values is not null && !values.Contains(value))
            {
                section.Reject(name, $"has to be {string.Join(" or ", values)}, not \"{value}\"");
            }
            else if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                section.Reject(name, "has characters that a header cannot have");
            }
            else if (value.Length > 0)
            {
                headers.Add(new KeyValuePair<string, string>(name, value));
            }
        }
        return headers;
    }

    private static Dictionary<string, BcryptHash> ReadUsers(ConfigSection section)
    {
        var users = new Dictionary<string, BcryptHash>(StringComparer.Ordinal);
        foreach (string user in section.Keys)
        {
            if (BcryptHash.TryParse(section.Text(user), out BcryptHash? hash, out string? error))
            {
                users.Add(user, hash);
            }
            else
            {
                section.Reject(user, error);
            }
        }
        return users;
    }

    private static RateLimit? ReadRateLimit(ConfigSection section)
    {
        string intervalText = section.Text("interval");
        string burstText = section.Text("burst");
        section.RejectOthers();
        if (intervalText.Length == 0)
        {
            return null;
        }
        if (!GoDuration.TryParse(intervalText, out GoDuration interval, out string? error) || interval.Nanoseconds < 0)
        {
            section.Reject("interval", $"has to be a time such as 100ms, not \"{intervalText}\": {error ?? "it is negative"}");
            return null;
        }
        if (interval.Nanoseconds == 0)
        {
            return null;
        }
        if (!int.TryParse(burstText, NumberStyles.None, CultureInfo.InvariantCulture, out int burst) || burst < 1)
        {
            // The Go Pushgateway interprets a missing burst as 0, and then rejects every request.
            section.Reject(
                section.Keys.Contains("burst") ? "burst" : "interval", "needs a burst of 1 or more, or no request would pass");
            return null;
        }
        return new RateLimit(interval, burst);
    }
}

/// <summary>One request per <paramref name="Interval"/>, and up to <paramref name="Burst"/> at once after a pause.</summary>
internal sealed record RateLimit(GoDuration Interval, int Burst);
