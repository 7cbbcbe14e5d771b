using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.WebConfig;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>--web.config.file of the published binary, from outside.</summary>
public sealed class WebConfigTests : GatewayTests
{
    // "secret"
    private const string Hash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
    private const string ClientLines = "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: clients.crt\n";

    private readonly WebConfigFolder _folder = new();
    private readonly TestAuthority _servers = TestAuthority.Create("servers");
    private readonly TestAuthority _clients = TestAuthority.Create("clients");

    public WebConfigTests()
    {
        _folder.Write("server", _servers.ServerCertificate("first"));
        _folder.Write("servers.crt", _servers.Pem);
        _folder.Write("clients.crt", _clients.Pem);
        _folder.Write("client", _clients.ClientCertificate("c", names => names.AddDnsName("client.example")));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        _servers.Dispose();
        _clients.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Curl_WithCertificateAndPassword_PushesByHttp2()
    {
        _folder.WriteTlsConfig(ClientLines, $"basic_auth_users:\n  bob: {Hash}\n");
        GatewayProcess gateway = await StartTlsAsync();

        string output = await CurlAsync(
            gateway,
            """
            good="--cacert servers.crt --cert client.crt --key client.key"
            echo 'x 1' | curl -s $good -u bob:secret --data-binary @- -w '%{http_code} %{http_version}\n' $URL/metrics/job/a
            curl -s $good -u bob:secret $URL/metrics | grep ^x
            curl -s $good -u bob:wrong -o /dev/null -w '%{http_code}\n' $URL/metrics
            curl -s $good -o /dev/null -w '%{http_code}\n' $URL/metrics
            curl -s --cacert servers.crt -u bob:secret -o /dev/null $URL/metrics || echo refused
            """);

        Assert.Equal("200 2\nx{instance=\"\",job=\"a\"} 1\n401\n401\nrefused\n", output);
        Assert.Matches("level=info.* msg=\"TLS is enabled.\" http2=true address=127.0.0.1:", gateway.Log);
    }

    [Fact]
    public async Task HangUp_FileHasChanged_IsReadAtOnce()
    {
        _folder.WriteConfig("http_server_config:\n  headers:\n    X-Frame-Options: deny\n");
        GatewayProcess gateway = await StartGatewayAsync(_folder.Flag);
        _folder.WriteConfig("http_server_config:\n  headers:\n    X-Frame-Options: sameorigin\n");

        gateway.Send(UnixSignal.HangUp);

        await Deadline.UntilAsync(
            Deadline.Change,
            "the new header is there",
            async cancellation =>
            {
                using HttpResponseMessage answer = await gateway.Client.GetAsync("/-/healthy", cancellation);
                return answer.Headers.GetValues("X-Frame-Options").Single() == "sameorigin";
            },
            () => gateway.Log);
        Assert.Contains("msg=\"received SIGHUP; reloading the config files\"", gateway.Log);
    }

    [Theory]
    [InlineData("  client_allowed_sans: [client.example]\n", true)]
    [InlineData("  client_allowed_sans: [other.example]\n", false)]
    public async Task Curl_AllowedSans_LetInWhoHasOne(string lines, bool isServed)
    {
        _folder.WriteTlsConfig(ClientLines + lines);
        GatewayProcess gateway = await StartTlsAsync();

        string output = await CurlAsync(
            gateway,
            "curl -s --cacert servers.crt --cert client.crt --key client.key $URL/-/ready || echo refused");

        Assert.Equal(isServed ? "OK" : "refused\n", output);
    }

    [Theory]
    [InlineData("  max_version: TLS12\n  cipher_suites: [TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256]\n", "", "TLSv1.2 ECDHE-ECDSA-CHACHA20-POLY1305")]
    [InlineData("  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n", "-tls1_2", "TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256")]
    [InlineData("  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n", "-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384", "none")]
    [InlineData("  min_version: TLS13\n", "", "TLSv1.3 TLS_AES_")]
    [InlineData("  min_version: TLS13\n", "-tls1_2", "none")]
    [InlineData("  max_version: TLS12\n", "-tls1_3", "none")]
    public async Task OpenSsl_VersionsAndCipherSuites_AreThoseConfigured(string lines, string options, string expected)
    {
        Tool.PathOrSkip("openssl", "openssl");
        _folder.WriteTlsConfig(lines);
        GatewayProcess gateway = await StartTlsAsync();

        ToolResult result = await ChildProcess.RunAsync(
            "/bin/sh",
            ["-c", $"openssl s_client -connect 127.0.0.1:{gateway.Port} {options} </dev/null 2>&1"]);

        string connected = result.Output.Split('\n').FirstOrDefault(line => line.StartsWith("New, TLS", StringComparison.Ordinal)) is { } line
            ? line["New, ".Length..].Replace(", Cipher is", "", StringComparison.Ordinal)
            : "none";
        Assert.StartsWith(expected, connected);
    }

    [Theory]
    [InlineData("", "", "X25519")]
    [InlineData("[CurveP384]", "", "ECDH, secp384r1")]
    [InlineData("[CurveP384, X25519]", "-tls1_2", "ECDH, secp384r1")]
    [InlineData("[X25519, CurveP384]", "-tls1_2", "X25519")]
    [InlineData("[CurveP521]", "-tls1_2", "ECDH, secp521r1")]
    [InlineData("[CurveP384]", "-groups X25519:P-256", "none")]
    [InlineData("[CurveP256]", "-groups X25519:P-256", "ECDH, prime256v1")]
    public async Task OpenSsl_Curves_AreThoseConfigured(string curves, string options, string expected)
    {
        Tool.PathOrSkip("openssl", "openssl");
        _folder.WriteTlsConfig($"  curve_preferences: {curves}\n");
        GatewayProcess gateway = await StartTlsAsync();

        ToolResult result = await ChildProcess.RunAsync(
            "/bin/sh", ["-c", $"openssl s_client -connect 127.0.0.1:{gateway.Port} {options} </dev/null 2>&1"]);

        const string key = "Server Temp Key: ";
        string used = result.Output.Split('\n').FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) is { } line
            ? line[key.Length..]
            : "none";
        Assert.StartsWith(expected, used);
    }

