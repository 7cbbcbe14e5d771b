using System.Net.Security;
using System.Security.Authentication;

namespace PushGateway.WebConfig.Tls;

/// <summary><c>tls_server_config</c>, as it is written. Files are not read yet.</summary>
internal sealed record TlsSettings
{
    public required PemSource Certificate { get; init; }

    public required PemSource Key { get; init; }

    /// <summary>Whom client certificates have to be signed by; those that the system trusts if there is none.</summary>
    public required PemSource ClientCa { get; init; }

    public required ClientAuthType ClientAuth { get; init; }

    /// <summary>Names of which a client certificate has to have one; null if any will do.</summary>
    public required IReadOnlyList<string>? ClientAllowedSans { get; init; }

    public required SslProtocols Protocols { get; init; }

    /// <summary>In order of preference; null for those of the system.</summary>
    public required IReadOnlyList<TlsCipherSuite>? CipherSuites { get; init; }

    /// <summary>As Go names them, in order of preference; empty for those of the system.</summary>
    public required IReadOnlyList<string> Curves { get; init; }
}

/// <summary>PEM text, or else the file that it is in; the file counts if there are both.</summary>
internal readonly record struct PemSource(string File, string Text)
{
    public bool IsGiven => File.Length > 0 || Text.Length > 0;
}

/// <summary>What a client has to show of itself in a TLS handshake.</summary>
internal enum ClientAuthType
{
    /// <summary>Nothing; it is not asked for a certificate.</summary>
    NoClientCert,

    /// <summary>Any certificate or none; nothing is verified.</summary>
    RequestClientCert,

    /// <summary>Any certificate; nothing is verified.</summary>
    RequireAnyClientCert,

    /// <summary>None, or one that the client CA has signed.</summary>
    VerifyClientCertIfGiven,

    /// <summary>One that the client CA has signed.</summary>
    RequireAndVerifyClientCert,
}
