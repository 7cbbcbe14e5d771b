using PushGateway.CommandLine;
using PushGateway.Metrics;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Durability;

public sealed class PersistenceMetricsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");

    private string PersistenceFile => $"--persistence.file={Path.Combine(_folder.FullName, "store")}";

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Scrape_WithoutAFile_ShowsNothingOfIt()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");

        Assert.Empty(await OwnLinesAsync(gateway));
    }

    [Fact]
    public async Task Scrape_WithAFile_DeclaresEachFamilyAsItIsReserved()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(PersistenceFile, "--persistence.interval=0");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");
        await UntilSnapshotAsync(gateway);

        string[] lines = await OwnLinesAsync(gateway);

        Assert.Equal(
            new GatewayMetrics(new GatewayOptions { PersistenceFile = "store" }, BuildInfo.Current, TimeProvider.System).Reserved
                .Where(family => IsOfPersistence(family.Name.ToString()))
                .SelectMany(family => (string[])[
                    $"# HELP {family.Name} {family.Help}",
                    $"# TYPE {family.Name} {family.Type.ToString().ToLowerInvariant()}",
                ])
                .Order(),
            lines.Where(line => line.StartsWith('#')).Order());
    }

    [Fact]
    public async Task Scrape_AfterPushesASnapshotAndARestart_CountsThem()
    {
        await using (RunningGateway gateway = await RunningGateway.StartAsync(PersistenceFile))
        {
            await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");
            await gateway.SendAsync("PUT", "/metrics/job/b", "x 1\n");
            string[] lines = await OwnLinesAsync(gateway);
            Assert.Contains("pushgateway_journal_records 2", lines);
            Assert.Contains($"pushgateway_journal_size_bytes {gateway.Persistence.JournalBytes}", lines);
            Assert.Contains("pushgateway_journal_fsync_duration_seconds_count 2", lines);
            Assert.Contains("pushgateway_journal_failures_total 0", lines);
            Assert.Contains("pushgateway_persistence_snapshot_failures_total 0", lines);
            Assert.DoesNotContain(lines, line => line.Contains("last_snapshot", StringComparison.Ordinal));
        }
        await using RunningGateway restarted = await RunningGateway.StartAsync(PersistenceFile, "--persistence.interval=0");
        Assert.Contains("pushgateway_persistence_restored_groups 2", await OwnLinesAsync(restarted));
        await restarted.SendAsync("PUT", "/metrics/job/c", "x 1\n");
        await UntilSnapshotAsync(restarted);
        await Deadline.UntilAsync(Deadline.Change, "the journal is empty", async _ =>
            (await OwnLinesAsync(restarted)).Contains("pushgateway_journal_records 0"));
        Assert.Contains("pushgateway_persistence_last_snapshot_timestamp_seconds 1.7e+09", await OwnLinesAsync(restarted));
    }

    [Fact]
    public async Task Scrape_WithoutAJournal_ShowsNothingOfIt()
    {
        await using RunningGateway gateway =
            await RunningGateway.StartAsync(PersistenceFile, "--no-persistence.journal");

        string[] lines = await OwnLinesAsync(gateway);

        Assert.DoesNotContain(lines, line => line.Contains("_journal_", StringComparison.Ordinal));
        Assert.Contains("pushgateway_persistence_restored_groups 0", lines);
    }

    /// <summary>Such as the scrape of another gateway, pushed to this one.</summary>
    [Fact]
    public async Task Push_FamilyOfTheSameName_StandsBesideOursOrIsRefused()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(PersistenceFile);
        const string Name = "pushgateway_persistence_restored_groups";

        RawAnswer fits = await gateway.SendAsync("PUT", "/metrics/job/a", $"# TYPE {Name} gauge\n{Name} 7\n");
        RawAnswer clashes = await gateway.SendAsync("PUT", "/metrics/job/b", $"# TYPE {Name} counter\n{Name} 7\n");

        Assert.Equal((200, 400), (fits.Status, clashes.Status));
        string[] lines = await OwnLinesAsync(gateway);
        Assert.Contains($"{Name} 0", lines);
        Assert.Contains($"{Name}{{instance=\"\",job=\"a\"}} 7", lines);
    }

    private static Task UntilSnapshotAsync(RunningGateway gateway) => Deadline.UntilAsync(
        Deadline.Change, "a snapshot is written", _ => Task.FromResult(gateway.Persistence.SnapshotAt is not null));

    private static async Task<string[]> OwnLinesAsync(RunningGateway gateway) =>
    [
        .. (await gateway.SendAsync("GET", "/metrics")).Body.Split('\n')
            .Where(IsOfPersistence),
    ];

    private static bool IsOfPersistence(string line) =>
        line.Contains("pushgateway_persistence_", StringComparison.Ordinal)
        || line.Contains("pushgateway_journal_", StringComparison.Ordinal);
}
