using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using PushGateway.CommandLine;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace PushGateway.WebConfig;

/// <summary>
/// What the web config file says: the format of Prometheus's exporter-toolkit (docs/web-configuration.md there).
/// </summary>
internal sealed record WebConfigDocument
{
    private const int MaxDepth = 20;

    /// <summary>The headers that may be set, and the values that they may have; null for any.</summary>
    private static readonly Dictionary<string, string[]?> KnownHeaders = new(StringComparer.Ordinal)
    {
        ["Content-Security-Policy"] = null,
        ["Strict-Transport-Security"] = null,
        ["X-Content-Type-Options"] = ["nosniff"],
        ["X-Frame-Options"] = ["deny", "sameorigin"],
        ["X-XSS-Protection"] = null,
    };

    /// <summary>Null for plain HTTP.</summary>
    public TlsSettings? Tls { get; private init; }

    /// <summary>Whether clients may choose HTTP/2 in a TLS handshake.</summary>
    public bool Http2 { get; private init; } = true;

    /// <summary>What each answer has besides.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; private init; } = [];

    /// <summary>Stored passwords by user; if there is none, everyone is let in.</summary>
    public IReadOnlyDictionary<string, BcryptHash> Users { get; private init; } = new Dictionary<string, BcryptHash>();

    /// <summary>Null for as many requests as come.</summary>
    public RateLimit? RateLimit { get; private init; }

    /// <param name="error">All that is wrong, by line.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out WebConfigDocument? document, [NotNullWhen(false)] out string? error)
    {
        document = null;
        var yaml = new YamlStream();
        try
        {
            if (IsTooDeep(text, out long line))
            {
                error = $"line {line}: nested too deep";
                return false;
            }
            yaml.Load(new StringReader(text));
        }
        catch (YamlException exception)
        {
            error = $"line {exception.End.Line}: not YAML: {exception.Message}";
            return false;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // The library's scanner runs into these where text ends within what it looks ahead for.
            error = $"line 1: not YAML: {exception.Message}";
            return false;
        }

        var errors = new ConfigErrors();
        WebConfigDocument read = Read(yaml.Documents is [{ } first, ..] ? first.RootNode : null, errors);
        if (yaml.Documents.Count > 1)
        {
            errors.Add(yaml.Documents[1].RootNode.Start.Line, "there is a second YAML document");
        }
        error = errors.Any ? errors.ToString() : null;
        document = errors.Any ? null : read;
        return document is not null;
    }

    /// <summary>Whether to read it would take more stack than there may be.</summary>
    private static bool IsTooDeep(string text, out long line)
    {
        var parser = new Parser(new StringReader(text));
        int depth = 0;
        line = 0;
        while (depth <= MaxDepth && parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            line = parser.Current.Start.Line;
        }
        return depth > MaxDepth;
    }

    private static WebConfigDocument Read(YamlNode? root, ConfigErrors errors)
    {
        var file = new ConfigSection(root, "", errors);
        ConfigSection http = file.Section("http_server_config");
        var document = new WebConfigDocument
        {
            Tls = TlsSettingsReader.Read(file.Section("tls_server_config")),
            Http2 = http.Flag("http2", absent: true),
            Headers = ReadHeaders(http.Section("headers")),
            Users = ReadUsers(file.Section("basic_auth_users")),
            RateLimit = ReadRateLimit(file.Section("rate_limit")),
        };
        http.RefuseOthers();
        file.RefuseOthers();
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
                section.Refuse(name, $"is not among the headers that can be set: {string.Join(", ", KnownHeaders.Keys)}");
            }
            else if (values is not null && !values.Contains(value))
            {
                section.Refuse(name, $"has to be {string.Join(" or ", values)}, not \"{value}\"");
            }
            else if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                section.Refuse(name, "has characters that a header cannot have");
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
                section.Refuse(user, error);
            }
        }
        return users;
    }

    private static RateLimit? ReadRateLimit(ConfigSection section)
    {
        string intervalText = section.Text("interval");
        string burstText = section.Text("burst");
        section.RefuseOthers();
        if (intervalText.Length == 0)
        {
            return null;
        }
        if (!GoDuration.TryParse(intervalText, out GoDuration interval, out string? error) || interval.Nanoseconds < 0)
        {
            section.Refuse("interval", $"has to be a time such as 100ms, not \"{intervalText}\": {error ?? "it is negative"}");
            return null;
        }
        if (interval.Nanoseconds == 0)
        {
            return null;
        }
        if (!int.TryParse(burstText, NumberStyles.None, CultureInfo.InvariantCulture, out int burst) || burst < 1)
        {
            // Go takes none for 0, and then refuses every request.
            section.Refuse(
                section.Keys.Contains("burst") ? "burst" : "interval", "needs a burst of 1 or more, or no request would pass");
            return null;
        }
        return new RateLimit(interval, burst);
    }
}

/// <summary>A request each <paramref name="Interval"/>, and up to <paramref name="Burst"/> at once after a pause.</summary>
internal sealed record RateLimit(GoDuration Interval, int Burst);
