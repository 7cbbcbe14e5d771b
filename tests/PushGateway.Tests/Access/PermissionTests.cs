using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PushGateway.Access;
using PushGateway.Tests.TestServer;
using PushGateway.Tests.WebConfig;
using Xunit;

namespace PushGateway.Tests.Access;

/// <summary>Every permission with every kind of identity: which requests it permits and denies.</summary>
public sealed class PermissionTests : IDisposable
{
    /// <summary>The permission of requests that need none.</summary>
    private const string None = "";

    /// <summary>Requests with the required permission and the status if it is granted.</summary>
    private static readonly (string Permission, string Method, string Path, int Status)[] Requests =
    [
        ("push", "PUT", "/metrics/job/a", 200),
        ("push", "POST", "/metrics/job/a/instance/b", 200),
        ("push", "PUT", "/metrics/job@base64/YQ", 200),
        ("delete", "DELETE", "/metrics/job/a", 202),
        ("delete", "DELETE", "/metrics/job@base64/YQ", 202),
        ("read", "GET", "/metrics", 200),
        ("read", "GET", "/api/v1/metrics", 200),
        ("read", "GET", "/api/v1/status", 200),
        ("read", "GET", "/api/v1/stats", 200),
        ("read", "GET", "/api/v1/rejections", 200),
        ("read", "GET", "/api/v1/completions?kind=label", 200),
        ("read", "GET", "/api/v1/jobs", 200),
        ("read", "GET", "/api/v1/groups", 200),
        ("read", "GET", "/api/v1/groups/job/none", 404),
        ("read", "GET", "/api/v1/groups/job@base64/YQ/b/c", 404),
        ("read", "OPTIONS", "/api/v1/groups", 200),
        ("read", "OPTIONS", "/api/v1/metrics", 200),
        ("read", "GET", "/", 200),
        ("read", "GET", "/status", 200),
        (None, "GET", "/static/app.js", 200),
        ("admin", "PUT", "/api/v1/admin/wipe", 202),
        ("admin", "GET", "/-/quit", 405),
        ("admin", "POST", "/-/quit", 200),
    ];

    private readonly AccessFolder _folder = new();
    private readonly TestAuthority _servers = TestAuthority.Create("servers");
    private readonly TestAuthority _clients = TestAuthority.Create("clients");

    public void Dispose()
    {
        _folder.Dispose();
        _servers.Dispose();
        _clients.Dispose();
    }

