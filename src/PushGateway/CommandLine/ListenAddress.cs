using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PushGateway.CommandLine;

/// <summary>
/// Where to listen, in Go's notation: <c>:9091</c>, <c>127.0.0.1:9091</c>, <c>[::1]:9091</c>, <c>localhost:9091</c>.
/// </summary>
/// <param name="Host">An IP address without brackets or a host name; may be empty.</param>
/// <param name="Port">0 lets the system choose a free port.</param>
internal readonly record struct ListenAddress(string Host, int Port)
{
    /// <summary>
    /// Whether this means every address of the machine. As in Go, <c>0.0.0.0</c> and <c>[::]</c> both mean IPv4 and IPv6.
    /// </summary>
    public bool IsAnyHost => Host.Length == 0
        || (IPAddress.TryParse(Host, out IPAddress? literal) && (literal.Equals(IPAddress.Any) || literal.Equals(IPAddress.IPv6Any)));

    /// <summary>Parses one value of --web.listen-address. The error has the text of Go's <c>net.Listen</c>.</summary>
    public static bool TryParse(string text, out ListenAddress address, [NotNullWhen(false)] out string? error)
    {
        address = default;
        if (text.StartsWith("vsock://", StringComparison.Ordinal))
        {
            error = $"listen vsock: address {text}: vsock is not supported";
            return false;
        }

        int colon = text.LastIndexOf(':');
        string? problem = FindProblem(text, colon);
        if (problem is not null)
        {
            error = $"listen tcp: address {text}: {problem}";
            return false;
        }

        if (!TryParsePort(text[(colon + 1)..], out int port, out error))
        {
            return false;
        }

        address = new ListenAddress(text[..colon].TrimStart('[').TrimEnd(']'), port);
        return true;
    }

    /// <summary>Resolves a host that is not <see cref="IsAnyHost"/>. Prefers IPv4, like Go.</summary>
    /// <exception cref="SocketException">The name has no address.</exception>
    public async Task<IPEndPoint> ResolveAsync(CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(Host, cancellationToken);
        IPAddress? preferred = addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork);
        return new IPEndPoint(preferred ?? addresses[0], Port);
    }

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    // address := ( "[" host "]" | host-without-colon ) ":" port
    private static string? FindProblem(string text, int colon)
    {
        const string MissingPort = "missing port in address";
        const string TooManyColons = "too many colons in address";
        if (colon < 0)
        {
            return MissingPort;
        }

        int hostStart = 0;
        int hostEnd = 0;
        if (text.StartsWith('['))
        {
            int bracket = text.IndexOf(']');
            if (bracket < 0)
            {
                return "missing ']' in address";
            }

            if (bracket + 1 != colon)
            {
                return bracket + 1 < text.Length && text[bracket + 1] == ':' ? TooManyColons : MissingPort;
            }

            hostStart = 1;
            hostEnd = bracket + 1;
        }
        else if (text.IndexOf(':') != colon)
        {
            return TooManyColons;
        }

        return text.IndexOf('[', hostStart) >= 0 ? "unexpected '[' in address"
            : text.IndexOf(']', hostEnd) >= 0 ? "unexpected ']' in address"
            : null;
    }

    private static bool TryParsePort(string text, out int port, [NotNullWhen(false)] out string? error)
    {
        error = null;
        port = text switch { "" => 0, "http" => 80, "https" => 443, _ => -1 };
        if (port >= 0)
        {
            return true;
        }

        if (text.TrimStart('+', '-').AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            error = $"listen tcp: lookup tcp/{text}: unknown port";
            return false;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out port)
            || port is < 0 or > IPEndPoint.MaxPort)
        {
            error = $"listen tcp: address {text}: invalid port";
        }

        return error is null;
    }
}
