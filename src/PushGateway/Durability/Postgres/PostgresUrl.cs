using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace PushGateway.Durability.Postgres;

/// <summary>
/// The address of a database in the usual forms: a URL of libpq
/// (https://www.postgresql.org/docs/current/libpq-connect.html), or a connection string of Npgsql.
/// </summary>
internal static class PostgresUrl
{
    public const string Expected = "expected postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full";

    /// <summary>The parameters of a URL, with their names in Npgsql.</summary>
    private static readonly Dictionary<string, string> Parameters = new(StringComparer.Ordinal)
    {
        ["application_name"] = "Application Name",
        ["channel_binding"] = "Channel Binding",
        ["connect_timeout"] = "Timeout",
        ["dbname"] = "Database",
        ["host"] = "Host",
        ["options"] = "Options",
        ["passfile"] = "Passfile",
        ["password"] = "Password",
        ["port"] = "Port",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslmode"] = "SSL Mode",
        ["sslpassword"] = "SSL Password",
        ["sslrootcert"] = "Root Certificate",
        ["target_session_attrs"] = "Target Session Attributes",
        ["user"] = "Username",
    };

    /// <param name="error">Never shows the password.</param>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out NpgsqlConnectionStringBuilder? settings,
        [NotNullWhen(false)] out string? error)
    {
        settings = null;
        try
        {
            var parsed = new NpgsqlConnectionStringBuilder();
            int scheme = text.IndexOf("://", StringComparison.Ordinal);
            if (scheme < 0)
            {
                parsed.ConnectionString = text;
                error = null;
            }
            else
            {
                error = text[..scheme] is "postgres" or "postgresql"
                    ? FindFault(text[(scheme + 3)..], parsed)
                    : Expected;
            }
            if (error is null && string.IsNullOrEmpty(parsed.Host))
            {
                error = $"names no host; {Expected}";
            }
            settings = error is null ? parsed : null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or UriFormatException)
        {
            // The message may quote the value.
            error = $"is malformed; {Expected}";
        }
        return settings is not null;
    }

    // url = scheme "://" [ user [ ":" password ] "@" ] [ hosts ] [ "/" database ] [ "?" parameters ]
    private static string? FindFault(string rest, NpgsqlConnectionStringBuilder settings)
    {
        int query = rest.IndexOf('?', StringComparison.Ordinal);
        string parameters = query < 0 ? "" : rest[(query + 1)..];
        rest = query < 0 ? rest : rest[..query];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string database = slash < 0 ? "" : Uri.UnescapeDataString(rest[(slash + 1)..]);
        string authority = slash < 0 ? rest : rest[..slash];
        int at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            string[] login = authority[..at].Split(':', 2);
            settings.Username = Uri.UnescapeDataString(login[0]);
            settings.Password = login.Length > 1 ? Uri.UnescapeDataString(login[1]) : null;
        }
        if (authority[(at + 1)..] is { Length: > 0 } hosts)
        {
            settings.Host = Uri.UnescapeDataString(hosts);
        }
        if (database.Length > 0)
        {
            settings.Database = database;
        }
        foreach (string parameter in parameters.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = parameter.Split('=', 2);
            if (!Parameters.TryGetValue(pair[0], out string? keyword) || pair.Length < 2)
            {
                return $"has a parameter that is not supported: {pair[0]}";
            }
            string value = Uri.UnescapeDataString(pair[1]);
            settings[keyword] = keyword is "SSL Mode" or "Target Session Attributes"
                ? value.Replace("-", "", StringComparison.Ordinal)
                : value;
        }
        return null;
    }
}
