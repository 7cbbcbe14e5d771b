using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.Features;

namespace PushGateway.WebConfig.Tls;

/// <summary>What each TLS handshake needs: certificate and key, versions, and what clients have to show.</summary>
internal sealed class TlsConfiguration
{
    private readonly TlsSettings _settings;
    private readonly SslStreamCertificateContext _certificate;
    private readonly ClientCertificates? _clients;
    private readonly CipherSuitesPolicy? _cipherSuites;
    private readonly List<SslApplicationProtocol> _protocols;

    private TlsConfiguration(
        TlsSettings settings, bool http2, SslStreamCertificateContext certificate, ClientCertificates? clients)
    {
        _settings = settings;
        _certificate = certificate;
        _clients = clients;
        _cipherSuites = settings.CipherSuites is { } suites && !OperatingSystem.IsWindows()
            ? new CipherSuitesPolicy(suites)
            : null;
        _protocols = http2
            ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11]
            : [SslApplicationProtocol.Http11];
    }

    /// <summary>They hold for the whole process, and are set once, at start.</summary>
    public IReadOnlyList<string> Curves => _settings.Curves;

    /// <summary>Whether a certificate that a client shows is verified; others say nothing of who it is.</summary>
    public bool VerifiesClients => _clients is { AreVerified: true };

    public static bool TryCreate(
        TlsSettings settings,
        bool http2,
        WebConfigFiles files,
        [NotNullWhen(true)] out TlsConfiguration? edge,
        [NotNullWhen(false)] out string? error)
    {
        edge = null;
        ClientCertificates? clients = null;
        if (!TryLoadCertificate(settings, files, out SslStreamCertificateContext? certificate, out error)
            || !TryLoadClients(settings, files, out clients, out error))
        {
            return false;
        }
        edge = new TlsConfiguration(settings, http2, certificate, clients);
        return true;
    }

    /// <summary>The options of one handshake.</summary>
    /// <param name="connection">Features of the connection; gets a <see cref="ClientCertificateIdentity"/> if there is one.</param>
    public SslServerAuthenticationOptions ForHandshake(IFeatureCollection connection) => new()
    {
        ServerCertificateContext = _certificate,
        EnabledSslProtocols = _settings.Protocols,
        CipherSuitesPolicy = _cipherSuites,
        ApplicationProtocols = _protocols,
        ClientCertificateRequired = _clients is not null,
        RemoteCertificateValidationCallback = _clients is not { } clients ? null
            : (sender, certificate, chain, errors) => IsAccepted(clients, connection, sender, certificate, chain, errors),
        CertificateChainPolicy = _clients?.ChainPolicy,

        // A client that is verified is verified at each handshake: a resumed session has no chain to look at.
        AllowTlsResume = _clients is null,
    };

    private static bool IsAccepted(
        ClientCertificates clients,
        IFeatureCollection connection,
        object sender,
        X509Certificate? certificate,
        X509Chain? chain,
        SslPolicyErrors errors)
    {
        bool isWelcome = clients.IsAccepted(sender, certificate, chain, errors);
        if (isWelcome && clients.AreVerified && certificate is X509Certificate2 verified)
        {
            connection.Set(ClientCertificateIdentity.Of(verified));
        }
        return isWelcome;
    }

    private static bool TryLoadCertificate(
        TlsSettings settings,
        WebConfigFiles files,
        [NotNullWhen(true)] out SslStreamCertificateContext? context,
        [NotNullWhen(false)] out string? error)
    {
        context = null;
        try
        {
            var certificate = X509Certificate2.CreateFromPem(files.CertificatePem, files.KeyPem);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(files.CertificatePem);
            chain.RemoveAt(0);
            context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
            error = null;
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            error = $"certificate ({NameOf(settings.Certificate)}) and key ({NameOf(settings.Key)}) cannot be used: "
                + exception.Message;
            return false;
        }
    }

    private static bool TryLoadClients(
        TlsSettings settings,
        WebConfigFiles files,
        out ClientCertificates? clients,
        [NotNullWhen(false)] out string? error)
    {
        clients = null;
        error = null;
        if (settings.ClientAuth == ClientAuthType.NoClientCert)
        {
            return true;
        }
        X509Certificate2Collection? authorities = null;
        if (settings.ClientCa.IsGiven)
        {
            authorities = [];
            try
            {
                authorities.ImportFromPem(files.ClientCaPem);
            }
            catch (CryptographicException exception)
            {
                error = $"client CA ({NameOf(settings.ClientCa)}) cannot be used: {exception.Message}";
                return false;
            }
            if (authorities.Count == 0)
            {
                error = $"client CA ({NameOf(settings.ClientCa)}) cannot be used: there is no certificate in it";
                return false;
            }
        }
        clients = new ClientCertificates(settings.ClientAuth, authorities, settings.ClientAllowedSans);
        return true;
    }

    private static string NameOf(PemSource source) => source.File.Length > 0 ? source.File : "inline";
}
