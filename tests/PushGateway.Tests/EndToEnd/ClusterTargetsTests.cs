using System.Globalization;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>A real Prometheus that finds the replicas by /api/v1/cluster/targets.</summary>
public sealed class ClusterTargetsTests(PostgresServer postgres) : GatewayTests, IClassFixture<PostgresServer>
{
    private readonly string _cluster = postgres.NextCluster();

    [Fact]
    public async Task Targets_OfReplicas_AreScrapedAndADeadOneIsDown()
    {
        PostgresServer.BinaryOrSkip("postgres");
        (GatewayProcess first, string firstName) = await StartReplicaAsync();
        (GatewayProcess second, string secondName) = await StartReplicaAsync();
        (GatewayProcess third, string thirdName) = await StartReplicaAsync();
        PrometheusProcess prometheus = StoppedAtTheEnd(await PrometheusProcess.StartDiscoveringAsync(second));
        using var body = new StringContent("m 1\n");
        (await third.Client.PutAsync("/metrics/job/a", body, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();

        await prometheus.WaitForQueryAsync("up", Up(firstName, 1), Up(secondName, 1), Up(thirdName, 1));
        await prometheus.WaitForQueryAsync("m", $"cluster={_cluster},job=a 1");

        UnixSignal.Kill.SendTo(first.ProcessId);
        UnixSignal.Terminate.SendTo(third.ProcessId);

        await prometheus.WaitForQueryAsync("up", Up(firstName, 0), Up(secondName, 1));
        await prometheus.WaitForQueryAsync("m", $"cluster={_cluster},job=a 1");
    }

    private string Up(string instance, int value) =>
        string.Create(CultureInfo.InvariantCulture, $"cluster={_cluster},instance={instance},job=pushgateway {value}");

    private async Task<(GatewayProcess Process, string Name)> StartReplicaAsync()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{LoopbackPort.Next()}");
        GatewayProcess process = await StartGatewayAsync(
            $"--cluster.postgres={postgres.Url}", $"--cluster.name={_cluster}", $"--cluster.replica={name}",
            $"--web.listen-address={name}", "--cluster.scrape=lease");
        return (process, name);
    }
}
