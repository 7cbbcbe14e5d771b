using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Authentication;
using PushGateway.ConfigFiles;

namespace PushGateway.WebConfig.Tls;

/// <summary>Reads <c>tls_server_config</c>.</summary>
[SuppressMessage("Security", "CA5397", Justification = "The file may allow deprecated versions, as with the Go Pushgateway.")]
[SuppressMessage("Security", "CA5398", Justification = "The file chooses the TLS versions.")]
internal static class TlsSettingsReader
{
    /// <summary>Always included, as in Go. Without them, TLS 1.3 would not work.</summary>
    private static readonly TlsCipherSuite[] Tls13Suites =
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
    ];

    /// <summary>The suites that Go considers secure.</summary>
    private static readonly TlsCipherSuite[] KnownSuites =
    [
        .. Tls13Suites,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    private static readonly string[] VersionNames = ["TLS10", "TLS11", "TLS12", "TLS13"];

#pragma warning disable SYSLIB0039 // The system's OpenSSL decides whether it still supports them.
    private static readonly SslProtocols[] Versions =
        [SslProtocols.Tls, SslProtocols.Tls11, SslProtocols.Tls12, SslProtocols.Tls13];
#pragma warning restore SYSLIB0039

    /// <returns>Null for no TLS, if no key concerns certificates.</returns>
    public static TlsSettings? Read(ConfigSection section)
    {
        var settings = new TlsSettings
        {
            Certificate = new PemSource(section.Text("cert_file"), section.Text("cert")),
            Key = new PemSource(section.Text("key_file"), section.Text("key")),
            ClientCa = new PemSource(section.Text("client_ca_file"), section.Text("client_ca")),
            ClientAuth = ReadClientAuth(section),
            ClientAllowedSans = section.Texts("client_allowed_sans"),
            Protocols = ReadProtocols(section),
            CipherSuites = ReadCipherSuites(section),
            Curves = section.Texts("curve_preferences") ?? [],
        };

        // Upstream: crypto/tls has ignored it since Go 1.17. Here, OpenSSL always uses the server's order.
        _ = section.Flag("prefer_server_cipher_suites", absent: true);
        if (settings.Curves.FirstOrDefault(curve => !OpenSslCurves.IsKnown(curve)) is { } unknown)
        {
            section.Reject("curve_preferences", $"names \"{unknown}\", which is unknown");
        }
        section.RejectOthers();

        bool isEnabled = settings.Certificate.IsGiven || settings.Key.IsGiven || settings.ClientCa.IsGiven
            || section.Text("client_auth_type").Length > 0;
        if (isEnabled)
        {
            Check(settings, section);
        }
        return isEnabled ? settings : null;
    }

    private static void Check(TlsSettings settings, ConfigSection section)
    {
        if (!settings.Certificate.IsGiven)
        {
            section.Reject("key_file", "needs a cert or cert_file");
        }
        if (!settings.Key.IsGiven)
        {
            section.Reject("cert_file", "needs a key or key_file");
        }
        if (settings.ClientAuth == ClientAuthType.NoClientCert)
        {
            string[] useless = ["client_ca_file", "client_ca", "client_allowed_sans"];
            foreach (string key in useless.Where(section.Keys.Contains))
            {
                section.Reject(key, "needs a client_auth_type that requests client certificates");
            }
        }
    }

    private static ClientAuthType ReadClientAuth(ConfigSection section)
    {
        string text = section.Text("client_auth_type");
        switch (text)
        {
            case "" or "NoClientCert":
                return ClientAuthType.NoClientCert;
            case "RequestClientCert":
                return ClientAuthType.RequestClientCert;
            case "RequireAnyClientCert" or "RequireClientCert":
                return ClientAuthType.RequireAnyClientCert;
            case "VerifyClientCertIfGiven":
                return ClientAuthType.VerifyClientCertIfGiven;
            case "RequireAndVerifyClientCert":
                return ClientAuthType.RequireAndVerifyClientCert;
            default:
                section.Reject("client_auth_type", $"cannot be \"{text}\"");
                return ClientAuthType.RequireAndVerifyClientCert;
        }
    }

    private static SslProtocols ReadProtocols(ConfigSection section)
    {
        int from = ReadVersion(section, "min_version", "TLS12");
        int to = ReadVersion(section, "max_version", "TLS13");
        if (from > to)
        {
            section.Reject("min_version", "is above max_version");
        }
        return Versions[from..(Math.Max(from, to) + 1)].Aggregate((all, version) => all | version);
    }

    private static int ReadVersion(ConfigSection section, string key, string absent)
    {
        string text = section.Text(key) is { Length: > 0 } given ? given : absent;
        int version = Array.IndexOf(VersionNames, text);
        if (version < 0)
        {
            section.Reject(key, $"has to be {string.Join(", ", VersionNames)}, not \"{text}\"");
        }
        return version < 0 ? Array.IndexOf(VersionNames, absent) : version;
    }

    private static List<TlsCipherSuite>? ReadCipherSuites(ConfigSection section)
    {
        if (section.Texts("cipher_suites") is not { Count: > 0 } names)
        {
            return null;
        }
        if (OperatingSystem.IsWindows())
        {
            section.Reject("cipher_suites", "cannot be set on Windows");
        }
        var suites = new List<TlsCipherSuite>(Tls13Suites);
        foreach (string name in names)
        {
            int index = Array.FindIndex(KnownSuites, suite => suite.ToString() == name);
            if (index < 0)
            {
                section.Reject("cipher_suites", $"names \"{name}\", which is unknown or not secure");
            }
            else if (!suites.Contains(KnownSuites[index]))
            {
                suites.Add(KnownSuites[index]);
            }
        }
        return suites;
    }
}
