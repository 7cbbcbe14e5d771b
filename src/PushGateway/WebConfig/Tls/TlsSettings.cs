using System.Net.Security;
using System.Security.Authentication;

namespace PushGateway.WebConfig.Tls;

/// <summary>The <c>tls_server_config</c> section, before its files are read.</summary>
internal sealed record TlsSettings
{
    public required PemSource Certificate { get; init; }

    public required PemSource Key { get; init; }

    /// <summary>The authorities that sign client certificates; null for the system's trusted ones.</summary>
    public required PemSource ClientCa { get; init; }

    public required ClientAuthType ClientAuth { get; init; }

    /// <summary>The subject alternative names, one of which a client certificate must have; null permits any.</summary>
    public required IReadOnlyList<string>? ClientAllowedSans { get; init; }

    public required SslProtocols Protocols { get; init; }

    /// <summary>In order of preference; null for the system's.</summary>
    public required IReadOnlyList<TlsCipherSuite>? CipherSuites { get; init; }

    /// <summary>By Go's names, in order of preference; empty for the system's.</summary>
    public required IReadOnlyList<string> Curves { get; init; }

    /// <summary>The files to read.</summary>
    public IEnumerable<string> Files =>
        ((PemSource[])[Certificate, Key, ClientCa]).Select(source => source.File).Where(file => file.Length > 0);
}

/// <summary>PEM text, inline or in a file. If both are given, the file is used.</summary>
internal readonly record struct PemSource(string File, string Text)
{
    public bool IsGiven => File.Length > 0 || Text.Length > 0;

    /// <summary>The name for messages.</summary>
    public string Name => File.Length > 0 ? File : "inline";

    /// <param name="files">The texts of the files.</param>
    public string ReadFrom(IReadOnlyDictionary<string, string> files) => File.Length > 0 ? files[File] : Text;
}

/// <summary>What a TLS handshake requires of a client.</summary>
internal enum ClientAuthType
{
    /// <summary>Requests no certificate.</summary>
    NoClientCert,

    /// <summary>Any certificate or none, unverified.</summary>
    RequestClientCert,

    /// <summary>Any certificate, unverified.</summary>
    RequireAnyClientCert,

    /// <summary>No certificate, or one that the client CA has signed.</summary>
    VerifyClientCertIfGiven,

    /// <summary>A certificate that the client CA has signed.</summary>
    RequireAndVerifyClientCert,
}