    [Theory]
    [InlineData("", "h2")]
    [InlineData("http_server_config:\n  http2: false\n", "http/1.1")]
    public async Task OpenSsl_Alpn_IsWhatIsConfigured(string rest, string expected)
    {
        Tool.PathOrSkip("openssl", "openssl");
        _folder.WriteTlsConfig(rest: rest);
        GatewayProcess gateway = await StartTlsAsync();

        ToolResult result = await ChildProcess.RunAsync(
            "/bin/sh", ["-c", $"openssl s_client -connect 127.0.0.1:{gateway.Port} -alpn h2,http/1.1 </dev/null 2>&1"]);

        Assert.Contains($"ALPN protocol: {expected}\n", result.Output);
    }

    [Fact]
    public async Task Reload_UnderLoad_DropsNoRequest()
    {
        string[] users = ["", "# again\n", "http_server_config:\n  headers:\n    X-Frame-Options: deny\n"];
        string auth = $"basic_auth_users:\n  bob: {Hash}\n";
        _folder.WriteTlsConfig(rest: auth);
        GatewayProcess gateway = await StartTlsAsync();
        using var stop = new CancellationTokenSource();
        int served = 0;

        async Task LoadAsync(Version version, bool isLasting)
        {
            HttpClient? client = null;
            while (!stop.IsCancellationRequested)
            {
                client ??= ClientOf(gateway, version);
                using var body = new StringContent("x 1\n");
                using HttpResponseMessage answer = await client.PutAsync(
                    "/metrics/job/a", body, TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                Interlocked.Increment(ref served);
                if (!isLasting)
                {
                    client.Dispose();
                    client = null;
                }
            }
            client?.Dispose();
        }
        Task[] load =
        [
            LoadAsync(HttpVersion.Version11, isLasting: true), LoadAsync(HttpVersion.Version20, isLasting: true),
            LoadAsync(HttpVersion.Version11, isLasting: false),
        ];

        string serial = await SerialAsync(gateway);
        for (int i = 0; i < users.Length; i++)
        {
            _folder.Write("server", _servers.ServerCertificate($"next-{i}"));
            _folder.WriteTlsConfig(rest: auth + users[i]);
            string before = serial;
            await Deadline.UntilAsync(
                Deadline.Change,
                "the new certificate is shown",
                async _ => (serial = await SerialAsync(gateway)) != before,
                () => gateway.Log);
        }
        await stop.CancelAsync();
        await Task.WhenAll(load);

        Assert.True(served > 20, $"{served} served");
        Assert.DoesNotContain("level=error", gateway.Log);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Reload_ClientCaIsReplaced_ClosesTheConnectionsOfItsClients(string version)
    {
        _folder.WriteTlsConfig(ClientLines, "http_server_config:\n  headers:\n    X-Frame-Options: deny\n");
        GatewayProcess gateway = await StartTlsAsync();
        int connections = 0;
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = { CertificateChainPolicy = Trust(), ClientCertificates = [ClientCertificate()] },
            PlaintextStreamFilter = (context, _) =>
            {
                connections++;
                return ValueTask.FromResult(context.PlaintextStream);
            },
        };
        using HttpClient client = ClientOf(gateway, Version.Parse(version), handler);
        Assert.Equal("OK", await client.GetStringAsync("/-/ready", TestContext.Current.CancellationToken));

        _folder.WriteTlsConfig(ClientLines);
        await UntilLoggedAsync(gateway, "web config file reloaded");
        Assert.Equal("OK", await client.GetStringAsync("/-/ready", TestContext.Current.CancellationToken));
        Assert.Equal(1, connections);

        _folder.Write("clients.crt", _servers.Pem);
        await Deadline.UntilAsync(
            Deadline.Change,
            "the client is refused",
            async cancellation =>
            {
                try
                {
                    await client.GetStringAsync("/-/ready", cancellation);
                    return false;
                }
                catch (HttpRequestException)
                {
                    return true;
                }
            },
            () => gateway.Log);
    }

    [Fact]
    public async Task Reload_FileIsBad_IsLoggedOnceAndTheOldOneStays()
    {
        _folder.WriteTlsConfig(rest: $"basic_auth_users:\n  bob: {Hash}\n");
        GatewayProcess gateway = await StartTlsAsync();

        _folder.WriteTlsConfig(rest: "basic_auth_users:\n  bob: plain\n");
        await UntilLoggedAsync(gateway, "line 5: bob is not a bcrypt hash");

        using HttpClient client = ClientOf(gateway, HttpVersion.Version20);
        Assert.Equal("OK", await client.GetStringAsync("/-/ready", TestContext.Current.CancellationToken));
        Assert.Single(gateway.Log.Split('\n'), line => line.Contains("level=error", StringComparison.Ordinal));
    }

    private async Task<GatewayProcess> StartTlsAsync()
    {
        GatewayProcess gateway = StoppedAtTheEnd(GatewayProcess.StartWithoutWaiting(_folder.Flag));
        await Deadline.UntilAsync(
            Deadline.Start,
            "the gateway listens",
            _ => Task.FromResult(gateway.Log.Contains("TLS is enabled.", StringComparison.Ordinal)),
            () => gateway.Log);
        return gateway;
    }

    private async Task<string> CurlAsync(GatewayProcess gateway, string script)
    {
        Tool.PathOrSkip("curl", "curl");
        ToolResult result = await ChildProcess.RunAsync(
            "/bin/sh",
            ["-euc", $"cd {_folder.PathOf("")}\n{script}"],
            ("URL", string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{gateway.Port}")));
        return result.OutputOfSuccess();
    }

    /// <summary>The serial number of the certificate that a new connection is shown.</summary>
    private async Task<string> SerialAsync(GatewayProcess gateway)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, gateway.Port, TestContext.Current.CancellationToken);
        await using var stream = new SslStream(tcp.GetStream());
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = Trust() },
            TestContext.Current.CancellationToken);
        return stream.RemoteCertificate!.GetSerialNumberString();
    }

    private X509ChainPolicy Trust() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        CustomTrustStore = { X509Certificate2.CreateFromPem(_servers.Pem) },
    };

    private static Task UntilLoggedAsync(GatewayProcess gateway, string text) => Deadline.UntilAsync(
        Deadline.Change,
        $"the log has {text}",
        _ => Task.FromResult(gateway.Log.Contains(text, StringComparison.Ordinal)),
        () => gateway.Log);

    /// <summary>That of the folder.</summary>
    private X509Certificate2 ClientCertificate() =>
        X509Certificate2.CreateFromPemFile(_folder.PathOf("client.crt"), _folder.PathOf("client.key"));

    private HttpClient ClientOf(GatewayProcess gateway, Version version, SocketsHttpHandler? handler = null)
    {
        handler ??= new SocketsHttpHandler { UseProxy = false, SslOptions = { CertificateChainPolicy = Trust() } };
        return new HttpClient(handler)
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{gateway.Port}")),
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            DefaultRequestHeaders =
            {
                Authorization = new AuthenticationHeaderValue(
                    "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("bob:secret"))),
            },
        };
    }
}
