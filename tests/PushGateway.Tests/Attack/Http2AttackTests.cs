using System.Globalization;
using System.Net;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.WebConfig;
using Xunit;

namespace PushGateway.Tests.Attack;

/// <summary>CVE-2023-44487: requests that are reset at once, so that no limit on streams counts them.</summary>
public sealed class Http2AttackTests : AttackTests, IDisposable
{
    private const int Connections = 4;
    private const int Resets = 5_000;

    private readonly WebConfigFolder _folder = new();
    private readonly TestAuthority _authority = TestAuthority.Create("servers");

    public void Dispose()
    {
        _folder.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task Streams_ResetAtOnce_KeepNobodyOut()
    {
        _folder.Write("server", _authority.ServerCertificate());
        _folder.WriteTlsConfig();
        GatewayProcess gateway = StoppedAtTheEnd(GatewayProcess.StartWithoutWaiting(_folder.Flag));
        await Deadline.UntilAsync(
            Deadline.Start,
            "the gateway listens",
            _ => Task.FromResult(gateway.Log.Contains("TLS is enabled.", StringComparison.Ordinal)),
            () => gateway.Log);
        using HttpClient client = ClientOf(gateway);
        using var body = new StringContent(string.Concat(Enumerable.Range(0, 1_000).Select(i => $"x{{l=\"{i}\"}} 1\n")));
        using (await client.PutAsync("/metrics/job/full", body, TestContext.Current.CancellationToken))
        {
        }

        await AttackAsync(
            gateway, Base, () => Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => AttackAsync(gateway.Port))), client);
    }

    private static async Task AttackAsync(int port)
    {
        await using Http2Connection connection = await Http2Connection.ConnectAsync(port);
        Task draining = connection.DrainAsync();
        for (int i = 0; i < Resets && await connection.TrySendAsync(Http2Connection.RequestAndReset((2 * i) + 1, "/metrics")); i++)
        {
        }
        connection.FinishSending();
        await draining;
    }

    private static HttpClient ClientOf(GatewayProcess gateway) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=server" },
    })
    {
        BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{gateway.Port}")),
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Deadline.Tool,
    };
}