    public static TheoryData<string, string> HoldersOfPermissions()
    {
        var data = new TheoryData<string, string>();
        foreach (string permission in (string[])["push", "delete", "read", "admin"])
        {
            foreach (string kind in (string[])["user", "token", "common name", "DNS name", "anonymous"])
            {
                data.Add(permission, kind);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(HoldersOfPermissions))]
    public async Task Request_ByHolderOfOnePermission_IsServedIfThatWillDo(string permission, string kind)
    {
        WriteFiles(permission, kind);
        await using RunningGateway gateway = await StartAsync();
        using HttpClient client = ClientOf(gateway, kind);

        var statuses = new List<string>();
        foreach ((_, string method, string path, _) in Requests)
        {
            statuses.Add($"{method} {path} {await StatusAsync(client, method, path)}");
        }

        int refused = kind == "anonymous" ? 401 : 403;
        Assert.Equal(
            Requests.Select(r => $"{r.Method} {r.Path} {(r.Permission is None || r.Permission == permission ? r.Status : refused)}"), statuses);
    }

    [Theory]
    [InlineData("user", "user \"c\"")]
    [InlineData("token", "this token")]
    [InlineData("common name", "certificate \"c\"")]
    [InlineData("DNS name", "certificate \"c.example\"")]
    public async Task Request_NotPermitted_IsToldWhoLacksWhat(string kind, string name)
    {
        WriteFiles("push", kind);
        await using RunningGateway gateway = await StartAsync();
        using HttpClient client = ClientOf(gateway, kind);

        using HttpResponseMessage answer = await client.GetAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Empty(answer.Headers.WwwAuthenticate);
        Assert.Equal(
            $"Forbidden: {name} does not have the permission \"read\"\n",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Detects a route that the requests above do not cover.</summary>
    [Fact]
    public async Task Endpoints_AllOfThem_RequireSomething()
    {
        WriteFiles("push", "user");
        await using RunningGateway gateway = await StartAsync();

        Assert.All(gateway.Endpoints, endpoint =>
        {
            AccessRequirement? requirement = endpoint.Metadata.GetMetadata<AccessRequirement>();
            // The files of the page contain no data, and the sign-in page needs them.
            bool isOpen = endpoint.DisplayName!.Contains("/static/", StringComparison.Ordinal);
            Assert.True(requirement is not null && requirement.Needed == Permissions.None == isOpen, $"{endpoint.DisplayName} needs no permission");
            Assert.Equal(
                endpoint.DisplayName.Contains("/-/healthy", StringComparison.Ordinal)
                    || endpoint.DisplayName.Contains("/-/ready", StringComparison.Ordinal),
                requirement.IsHealthCheck);
        });
        Assert.True(gateway.Endpoints.Count > 20);
    }

    /// <summary>A verified certificate whose names the file does not list has the anonymous roles.</summary>
    [Fact]
    public async Task Request_CertificateIsNotNamed_IsHeldToWhatEverybodyMay()
    {
        WriteFiles("push", "common name");
        _folder.Write(
            "roles:\n  everybody:\n    permissions: [read]\n    anonymous: true\n"
            + "  pushers:\n    permissions: [push]\n    certificates: [d]\n");
        await using RunningGateway gateway = await StartAsync();
        using HttpClient client = ClientOf(gateway, "common name");

        Assert.Equal(200, await StatusAsync(client, "GET", "/metrics"));
        Assert.Equal(401, await StatusAsync(client, "PUT", "/metrics/job/a"));
    }

    [Theory]
    [InlineData("Bearer token", 200)]
    [InlineData("Bearer wrong", 401)]
    [InlineData("", 403)]
    public async Task Request_CertificateAndCredentials_HasTheRolesOfBoth(string credentials, int status)
    {
        WriteFiles("push", "common name");
        _folder.Write(
            "roles:\n  pushers:\n    permissions: [push]\n    certificates: [c]\n"
            + $"  readers:\n    permissions: [read]\n    tokens: ['{AccessFolder.HashOf("token")}']\n");
        await using RunningGateway gateway = await StartAsync();
        using HttpClient client = ClientOf(gateway, "common name");
        if (credentials.Length > 0)
        {
            client.DefaultRequestHeaders.Add("Authorization", credentials);
        }

        Assert.Equal(status, await StatusAsync(client, "GET", "/metrics"));
        Assert.Equal(status == 401 ? 401 : 200, await StatusAsync(client, "PUT", "/metrics/job/a"));
    }

    /// <summary>Anybody can make a certificate with any name.</summary>
    [Fact]
    public async Task Request_WebConfigStopsVerifying_CertificatesSayNothing()
    {
        WriteFiles("read", "common name");
        await using RunningGateway gateway = await StartAsync();
        using (HttpClient before = ClientOf(gateway, "common name"))
        {
            Assert.Equal(200, await StatusAsync(before, "GET", "/metrics"));
        }

        using var strangers = TestAuthority.Create("strangers");
        _folder.Web.WriteTlsConfig(
            "  client_auth_type: RequireAnyClientCert\n", AccessFolder.UserLines("c"));
        await EndToEnd.Processes.Deadline.UntilAsync(
            EndToEnd.Processes.Deadline.Change,
            "the new web config is in force",
            async _ =>
            {
                try
                {
                    using HttpClient stranger = ClientOf(gateway, "common name", strangers);
                    Assert.Equal(401, await StatusAsync(stranger, "GET", "/metrics"));
                    return true;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            });
    }

    private void WriteFiles(string permission, string kind)
    {
        string holder = kind switch
        {
            "user" => "users: [c]",
            "token" => $"tokens: ['{AccessFolder.HashOf("token")}']",
            "common name" => "certificates: [c]",
            "DNS name" => "certificates: [c.example]",
            _ => "anonymous: true",
        };
        _folder.Write($"roles:\n  holders:\n    permissions: [{permission}]\n    {holder}\n");
        _folder.Web.Write("server", _servers.ServerCertificate());
        _folder.Web.Write("clients.crt", _clients.Pem);
        _folder.Web.WriteTlsConfig(
            "  client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: clients.crt\n", AccessFolder.UserLines("c"));
    }

    private Task<RunningGateway> StartAsync() => RunningGateway.StartAsync(
        _folder.Web.Flag, _folder.Flag, "--web.enable-admin-api", "--web.enable-lifecycle");

    private static async Task<int> StatusAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "PUT" or "POST")
        {
            request.Content = new StringContent("x 1\n");
        }
        using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    private HttpClient ClientOf(RunningGateway gateway, string kind, TestAuthority? authority = null)
    {
        var options = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { X509Certificate2.CreateFromPem(_servers.Pem) },
            },
        };
        if (kind is "common name" or "DNS name")
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(
                (authority ?? _clients).ClientCertificate(
                    kind == "common name" ? "c" : "another",
                    names =>
                    {
                        names.AddUri(new Uri("test://uri"));
                        names.AddDnsName("c.example");
                    }),
                null,
                offline: true);
        }
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = options })
        {
            BaseAddress = new Uri($"https://localhost:{gateway.Port}"),
        };
        string? credentials = kind switch
        {
            "user" => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("c:secret")),
            "token" => "Bearer token",
            _ => null,
        };
        if (credentials is not null)
        {
            client.DefaultRequestHeaders.Add("Authorization", credentials);
        }
        return client;
    }
}
