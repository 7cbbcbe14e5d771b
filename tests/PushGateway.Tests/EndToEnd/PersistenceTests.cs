using System.Net;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>Acknowledged pushes survive every kind of exit; pushes that cannot be made durable are rejected.</summary>
public sealed class PersistenceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");

    private string File => Path.Combine(_folder.FullName, "store");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Restart_AfterEachKindOfChange_ShowsTheSame()
    {
        string before;
        await using (GatewayProcess gateway = await StartAsync())
        {
            await PutAsync(gateway, "/metrics/job/a", "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 2\nh_count 3\n");
            await PutAsync(gateway, "/metrics/job/b/instance/x", "x{l=\"2\"} -0\nx{l=\"1\"} NaN\n");
            await PutAsync(gateway, "/metrics/job/c", "x 1\nx 1\n", HttpStatusCode.BadRequest);
            await PutAsync(gateway, "/metrics/job/gone", "x 1\n");
            using HttpResponseMessage deleted = await gateway.Client.DeleteAsync(
                "/metrics/job/gone", TestContext.Current.CancellationToken);
            before = await GroupsAsync(gateway);
            gateway.Send(UnixSignal.Kill);
            await gateway.WaitForExitAsync();
        }
        await using (GatewayProcess fromJournal = await StartAsync())
        {
            Assert.Equal(before, await GroupsAsync(fromJournal));
        }
        Assert.False(System.IO.File.Exists(File + ".journal.1"));
        await using GatewayProcess fromSnapshot = await StartAsync("--no-persistence.journal");
        Assert.Equal(before, await GroupsAsync(fromSnapshot));
        Assert.Contains("\"job\":\"c\"", before, StringComparison.Ordinal);
        Assert.DoesNotContain("gone", before, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_DamagedFile_KeepsItAsideAndTheJournalCounts()
    {
        await using (GatewayProcess gateway = await StartAsync())
        {
            await PutAsync(gateway, "/metrics/job/old", "x 1\n");
        }
        await using (GatewayProcess gateway = await StartAsync())
        {
            await PutAsync(gateway, "/metrics/job/new", "x 1\n");
            gateway.Send(UnixSignal.Kill);
            await gateway.WaitForExitAsync();
        }
        byte[] damaged = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        damaged[damaged.Length / 2] ^= 0x40;
        await System.IO.File.WriteAllBytesAsync(File, damaged, TestContext.Current.CancellationToken);

        await using (GatewayProcess gateway = await StartAsync())
        {
            Assert.Contains("\"job\":\"new\"", await GroupsAsync(gateway), StringComparison.Ordinal);
            Assert.Contains("level=error", gateway.Log, StringComparison.Ordinal);
            Assert.Contains("corrupt", gateway.Log, StringComparison.Ordinal);
        }
        string aside = Assert.Single(Directory.GetFiles(_folder.FullName, "store.corrupt-*"));
        Assert.Equal(damaged, await System.IO.File.ReadAllBytesAsync(aside, TestContext.Current.CancellationToken));
    }

    /// <summary>It was acknowledged: a write that was interrupted leaves a record that is too short.</summary>
    [Fact]
    public async Task Start_DamagedLastRecord_PreservesTheJournalAndReportsIt()
    {
        await using (GatewayProcess gateway = await StartAsync())
        {
            await PutAsync(gateway, "/metrics/job/first", "first 1\n");
            await PutAsync(gateway, "/metrics/job/last", "last 1\n");
            gateway.Send(UnixSignal.Kill);
            await gateway.WaitForExitAsync();
        }
        string journal = Assert.Single(Directory.GetFiles(_folder.FullName, "store.journal*"));
        byte[] damaged = await System.IO.File.ReadAllBytesAsync(journal, TestContext.Current.CancellationToken);
        damaged[damaged.AsSpan().LastIndexOf("last 1"u8) + 5] ^= 1;
        await System.IO.File.WriteAllBytesAsync(journal, damaged, TestContext.Current.CancellationToken);

        await using (GatewayProcess gateway = await StartAsync())
        {
            string scrape = await gateway.ScrapeAsync();
            Assert.Contains("\nfirst{instance=\"\",job=\"first\"} 1\n", scrape, StringComparison.Ordinal);
            Assert.Contains("\npushgateway_persistence_damaged_files 1\n", scrape, StringComparison.Ordinal);
            Assert.Contains("\npushgateway_journal_discarded_records 1\n", scrape, StringComparison.Ordinal);
            Assert.Contains("level=error", gateway.Log, StringComparison.Ordinal);
        }
        string preserved = Assert.Single(Directory.GetFiles(_folder.FullName, "store.journal*.corrupt-*"));
        Assert.Equal(damaged, await System.IO.File.ReadAllBytesAsync(preserved, TestContext.Current.CancellationToken));
    }

    /// <summary>Pushes that nobody would find after a restart are not acknowledged.</summary>
    [Theory]
    [InlineData("rm -r")]
    [InlineData("rm")]
    [InlineData("mv")]
    public async Task Push_FolderOrJournalIsRemoved_IsRefusedUntilItIsBack(string by)
    {
        string folder = Path.Combine(_folder.FullName, "folder");
        string file = Path.Combine(folder, "store");
        Directory.CreateDirectory(folder);
        await using GatewayProcess gateway = await GatewayProcess.StartAsync($"--persistence.file={file}");
        await PutAsync(gateway, "/metrics/job/a", "x 1\n");
        switch (by)
        {
            case "rm -r":
                Directory.Delete(folder, recursive: true);
                break;
            case "rm":
                System.IO.File.Delete(file + ".journal");
                break;
            default:
                Directory.Move(folder, folder + ".old");
                break;
        }

        // It recovers by itself where there is a folder.
        if (by != "rm")
        {
            await Deadline.UntilAsync(
                Deadline.Change, "it is not ready", async cancellation => !await gateway.IsReadyAsync(cancellation), () => gateway.Log);
            await PutAsync(gateway, "/metrics/job/b", "x 1\n", HttpStatusCode.ServiceUnavailable);
            Directory.CreateDirectory(folder);
        }
        await Deadline.UntilAsync(
            Deadline.Change,
            "it has written what it holds",
            async cancellation => System.IO.File.Exists(file) && await gateway.IsReadyAsync(cancellation),
            () => gateway.Log);
        await PutAsync(gateway, "/metrics/job/b", "x 1\n");
        gateway.Send(UnixSignal.Kill);
        await gateway.WaitForExitAsync();

        await using GatewayProcess restarted = await GatewayProcess.StartAsync($"--persistence.file={file}");
        Assert.Equal(2, (await restarted.GroupsAsync()).Count);
    }

    [Fact]
    public async Task Start_FolderIsMissing_IsNotReadyUntilItIsThere()
    {
        string folder = Path.Combine(_folder.FullName, "missing");
        await using GatewayProcess gateway = await GatewayProcess.StartUnreadyAsync(
            $"--persistence.file={folder}/store", "--web.enable-admin-api");
        using (HttpResponseMessage push = await gateway.Client.PutAsync(
            "/metrics/job/a", new StringContent("x 1\n"), TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, push.StatusCode);
            Assert.Equal(1, push.Headers.RetryAfter?.Delta?.TotalSeconds);
            string reason = await push.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.StartsWith("cannot restore from store: ", reason, StringComparison.Ordinal);
            Assert.DoesNotContain(_folder.FullName, reason, StringComparison.Ordinal);
            Assert.Contains(_folder.FullName, gateway.Log, StringComparison.Ordinal);
        }

        using (HttpResponseMessage deletion = await gateway.Client.DeleteAsync(
            "/api/v1/groups?search=a", TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, deletion.StatusCode);
        }

        Directory.CreateDirectory(folder);

        await Deadline.UntilAsync(Deadline.Start, "the gateway is ready", gateway.IsReadyAsync, () => gateway.Log);
        await PutAsync(gateway, "/metrics/job/a", "x 1\n");
    }

    [Fact]
    public async Task Start_FileIsAnotherGateways_WaitsUntilThatEnds()
    {
        GatewayProcess first = await StartAsync();
        await using GatewayProcess second = await GatewayProcess.StartUnreadyAsync($"--persistence.file={File}");
        await PutAsync(second, "/metrics/job/a", "x 2\n", HttpStatusCode.ServiceUnavailable);
        await PutAsync(first, "/metrics/job/a", "x 1\n");

        await first.DisposeAsync();

        await Deadline.UntilAsync(Deadline.Start, "the second is ready", second.IsReadyAsync, () => second.Log);
        Assert.Contains("\"job\":\"a\"", await GroupsAsync(second), StringComparison.Ordinal);
    }

    private static async Task PutAsync(
        GatewayProcess gateway, string path, string body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            path, new StringContent(body), TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.StatusCode);
    }

    private static Task<string> GroupsAsync(GatewayProcess gateway) =>
        gateway.Client.GetStringAsync("/api/v1/metrics", TestContext.Current.CancellationToken);

    private Task<GatewayProcess> StartAsync(params IEnumerable<string> flags) =>
        GatewayProcess.StartAsync([$"--persistence.file={File}", .. flags]);
}
