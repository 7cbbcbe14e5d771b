using System.Text.RegularExpressions;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>Persistence files of the Go Pushgateway that are read here, written here, and read by Go again.</summary>
public sealed partial class GoPersistenceFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");

    private string GoFile => Path.Combine(_folder.FullName, "go.data");

    private string OurFile => Path.Combine(_folder.FullName, "ours.data");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Write_GroupsThatGoStored_AreTheSameToGo()
    {
        string scrape;
        string[] groups;
        await using (GoPushgatewayProcess go = await GoPushgatewayProcess.StartAsync(GoFile))
        {
            await go.PushAsync(
                "/metrics/job/backup/instance/host-1",
                "# HELP bytes_total A \\\\ and\\na line.\n# TYPE bytes_total counter\n"
                + "bytes_total{v=\"a\\\"b\\\\c\\nd\"} 1.5e+12\n"
                + "# TYPE s summary\ns{quantile=\"0.99\"} NaN\ns_sum 10\ns_count 4\n"
                + "# TYPE h histogram\nh_bucket{le=\"0.5\"} 3\nh_bucket{le=\"+Inf\"} 5\nh_sum 4.25\nh_count 5\n");
            await go.PushAsync("/metrics/job@base64/L3Zhci90bXA/label/%E4%B8%AD%E6%96%87", "m -Inf\n");
            await go.PushAsync("/metrics/job/empty", "");
            scrape = await go.ScrapeAsync();
            groups = await go.GroupsAsync();
            await go.StopAsync();
        }

        WriteAgain(new Dictionary<string, string> { ["a name that Go does not know"] = "any text" });

        await using GoPushgatewayProcess again = await GoPushgatewayProcess.StartAsync(OurFile);
        Assert.Contains("bytes_total", scrape, StringComparison.Ordinal);
        Assert.Equal(scrape, await again.ScrapeAsync());
        Assert.Equal(groups, await again.GroupsAsync());
    }

    /// <summary>Go finds a group by the key of the map, not by the group's labels.</summary>
    [Fact]
    public async Task Write_GroupsThatGoStored_CanBeReplacedAndDeletedByGo()
    {
        await using (GoPushgatewayProcess go = await GoPushgatewayProcess.StartAsync(GoFile))
        {
            await go.PushAsync("/metrics/job/backup/instance/host-1", "a 1\n");
            await go.PushAsync("/metrics/job/backup/zone/", "b 1\n");
            await go.PushAsync("/metrics/job@base64/L3Zhci90bXA/label/%E4%B8%AD%E6%96%87", "c 1\n");
            await go.StopAsync();
        }

        WriteAgain([]);

        await using GoPushgatewayProcess again = await GoPushgatewayProcess.StartAsync(OurFile);
        await again.PushAsync("/metrics/job/backup/instance/host-1", "a 2\n");
        await again.DeleteAsync("/metrics/job/backup/zone/");
        await again.DeleteAsync("/metrics/job@base64/L3Zhci90bXA/label/%E4%B8%AD%E6%96%87");
        IEnumerable<string> samples = (await again.ScrapeAsync()).Split('\n').Where(line => line is ['a' or 'b' or 'c', '{', ..]);
        Assert.Equal("a{instance=\"host-1\",job=\"backup\"} 2", Assert.Single(samples));
    }

    /// <summary>Go skips what it does not know, and does not write it again.</summary>
    [Fact]
    public async Task Read_FileWithTimesToLive_GoLosesOnlyThem()
    {
        string ours;
        await using (GatewayProcess before = await GatewayProcess.StartAsync($"--persistence.file={OurFile}"))
        {
            await before.PushAsync(
                "job/a/instance/i", "x 1\n", ("Pushgateway-TTL", "1d"), ("Pushgateway-Expect", "26h"));
            await before.PushAsync("job/b", "# TYPE y counter\ny{l=\"1\"} 2\n", ("Pushgateway-TTL", "2h"));
            await before.PushAsync("job/c", "z 3\n");
            ours = await GroupsAsync(before);
        }
        Assert.Contains("\"ttl\":86400", ours, StringComparison.Ordinal);
        await using (GoPushgatewayProcess go = await GoPushgatewayProcess.StartAsync(OurFile))
        {
            Assert.Equal(3, (await go.GroupsAsync()).Length);
            Assert.Contains("\ny{instance=\"\",job=\"b\",l=\"1\"} 2\n", await go.ScrapeAsync(), StringComparison.Ordinal);

            // It writes the file only if something has changed.
            await go.PushAsync("/metrics/job/d", "v 4\n");
            await go.DeleteAsync("/metrics/job/d");
            await go.StopAsync();
        }

        await using GatewayProcess after = await GatewayProcess.StartAsync($"--persistence.file={OurFile}");
        Assert.Equal(Lifecycle().Replace(ours, "${name}null"), await GroupsAsync(after));
        Assert.DoesNotContain("level=error", after.Log, StringComparison.Ordinal);
    }

    /// <summary>All groups as the API has them.</summary>
    private static async Task<string> GroupsAsync(GatewayProcess gateway)
    {
        string json = await gateway.Client.GetStringAsync("/api/v1/groups", TestContext.Current.CancellationToken);
        return json[json.IndexOf("\"groups\":[", StringComparison.Ordinal)..];
    }

    [GeneratedRegex("(?<name>\"(ttl|expires|expected_interval|late)\":)[^,}]+", RegexOptions.ExplicitCapture)]
    private static partial Regex Lifecycle();

    private void WriteAgain(Dictionary<string, string> extra)
    {
        using FileStream read = File.OpenRead(GoFile);
        using FileStream written = File.Create(OurFile);
        GobSnapshotWriter.Write(
            written, GobSnapshotReader.Read(read).Select(group => group with { Extra = extra }));
    }
}
