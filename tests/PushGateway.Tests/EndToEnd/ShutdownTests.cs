using System.Globalization;
using System.Net;
using System.Text;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>The order of a shutdown, and the immediate exit on a second signal.</summary>
public sealed class ShutdownTests : GatewayTests
{
    private const int MaxAttempts = 20;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");

    private string File => Path.Combine(_folder.FullName, "store");

    private string Unfinished => File + ".snapshot-in-progress";

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Signal_WhileAPushIsUnderWay_TakesItToItsEndAndNoOther()
    {
        GatewayProcess gateway = await StartGatewayAsync($"--persistence.file={File}");
        using RawClient client = await RawClient.ConnectAsync(gateway.Port);
        await client.SendAsync("PUT /metrics/job/last HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nx ");
        Assert.NotEqual("", await gateway.ScrapeAsync());

        gateway.Send(UnixSignal.Terminate);
        await Deadline.UntilAsync(
            Deadline.Stop, "nothing is accepted any more", _ => RefusesConnectionsAsync(gateway.Port), () => gateway.Log);
        await client.SendAsync("1\n");

        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await gateway.WaitForExitAsync());
        Assert.Equal([File], Directory.GetFiles(_folder.FullName));
        GatewayProcess restarted = await StartGatewayAsync($"--persistence.file={File}");
        Assert.Equal("1", (await restarted.GroupAsync()).ValueOf("x"));
    }

    [Theory]
    [InlineData(UnixSignal.Interrupt, 130)]
    [InlineData(UnixSignal.Quit, 131)]
    [InlineData(UnixSignal.Terminate, 143)]
    public async Task SecondSignal_WhileAPushIsWaitedFor_EndsAtOnceAndLosesNothing(UnixSignal second, int exitCode)
    {
        GatewayProcess gateway = await StartGatewayAsync($"--persistence.file={File}");
        await PutAsync(gateway, "x 1\n");
        using RawClient client = await RawClient.ConnectAsync(gateway.Port);
        await client.SendAsync("PUT /metrics/job/stuck HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf 1\n");
        Assert.NotEqual("", await gateway.ScrapeAsync());

        gateway.Send(UnixSignal.Terminate);
        await Deadline.UntilAsync(
            Deadline.Stop, "the first is seen", _ => Task.FromResult(HasSeenSignal(gateway)), () => gateway.Log);
        gateway.Send(second);

        Assert.Equal(exitCode, await gateway.WaitForExitAsync());
        Assert.False(System.IO.File.Exists(File));
        GatewayProcess restarted = await StartGatewayAsync($"--persistence.file={File}");
        Assert.Equal("1", (await restarted.GroupAsync()).ValueOf("x"));
    }

    /// <summary>
    /// The gateway is stopped while the file of the last snapshot is there and unfinished, so that the second signal
    /// waits for it when it goes on. If it reaches the end first, the test tries again.
    /// </summary>
    [Fact]
    public async Task SecondSignal_WhileTheLastSnapshotIsWritten_EndsAtOnceAndLosesNothing()
    {
        string body = string.Concat(Enumerable.Range(0, 400_000).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"x{{series=\"{i:D6}\",padding=\"{i % 7}\"}} {i}\n")));
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            GatewayProcess gateway = await StartGatewayAsync($"--persistence.file={File}");
            await PutAsync(gateway, body);
            gateway.Send(UnixSignal.Terminate);
            if (!await TryStopInLastSnapshotAsync(gateway))
            {
                Assert.Equal(0, await gateway.WaitForExitAsync());
                continue;
            }
            gateway.Send(UnixSignal.Terminate);
            gateway.Send(UnixSignal.Continue);
            int exitCode = await gateway.WaitForExitAsync();
            if (exitCode == 0 && !System.IO.File.Exists(Unfinished))
            {
                continue;
            }

            Assert.Equal(143, exitCode);
            Assert.True(System.IO.File.Exists(Unfinished));
            GatewayProcess restarted = await StartGatewayAsync($"--persistence.file={File}");
            Assert.Contains(
                "\nx{instance=\"\",job=\"a\",padding=\"5\",series=\"399999\"} 399999\n", await restarted.ScrapeAsync());
            Assert.False(System.IO.File.Exists(Unfinished));
            return;
        }
        Assert.Fail($"the last snapshot was over too soon, {MaxAttempts} times");
    }

    [Fact]
    public async Task Signal_LastSnapshotCannotBeWritten_EndsWithExitCode1()
    {
        GatewayProcess gateway = await StartGatewayAsync($"--persistence.file={File}", "--no-persistence.journal");
        await PutAsync(gateway, "x 1\n");

        // A folder of that name cannot be deleted like a file, even if root runs the test.
        Directory.CreateDirectory(Path.Combine(Unfinished, "in the way"));
        gateway.Send(UnixSignal.Terminate);

        Assert.Equal(1, await gateway.WaitForExitAsync());
        Assert.Contains("error persisting metrics", gateway.Log, StringComparison.Ordinal);
    }

    private static bool HasSeenSignal(GatewayProcess gateway) =>
        gateway.Log.Contains("exiting gracefully", StringComparison.Ordinal);

    private async Task<bool> TryStopInLastSnapshotAsync(GatewayProcess gateway)
    {
        // In a loop without a pause: the file is there for milliseconds.
        while (!gateway.HasExited)
        {
            if (!System.IO.File.Exists(Unfinished))
            {
                await Task.Yield();
                continue;
            }
            gateway.Send(UnixSignal.Stop);
            if (System.IO.File.Exists(Unfinished))
            {
                return true;
            }
            gateway.Send(UnixSignal.Continue);
            return false;
        }
        return false;
    }

    private static async Task<bool> RefusesConnectionsAsync(int port)
    {
        try
        {
            using RawClient client = await RawClient.ConnectAsync(port);
            return false;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return true;
        }
    }

    private static async Task PutAsync(GatewayProcess gateway, string text)
    {
        using var body = new StringContent(text, Encoding.UTF8);
        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            "/metrics/job/a", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
