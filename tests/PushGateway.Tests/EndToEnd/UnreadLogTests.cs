using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>Standard error is a full pipe that nobody reads.</summary>
public sealed partial class UnreadLogTests : GatewayTests
{
    /// <summary>The capacity of a pipe.</summary>
    private const int PipeBytes = 1 << 16;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-unread-");

    private string Pipe => Path.Combine(_folder.FullName, "log");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Requests_LogIsNotRead_AreAnswered()
    {
        GatewayProcess gateway = await StartAsync("--log.level=debug");

        await RejectAsync(gateway, pushes: 60, valueLength: 10);

        Assert.Equal(HttpStatusCode.OK, await gateway.StatusAsync("/-/healthy", TestContext.Current.CancellationToken));
        await PutAsync(gateway, "good 1\n", HttpStatusCode.OK);
        Assert.Contains("good{instance=\"\",job=\"a\"} 1\n", await gateway.ScrapeAsync(), StringComparison.Ordinal);
        gateway.Send(UnixSignal.Terminate);
        Assert.Equal(0, await gateway.WaitForExitAsync());
    }

    /// <summary>Without the second signal it would wait for the body, and end with 0.</summary>
    [Fact]
    public async Task SecondSignal_LogIsNotRead_EndsAtOnce()
    {
        GatewayProcess gateway = await StartAsync();
        await RejectAsync(gateway, pushes: 60, valueLength: 10);
        using RawClient client = await RawClient.ConnectAsync(gateway.Port);
        await client.SendAsync("PUT /metrics/job/stuck HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf 1\n");
        Assert.NotEqual("", await gateway.ScrapeAsync());

        gateway.Send(UnixSignal.Terminate);
        await Deadline.UntilAsync(Deadline.Stop, "it does not listen any more", _ => IsGoneAsync(gateway.Port));
        gateway.Send(UnixSignal.Terminate);

        Assert.Equal(143, await gateway.WaitForExitAsync());
    }

    [Fact]
    public async Task Queue_Full_DropsLinesCountsThemAndSaysSoOnceTheyAreRead()
    {
        GatewayProcess gateway = await StartAsync();
        Assert.Contains("\npushgateway_log_lines_dropped_total 0\n", await gateway.ScrapeAsync(), StringComparison.Ordinal);

        await RejectAsync(gateway, pushes: 300, valueLength: 8_000);

        string dropped = DroppedLines().Match(await gateway.ScrapeAsync()).Groups["count"].Value;
        Assert.NotEqual("0", dropped);
        using CancellationTokenSource deadline = Deadline.Of(Deadline.Change);
        using var reader = new StreamReader(Pipe, Encoding.UTF8);
        string? line = "";
        while (line?.Contains("msg=\"log lines were dropped", StringComparison.Ordinal) == false)
        {
            line = await reader.ReadLineAsync(deadline.Token);
        }
        Assert.EndsWith($" lines={dropped}", line, StringComparison.Ordinal);
    }

    /// <summary>The process has the pipe open for reading, too, so that writing to it waits.</summary>
    private async Task<GatewayProcess> StartAsync(params string[] flags) => StoppedAtTheEnd(
        await GatewayProcess.StartByScriptAsync(
            $"mkfifo {Pipe}; exec 3<>{Pipe}; head -c {PipeBytes} /dev/zero >&3; exec \"$0\" \"$@\" 2>&3", flags));

    /// <summary>Each push is logged with the value of its label.</summary>
    private static async Task RejectAsync(GatewayProcess gateway, int pushes, int valueLength)
    {
        string sample = $"bad{{label=\"{new string('v', valueLength)}\"}} 1\n";
        for (int push = 0; push < pushes; push++)
        {
            await PutAsync(gateway, sample + sample, HttpStatusCode.BadRequest);
        }
    }

    private static async Task PutAsync(GatewayProcess gateway, string body, HttpStatusCode status)
    {
        using CancellationTokenSource deadline = Deadline.Of(Deadline.Change);
        using var content = new StringContent(body);
        using HttpResponseMessage answer = await gateway.Client.PutAsync("/metrics/job/a", content, deadline.Token);
        Assert.Equal(status, answer.StatusCode);
    }

    private static async Task<bool> IsGoneAsync(int port)
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

    [GeneratedRegex(@"\npushgateway_log_lines_dropped_total (?<count>[0-9.e+]+)\n")]
    private static partial Regex DroppedLines();
}
