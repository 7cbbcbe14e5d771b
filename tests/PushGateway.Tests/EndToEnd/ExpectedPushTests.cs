using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>A real Prometheus with the deployed alert rules learns that jobs are late, or were never there.</summary>
public sealed class ExpectedPushTests : GatewayTests
{
    private const string Alerts = "ALERTS{alertname=\"PushLate\",alertstate=\"firing\"}";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-expected-");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Prometheus_LateJobAndMissingGroup_FiresForBothUntilTheyPush()
    {
        string file = Path.Combine(_folder.FullName, "lifecycle.yml");
        await File.WriteAllTextAsync(
            file,
            "rules: [{match: '{job=~\"nightly-.*\"}', expect: 1h, required: [{job: nightly-db, instance: db-1}]}]\n",
            TestContext.Current.CancellationToken);
        GatewayProcess gateway = await StartGatewayAsync($"--lifecycle.config.file={file}");
        PrometheusProcess prometheus = StoppedAtTheEnd(await PrometheusProcess.StartDeployedAsync(gateway));

        // Never seen.
        await prometheus.WaitForQueryAsync("push_up", "instance=db-1,job=nightly-db 0");
        await prometheus.WaitForQueryAsync(Alerts, Firing("nightly-db", "db-1"));

        await gateway.PushAsync("job/nightly-db/instance/db-1", "x 1\n");
        await prometheus.WaitForQueryAsync("push_up", "instance=db-1,job=nightly-db 1");
        await prometheus.WaitForQueryAsync(Alerts);

        // Nobody does anything after the push: only time passes.
        await gateway.PushAsync("job/backup/instance/i", "y 1\n", ("Pushgateway-Expect", "8s"));
        await prometheus.WaitForQueryAsync("push_up{job=\"backup\"}", "instance=i,job=backup 1");
        await prometheus.WaitForQueryAsync("push_expected_interval_seconds{job=\"backup\"}", "instance=i,job=backup 8");
        await prometheus.WaitForQueryAsync("push_up{job=\"backup\"}", "instance=i,job=backup 0");
        await prometheus.WaitForQueryAsync(Alerts, Firing("backup", "i"));

        // A deletion does not silence what is required.
        using HttpResponseMessage deletion = await gateway.Client.DeleteAsync(
            "/metrics/job/nightly-db/instance/db-1", TestContext.Current.CancellationToken);
        await gateway.PushAsync("job/backup/instance/i", "y 1\n", ("Pushgateway-Expect", "1h"));
        await prometheus.WaitForQueryAsync(Alerts, Firing("nightly-db", "db-1"));
        await prometheus.WaitForQueryAsync("push_up == 0 unless push_time_seconds", "instance=db-1,job=nightly-db 0");
        await prometheus.AssertScrapesAreCleanAsync();
    }

    private static string Firing(string job, string instance) =>
        $"alertname=PushLate,alertstate=firing,instance={instance},job={job},severity=warning 1";
}
