using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>docs/tutorial.md, followed without containers: the shown output appears, up to the firing alert.</summary>
public sealed class TutorialTests : GatewayTests
{
    [Fact]
    public async Task Commands_InOrder_ShowWhatThePageShows()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        PrometheusProcess prometheus = StoppedAtTheEnd(await PrometheusProcess.StartDeployedAsync(gateway));
        PageScript[] scripts =
        [
            .. PageScript.Of("tutorial.md").Where(script => script.Script.Contains("http://localhost:90", StringComparison.Ordinal)
                && !script.Script.StartsWith("#!", StringComparison.Ordinal)),
        ];
        Assert.True(scripts.Length >= 6);

        foreach (PageScript script in scripts)
        {
            string command = "curl() { command curl --fail-with-body \"$@\"; }\n" + script.Script
                .Replace("http://localhost:9091", gateway.Address, StringComparison.Ordinal)
                .Replace("http://localhost:9090", prometheus.Address, StringComparison.Ordinal)
                .Replace("Pushgateway-Expect: 30s", "Pushgateway-Expect: 2s", StringComparison.Ordinal);
            string shown = "";
            await Deadline.UntilAsync(
                Deadline.Change,
                script.Script,
                async _ => script.IsShownBy(shown = await gateway.ShellAsync(command)),
                () => shown);
        }

        Assert.Empty(await gateway.GroupsAsync());
    }

    [Fact]
    public async Task CronJob_OfThePage_PushesItsSuccess()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        string job = PageScript.Of("tutorial.md").Single(script => script.Script.StartsWith("#!", StringComparison.Ordinal)).Script;

        await gateway.ShellAsync(
            "pg_dump() { :; }\n" + job.Replace("http://localhost:9091", gateway.Address, StringComparison.Ordinal));

        StoredGroup group = await gateway.GroupAsync();
        Assert.Equal("backup", group.Labels["job"]);
        Assert.Contains("backup_last_success_timestamp_seconds{", await gateway.ScrapeAsync());
    }
}
