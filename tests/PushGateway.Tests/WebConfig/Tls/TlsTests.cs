using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.WebConfig.Tls;

/// <summary>Real handshakes with a gateway in this process.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly WebConfigFolder _folder = new();
    private readonly TestAuthority _servers = TestAuthority.Create("servers");
    private readonly TestAuthority _clients = TestAuthority.Create("clients");
    private readonly TestAuthority _strangers = TestAuthority.Create("strangers");

    public TlsTests()
    {
        _folder.Write("server", _servers.ServerCertificate());
        _folder.Write("clients.crt", _clients.Pem);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _servers.Dispose();
        _clients.Dispose();
        _strangers.Dispose();
    }

    [Theory]
    [InlineData("", "2.0")]
    [InlineData("http_server_config:\n  http2: true\n", "2.0")]
    [InlineData("http_server_config:\n  http2: false\n", "1.1")]
    public async Task Request_ClientKnowsHttp2_IsOfTheVersionConfigured(string lines, string version)
    {
        _folder.WriteTlsConfig(rest: lines);
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);
        using HttpClient client = ClientOf(gateway, new SslClientAuthenticationOptions());
        client.DefaultRequestVersion = HttpVersion.Version20;
        using var body = new StringContent("x 1\n");

        using HttpResponseMessage pushed = await client.PutAsync(
            "/metrics/job/a", body, TestContext.Current.CancellationToken);
        string scraped = await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, pushed.StatusCode);
        Assert.Equal(version, pushed.Version.ToString());
        Assert.Contains("job=\"a\"", scraped);
    }

    [Fact]
    public async Task Request_InlineCertificateAndKey_IsServed()
    {
        string Indented(string name) =>
            "    " + File.ReadAllText(_folder.PathOf(name)).TrimEnd().Replace("\n", "\n    ", StringComparison.Ordinal);
        _folder.WriteConfig(
            $"tls_server_config:\n  cert: |\n{Indented("server.crt")}\n  key: |\n{Indented("server.key")}\n"
            + $"  client_auth_type: RequireAndVerifyClientCert\n  client_ca: |\n    {_clients.Pem.Replace("\n", "\n    ", StringComparison.Ordinal)}\n");
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);

        Assert.True(await IsServedAsync(gateway, _clients.ClientCertificate("c")));
        Assert.False(await IsServedAsync(gateway, null));
    }

    [Fact]
    public async Task Handshake_CertificateOfAnIntermediate_SendsTheChain()
    {
        using TestAuthority intermediate = _servers.CreateIntermediate("intermediate");
        _folder.Write("server", intermediate.ServerCertificate(), intermediate.Pem);
        _folder.WriteTlsConfig();
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);

        // The client knows the root only.
        Assert.True(await IsServedAsync(gateway, null));
    }

    [Theory]
    [InlineData("min_version: TLS13", SslProtocols.Tls13, true)]
    [InlineData("min_version: TLS13", SslProtocols.Tls12, false)]
    [InlineData("max_version: TLS12", SslProtocols.Tls12, true)]
    [InlineData("max_version: TLS12", SslProtocols.Tls13, false)]
    [InlineData("min_version: TLS12", SslProtocols.Tls12, true)]
    [InlineData("min_version: TLS12", SslProtocols.Tls13, true)]
    [InlineData("min_version: TLS10", SslProtocols.Tls12, true)]
    public async Task Handshake_Version_IsServedIfAllowed(string line, SslProtocols version, bool isServed)
    {
        _folder.WriteTlsConfig($"  {line}\n");
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);

        Assert.Equal(isServed, await IsServedAsync(gateway, null, version));
    }

    [Theory]
    [InlineData(TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, null)]
    public async Task Handshake_CipherSuites_AreTakenInOrder(TlsCipherSuite first, TlsCipherSuite? second)
    {
        _folder.Write("server", _servers.RsaServerCertificate());
        _folder.WriteTlsConfig($"  cipher_suites: [{string.Join(", ", new[] { first, second }.OfType<TlsCipherSuite>())}]\n");
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);

        using SslStream old = await HandshakeAsync(gateway, null, SslProtocols.Tls12);
        using SslStream now = await HandshakeAsync(gateway, null, SslProtocols.Tls13);

        Assert.Equal(first, old.NegotiatedCipherSuite);
        Assert.Equal(SslProtocols.Tls13, now.SslProtocol);
    }

    [Theory]
    // None, one that nobody has signed, one of another authority, expired, one for servers, one of the client CA.
    [InlineData("NoClientCert", "none self stranger expired server good")]
    [InlineData("RequestClientCert", "none self stranger expired server good")]
    [InlineData("RequireAnyClientCert", "self stranger expired server good")]
    [InlineData("RequireClientCert", "self stranger expired server good")]
    [InlineData("VerifyClientCertIfGiven", "none good")]
    [InlineData("RequireAndVerifyClientCert", "good")]
    public async Task Handshake_ClientAuthType_LetsInWhomItShould(string type, string served)
    {
        string authority = type == "NoClientCert" ? "" : "  client_ca_file: clients.crt\n";
        _folder.WriteTlsConfig($"  client_auth_type: {type}\n{authority}");
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);
        using var self = TestAuthority.Create("self");
        var certificates = new Dictionary<string, X509Certificate2?>
        {
            ["none"] = null,
            ["self"] = self.ClientCertificate("self"),
            ["stranger"] = _strangers.ClientCertificate("c"),
            ["expired"] = _clients.ExpiredClientCertificate("c"),
            ["server"] = _clients.ServerCertificate("c"),
            ["good"] = _clients.ClientCertificate("c"),
        };

        var letIn = new List<string>();
        foreach ((string name, X509Certificate2? certificate) in certificates)
        {
            foreach (SslProtocols version in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
            {
                if (await IsServedAsync(gateway, certificate, version))
                {
                    letIn.Add(name);
                }
            }
        }

        Assert.Equal(served.Split(' ').SelectMany(name => new[] { name, name }), letIn);
    }

    [Fact]
    public async Task Handshake_ClientCaIsAnIntermediate_LetsInWhomThatHasSigned()
    {
        using TestAuthority intermediate = _clients.CreateIntermediate("intermediate");
        using TestAuthority other = _clients.CreateIntermediate("other");
        _folder.Write("clients.crt", intermediate.Pem);
        _folder.WriteTlsConfig("  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: clients.crt\n");
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);

        Assert.True(await IsServedAsync(gateway, intermediate.ClientCertificate("c")));
        Assert.False(await IsServedAsync(gateway, other.ClientCertificate("c")));
        Assert.False(await IsServedAsync(gateway, _clients.ClientCertificate("c")));
    }

    [Theory]
    [InlineData("client.example", true)]
    [InlineData("me@client.example", true)]
    [InlineData("spiffe://client.example/job", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("CLIENT.example", false)]
    [InlineData("example", false)]
    [InlineData("c", false)]
    public async Task Handshake_AllowedSans_LetInWhoHasOne(string allowed, bool isServed)
    {
        _folder.WriteTlsConfig(
            "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: clients.crt\n"
            + $"  client_allowed_sans: [other, \"{allowed}\"]\n");
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);

        Assert.Equal(isServed, await IsServedAsync(gateway, _clients.ClientCertificate("c", names =>
        {
            names.AddUserPrincipalName("not@this.one");
            names.AddDnsName("client.example");
            names.AddEmailAddress("me@client.example");
            names.AddUri(new Uri("spiffe://client.example/job"));
            names.AddIpAddress(IPAddress.Parse("10.1.2.3"));
            names.AddIpAddress(IPAddress.Parse("2001:db8::1"));
        })));
    }

    [Fact]
    public async Task Handshake_AllowedSansAndNoCertificate_IsRefusedWhateverTheType()
    {
        _folder.WriteTlsConfig(
            "  client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: clients.crt\n  client_allowed_sans: [a]\n");
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);

        Assert.False(await IsServedAsync(gateway, null));
    }

    [Fact]
    public async Task PlainRequest_ToATlsPort_IsNotServed()
    {
        _folder.WriteTlsConfig();
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);

        // The connection ends, with or without a reset.
        await Assert.ThrowsAnyAsync<IOException>(() => gateway.SendAsync("GET", "/-/ready"));
        Assert.True(await IsServedAsync(gateway, null));
    }

    /// <summary>Whether a request with that certificate gets an answer.</summary>
    private async Task<bool> IsServedAsync(
        RunningGateway gateway, X509Certificate2? certificate, SslProtocols version = SslProtocols.None)
    {
        try
        {
            using SslStream stream = await HandshakeAsync(gateway, certificate, version);
            await stream.WriteAsync(
                "GET /-/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            using var reader = new StreamReader(stream);
            string answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            return answer.StartsWith("HTTP/1.1 200 OK\r\n", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            return false;
        }
    }

    private async Task<SslStream> HandshakeAsync(
        RunningGateway gateway, X509Certificate2? certificate, SslProtocols version)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, gateway.Port, TestContext.Current.CancellationToken);
        var stream = new SslStream(tcp.GetStream());
        await stream.AuthenticateAsClientAsync(
            Trusting(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = version,
                ClientCertificateContext = certificate is null
                    ? null
                    : SslStreamCertificateContext.Create(certificate, null, offline: true),
            }),
            TestContext.Current.CancellationToken);
        return stream;
    }

    private HttpClient ClientOf(RunningGateway gateway, SslClientAuthenticationOptions options) => new(
        new SocketsHttpHandler { UseProxy = false, SslOptions = Trusting(options) })
    {
        BaseAddress = new Uri($"https://localhost:{gateway.Port}"),
    };

    private SslClientAuthenticationOptions Trusting(SslClientAuthenticationOptions options)
    {
        options.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { X509Certificate2.CreateFromPem(_servers.Pem) },
        };
        return options;
    }
}
