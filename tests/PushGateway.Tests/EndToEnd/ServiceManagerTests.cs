using System.Globalization;
using System.Net;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>The notifications that a service manager receives from the published binary (systemd's <c>Type=notify</c>).</summary>
public sealed class ServiceManagerTests : GatewayTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Notify_FromStartToEnd_IsReadyWhenItServesThenStopping(bool isAbstract)
    {
        using FakeServiceManager manager =
            isAbstract ? FakeServiceManager.OnAnAbstractSocket() : FakeServiceManager.OnAPath();
        int port = LoopbackPort.Next();
        await using ChildProcess gateway = Start(port, manager);

        await manager.HearUntilAsync("READY=1");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var body = new StringContent("x 1\n");
        using HttpResponseMessage answer = await client.PutAsync(
            new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/metrics/job/a")),
            body,
            TestContext.Current.CancellationToken);
        UnixSignal.Terminate.SendTo(gateway.Id);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("STATUS=stopping", await manager.HearUntilAsync("STOPPING=1"));
        Assert.Equal(0, await gateway.WaitForExitAsync(Deadline.Stop));
    }

    [Fact]
    public async Task Notify_WhatWasStoredCannotBeRestored_IsReadyOnceItCan()
    {
        string file = $"--persistence.file={Path.Combine(_folder.FullName, "store")}";
        GatewayProcess first = await StartGatewayAsync(file);
        using var manager = FakeServiceManager.OnAPath();
        await using ChildProcess second = Start(LoopbackPort.Next(), manager, file);

        string[] lines = await manager.HearUntilAsync(
            lines => lines[0].StartsWith("STATUS=not ready: cannot restore from", StringComparison.Ordinal));
        first.Send(UnixSignal.Terminate);
        string[] ready = await manager.HearUntilAsync(_ => true);

        Assert.Single(lines); // it asks for no more time
        Assert.Equal(0, await first.WaitForExitAsync());
        Assert.Equal(["READY=1", "STATUS=serving"], ready);
        UnixSignal.Terminate.SendTo(second.Id);
        Assert.Equal(0, await second.WaitForExitAsync(Deadline.Stop));
    }

    [Fact]
    public async Task Notify_Watchdog_HearsItAgainAndAgain()
    {
        using var manager = FakeServiceManager.OnAPath();
        await using ChildProcess gateway = Start(
            LoopbackPort.Next(), manager, environment: ("WATCHDOG_USEC", "200000"));

        await manager.HearUntilAsync("READY=1");
        await manager.HearUntilAsync(lines => lines is ["WATCHDOG=1"]);
        await manager.HearUntilAsync(lines => lines is ["WATCHDOG=1"]);

        UnixSignal.Terminate.SendTo(gateway.Id);
        Assert.Contains("WATCHDOG=1", await manager.HearUntilAsync("STOPPING=1"));
        Assert.Equal(0, await gateway.WaitForExitAsync(Deadline.Stop));
    }

    private ChildProcess Start(
        int port, FakeServiceManager manager, string? flag = null, params (string Name, string Value)[] environment) =>
        ChildProcess.Start(
            GatewayBinary.PathOrSkip(),
            [
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
                .. flag is null ? Array.Empty<string>() : [flag],
            ],
            _folder.FullName,
            [("NOTIFY_SOCKET", manager.Address), .. environment]);
}
