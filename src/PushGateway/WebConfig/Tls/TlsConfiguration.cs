using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.Features;

namespace PushGateway.WebConfig.Tls;

/// <summary>The settings of each TLS handshake: certificate and key, versions, and requirements for clients.</summary>
internal sealed class TlsConfiguration
{
    private readonly TlsSettings _settings;
    private readonly SslStreamCertificateContext _certificate;
    private readonly ClientCertificates? _clients;
    private readonly CipherSuitesPolicy? _cipherSuites;
    private readonly List<SslApplicationProtocol> _protocols;

    /// <summary>The settings that decide which clients have access.</summary>
    private readonly string _clientRules;

    private TlsConnections _connections = new();

    private TlsConfiguration(
        TlsSettings settings,
        bool http2,
        SslStreamCertificateContext certificate,
        ClientCertificates? clients,
        string clientRules)
    {
        _clientRules = clientRules;
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

    /// <summary>Set once, at start, for the whole process.</summary>
    public IReadOnlyList<string> Curves => _settings.Curves;

    /// <summary>Whether client certificates are verified. An unverified one does not identify the client.</summary>
    public bool VerifiesClients => _clients is { AreVerified: true };

    /// <summary>Whether a setting that denied access to clients existed before and is missing here.</summary>
    public bool DropsClientChecksOf(TlsConfiguration before) =>
        (_clients is null && before._clients is not null)
        || (VerifiesClients && !_settings.ClientCa.IsGiven && before._settings.ClientCa.IsGiven)
        || (_settings.ClientAllowedSans is null && before._settings.ClientAllowedSans is not null);

    public static bool TryCreate(
        TlsSettings settings,
        bool http2,
        IReadOnlyDictionary<string, string> files,
        [NotNullWhen(true)] out TlsConfiguration? tls,
        [NotNullWhen(false)] out string? error)
    {
        tls = null;
        ClientCertificates? clients = null;
        if (!TryLoadCertificate(settings, files, out SslStreamCertificateContext? certificate, out error)
            || !TryLoadClients(settings, files, out clients, out error))
        {
            return false;
        }
        string clientCa = settings.ClientCa.IsGiven ? settings.ClientCa.ReadFrom(files) : "";
        string rules = string.Join('\n', [$"{settings.ClientAuth}", clientCa, .. settings.ClientAllowedSans ?? ["any"]]);
        tls = new TlsConfiguration(settings, http2, certificate, clients, rules);
        return true;
    }

    /// <summary>
    /// Adopts the connections of the previous configuration if it accepts the same clients. Call it before any handshake.
    /// </summary>
    /// <returns>The connections to close when this is active, since their clients must be checked again. Null for none.</returns>
    public TlsConnections? TakeOver(TlsConfiguration before)
    {
        if (_clientRules != before._clientRules)
        {
            return before._connections;
        }
        _connections = before._connections;
        return null;
    }

    /// <summary>The options of one handshake.</summary>
    /// <param name="connection">Features of the connection. Receives the <see cref="ClientCertificateIdentity"/> of a verified client.</param>
    public SslServerAuthenticationOptions ForHandshake(IFeatureCollection connection)
    {
        _connections.Add(connection);
        return new()
        {
            ServerCertificateContext = _certificate,
            EnabledSslProtocols = _settings.Protocols,
            CipherSuitesPolicy = _cipherSuites,
            ApplicationProtocols = _protocols,
            ClientCertificateRequired = _clients is not null,
            RemoteCertificateValidationCallback = _clients is not { } clients ? null
                : (sender, certificate, chain, errors) => IsAccepted(clients, connection, sender, certificate, chain, errors),
            CertificateChainPolicy = _clients?.ChainPolicy,

            // Each handshake verifies the client, since a resumed session has no certificate chain.
            AllowTlsResume = _clients is null,
        };
    }

    private static bool IsAccepted(
        ClientCertificates clients,
        IFeatureCollection connection,
        object sender,
        X509Certificate? certificate,
        X509Chain? chain,
        SslPolicyErrors errors)
    {
        bool isAccepted = clients.IsAccepted(sender, certificate, chain, errors);
        if (isAccepted && clients.AreVerified && certificate is X509Certificate2 verified)
        {
            connection.Set(ClientCertificateIdentity.Of(verified));
        }
        return isAccepted;
    }

    private static bool TryLoadCertificate(
        TlsSettings settings,
        IReadOnlyDictionary<string, string> files,
        [NotNullWhen(true)] out SslStreamCertificateContext? context,
        [NotNullWhen(false)] out string? error)
    {
        context = null;
        if (!OpenSslLibrary.IsAvailable)
        {
            error = $"TLS needs OpenSSL: {OpenSslLibrary.Newest} cannot be loaded";
            return false;
        }
        try
        {
            string pem = settings.Certificate.ReadFrom(files);
            var certificate = X509Certificate2.CreateFromPem(pem, settings.Key.ReadFrom(files));
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(pem);
            chain.RemoveAt(0);
            context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
            error = null;
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            error = $"certificate ({settings.Certificate.Name}) and key ({settings.Key.Name}) cannot be used: "
                + exception.Message;
            return false;
        }
    }

    private static bool TryLoadClients(
        TlsSettings settings,
        IReadOnlyDictionary<string, string> files,
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
                authorities.ImportFromPem(settings.ClientCa.ReadFrom(files));
            }
            catch (CryptographicException exception)
            {
                error = $"client CA ({settings.ClientCa.Name}) cannot be used: {exception.Message}";
                return false;
            }
            if (authorities.Count == 0)
            {
                error = $"client CA ({settings.ClientCa.Name}) cannot be used: it has no certificate";
                return false;
            }
        }
        clients = new ClientCertificates(settings.ClientAuth, authorities, settings.ClientAllowedSans);
        return true;
    }
}
