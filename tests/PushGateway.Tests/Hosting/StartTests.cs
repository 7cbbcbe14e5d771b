using System.Net;
using System.Net.Sockets;
using PushGateway.CommandLine;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Hosting;
using PushGateway.Logging;
using PushGateway.Tests.TestServer;
using Serilog;
using Serilog.Core;
using Xunit;

namespace PushGateway.Tests.Hosting;

public sealed class StartTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/status")]
    [InlineData("/status/")]
    [InlineData("//status")]
    [InlineData("/x/../status")]
    [InlineData("/-/healthy")]
    [InlineData("/-/ready")]
    [InlineData("/-/quit")]
    public async Task Start_TelemetryPathIsTaken_Fails(string path)
    {
        StartException exception = await Assert.ThrowsAsync<StartException>(
            () => RunningGateway.StartAsync($"--web.telemetry-path={path}"));

        Assert.Equal($"--web.telemetry-path={path} is the path of another endpoint", exception.Message);
    }

    [Fact]
    public async Task Start_TelemetryPathIsTakenUnderThePrefix_Fails() => await Assert.ThrowsAsync<StartException>(
        () => RunningGateway.StartAsync("--web.telemetry-path=/-/ready", "--web.route-prefix=/pre"));

    [Theory]
    [InlineData("/scrape/me", "/scrape/me")]
    [InlineData("scrape", "/scrape")]
    [InlineData("/scrape/", "/scrape")]
    [InlineData("/metrics/job", "/metrics/job")]
    public async Task Start_OtherTelemetryPath_IsWhereScrapesGo(string flag, string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync($"--web.telemetry-path={flag}");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");

        Assert.Contains("\nx{instance=\"\",job=\"a\"} 1\n", (await gateway.SendAsync("GET", path)).Body);
        Assert.Equal(404, (await gateway.SendAsync("GET", "/metrics")).Status);
    }

    [Theory]
    [InlineData("nonsense", "listen tcp: address nonsense: missing port in address")]
    [InlineData("127.0.0.1:99999", "listen tcp: address 99999: invalid port")]
    public async Task Start_ListenAddressIsWrong_Fails(string address, string error)
    {
        StartException exception = await Assert.ThrowsAsync<StartException>(
            () => RunningGateway.StartAsync($"--web.listen-address={address}"));

        Assert.Equal(error, exception.Message);
    }

    [Fact]
    public async Task Start_PortIsInUse_LogsNoStackTrace()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        GatewayOptions options = ((CommandLineResult.Run)CommandLineParser.Parse(
            [$"--web.listen-address={taken.LocalEndpoint}"], "test", BuildInfo.Current)).Options;
        var log = new LogLines();
        await using Logger logger = LoggingSetup.CreateLogger(options, new LoggerConfiguration().WriteTo.Sink(log));
        await using WebApplication app = await Gateway.CreateAsync(
            options, logger, TimeProvider.System, path => new DiskFolder(path));

        IOException exception = await Assert.ThrowsAsync<IOException>(
            () => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("address already in use", exception.Message);
        Assert.Empty(log.OfLevel("error"));
    }

    /// <summary>By itself, the system buffers up to 4 MiB of an answer, which count as read.</summary>
    [Fact]
    public async Task Bind_ConnectionsThatItAccepts_BufferWhatTheListenerSays()
    {
        using Socket listener = Listeners.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);

        using Socket accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);

        Assert.InRange(accepted.SendBufferSize, 1, 1 << 20);
        Assert.Equal(listener.SendBufferSize, accepted.SendBufferSize);
    }

    [Fact]
    public async Task Start_SystemdSocketThatIsNotThere_Fails()
    {
        StartException exception = await Assert.ThrowsAsync<StartException>(
            () => RunningGateway.StartAsync("--web.systemd-socket"));

        Assert.Equal("no socket activation file descriptors found", exception.Message);
    }

    [Fact]
    public async Task Start_PortInUse_Fails()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        await Assert.ThrowsAsync<IOException>(
            () => RunningGateway.StartAsync($"--web.listen-address=127.0.0.1:{gateway.Port}"));

        Assert.Equal(200, (await gateway.SendAsync("GET", "/-/ready")).Status);
    }
}
