using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Disk;

/// <summary>
/// A disk that temporarily rejects writes. Pushes and readiness get 503 with the cause, scrapes continue, and when the disk
/// accepts writes again, the gateway recovers. Acknowledged pushes survive a kill after that.
/// </summary>
public sealed partial class DiskTests : IDisposable
{
    /// <summary>Also how soon it recovers.</summary>
    private const string Interval = "--persistence.interval=100ms";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");
    private readonly List<int> _acknowledged = [];
    private int _pushed;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Push_DiskIsFull_IsRefusedUntilThereIsRoom()
    {
        using var disk = SmallDisk.MountOrSkip();
        await using (GatewayProcess gateway = await StartAsync(disk.File))
        {
            await PushUntilRefusedAsync(gateway, disk.Fill);
            await AssertRefusesAsync(gateway, "No space left on device");
            disk.MakeRoom();
            await AssertRecoversAsync(gateway);
            await KillAsync(gateway);
        }
        await AssertRestartsAsync(disk.File);
    }

    /// <summary>With the default size of a journal, which exceeds the disk. The gateway recovers without help.</summary>
    [Fact]
    public async Task Push_JournalFillsTheDisk_RecoversByItself()
    {
        const int Pushes = 3000;
        using var disk = SmallDisk.MountOrSkip();
        await using (GatewayProcess gateway = await GatewayProcess.StartAsync($"--persistence.file={disk.File}"))
        {
            for (int i = 0; i < Pushes; i++)
            {
                await Deadline.UntilAsync(
                    Deadline.Change,
                    $"push {i} is accepted",
                    async _ => await PushAsync(gateway, 1 + (i % 20), i) == HttpStatusCode.OK,
                    () => gateway.Log);
            }
            await KillAsync(gateway);
        }
        await using GatewayProcess restarted = await StartAsync(disk.File);
        string scrape = await restarted.ScrapeAsync();
        Assert.All(
            Enumerable.Range(Pushes - 20, 20), i => Assert.Contains($"job=\"disk\"}} {i}\n", scrape, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_DiskIsStillFull_ShowsWhatWasAcknowledgedAndRecovers()
    {
        using var disk = SmallDisk.MountOrSkip();
        await using (GatewayProcess gateway = await StartAsync(disk.File))
        {
            await PushUntilRefusedAsync(gateway, disk.Fill);
            await KillAsync(gateway);
        }
        disk.Fill();
        await using (GatewayProcess gateway = await StartUnreadyAsync(disk.File))
        {
            await AssertRefusesAsync(gateway, "No space left on device");
            disk.MakeRoom();
            await AssertRecoversAsync(gateway);
            await KillAsync(gateway);
        }
        await AssertRestartsAsync(disk.File);
    }

    [Fact]
    public async Task Start_DiskIsReadOnly_ShowsWhatWasAcknowledgedAndRecovers()
    {
        using var disk = SmallDisk.MountOrSkip();
        await using (GatewayProcess gateway = await GatewayProcess.StartAsync($"--persistence.file={disk.File}"))
        {
            await PushAsync(gateway);
            await KillAsync(gateway);
        }
        disk.SetReadOnly(true);
        await using (GatewayProcess gateway = await StartUnreadyAsync(disk.File))
        {
            await AssertRefusesAsync(gateway, "Read-only file system");
            disk.SetReadOnly(false);
            await AssertRecoversAsync(gateway);
            await KillAsync(gateway);
        }
        await AssertRestartsAsync(disk.File);
    }

    [Fact]
    public async Task Push_FilesMayNotGrow_IsRefusedUntilTheyMay()
    {
        string file = Path.Combine(_folder.FullName, "store");
        await using (GatewayProcess gateway = await StartAsync(file))
        {
            await PushUntilRefusedAsync(gateway, () => FileSizeLimit.Set(gateway.ProcessId, 5000));
            await AssertRefusesAsync(gateway, "File too large");
            FileSizeLimit.Lift(gateway.ProcessId);
            await AssertRecoversAsync(gateway);
            await KillAsync(gateway);
        }
        await AssertRestartsAsync(file);
    }

    private static Task<GatewayProcess> StartAsync(string file) =>
        GatewayProcess.StartAsync($"--persistence.file={file}", Interval);

    private static Task<GatewayProcess> StartUnreadyAsync(string file) =>
        GatewayProcess.StartUnreadyAsync($"--persistence.file={file}", Interval);

    private static async Task KillAsync(GatewayProcess gateway)
    {
        gateway.Send(UnixSignal.Kill);
        await gateway.WaitForExitAsync();
    }

    /// <summary>Pushes while the disk has room, and on until the gateway reports that it is full.</summary>
    private async Task PushUntilRefusedAsync(GatewayProcess gateway, Action takeRoom)
    {
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await PushAsync(gateway));
        }
        takeRoom();
        await Deadline.UntilAsync(
            Deadline.Change, "a push is refused", async _ => await PushAsync(gateway) != HttpStatusCode.OK);
    }

    private async Task AssertRefusesAsync(GatewayProcess gateway, string cause)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using var body = new StringContent("x 1\n");
        await AssertUnavailableAsync(cause, gateway.Client.PutAsync("/metrics/job/refused", body, cancellation));
        string there = $"/metrics/job/disk/instance/{_acknowledged[0]}";
        await AssertUnavailableAsync(cause, gateway.Client.DeleteAsync(there, cancellation));
        await AssertUnavailableAsync(cause, gateway.Client.GetAsync("/-/ready", cancellation));
        await AssertHoldsAsync(gateway);
    }

    private static async Task AssertUnavailableAsync(string cause, Task<HttpResponseMessage> answering)
    {
        using HttpResponseMessage answer = await answering;
        string reason = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains(cause, reason, StringComparison.Ordinal);
    }

    private async Task AssertRecoversAsync(GatewayProcess gateway)
    {
        await Deadline.UntilAsync(Deadline.Change, "it is ready again", gateway.IsReadyAsync, () => gateway.Log);
        Assert.Equal(HttpStatusCode.OK, await PushAsync(gateway));
        await AssertHoldsAsync(gateway);
    }

    private async Task AssertRestartsAsync(string file)
    {
        await using GatewayProcess gateway = await StartAsync(file);
        await AssertHoldsAsync(gateway);
        Assert.Equal(HttpStatusCode.OK, await PushAsync(gateway));
    }

    /// <summary>To a group of its own, of two thousand bytes.</summary>
    private async Task<HttpStatusCode> PushAsync(GatewayProcess gateway)
    {
        int number = ++_pushed;
        HttpStatusCode status = await PushAsync(gateway, number, number);
        if (status == HttpStatusCode.OK)
        {
            _acknowledged.Add(number);
        }
        return status;
    }

    private static async Task<HttpStatusCode> PushAsync(GatewayProcess gateway, int instance, int value)
    {
        using var body = new StringContent($"# HELP pushed {new string('x', 1900)}\npushed {value}\n");
        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            $"/metrics/job/disk/instance/{instance}", body, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>All acknowledged pushes, and no push rejected before them.</summary>
    private async Task AssertHoldsAsync(GatewayProcess gateway)
    {
        string scrape = await gateway.ScrapeAsync();
        IEnumerable<int> held = Pushed().Matches(scrape).Select(
            match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        Assert.Empty(_acknowledged.Except(held));
        Assert.DoesNotContain("job=\"refused\"", scrape, StringComparison.Ordinal);
    }

    [GeneratedRegex("""^pushed\{instance="\d+",job="disk"\} (\d+)$""", RegexOptions.Multiline)]
    private static partial Regex Pushed();
}
