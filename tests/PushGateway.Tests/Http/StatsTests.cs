using System.Text.Json;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

public sealed class StatsTests
{
    [Fact]
    public async Task Stats_OfAGateway_ShowWhatItHolds()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(
            "--web.enable-admin-api", "--no-persistence.journal", "--web.external-url=http://x/pre");
        await gateway.SendAsync("PUT", "/pre/metrics/job/a", "x{l=\"1\"} 1\nx{l=\"2\"} 2\n");
        await gateway.SendAsync("PUT", "/pre/metrics/job/b", "x 1\n");
        await gateway.SendAsync("PUT", "/pre/metrics/job/b", "x{\n");
        await gateway.SendAsync("PUT", "/pre/metrics/job/b", "x 1\nx 2\n");
        await gateway.SendAsync("PUT", "/pre/metrics/job/b/odd", "x 1\n");
        await gateway.SendAsync("PUT", "/pre/metrics/job/%ff", "x 1\n");

        JsonElement data = await GroupsTests.DataAsync(gateway, "/pre/api/v1/stats");

        Assert.Equal(
            [
                "time", "start", "groups", "series", "families", "bytes", "quarantined", "pushes", "ages", "top_metrics",
                "top_jobs", "top_labels", "memory", "persistence", "server",
            ],
            data.EnumerateObject().Select(property => property.Name));
        Assert.Equal(1_700_000_000, data.GetProperty("time").GetDouble());
        Assert.Equal(1_700_000_000, data.GetProperty("start").GetDouble());
        Assert.Equal(2, data.GetProperty("groups").GetInt32());
        Assert.Equal(7, data.GetProperty("series").GetInt32());
        Assert.Equal(3, data.GetProperty("families").GetInt32());
        JsonElement pushes = data.GetProperty("pushes");
        Assert.Equal((10, 1_700_000_010), (pushes.GetProperty("step").GetInt32(), pushes.GetProperty("end").GetInt64()));
        Assert.Equal((360, 2), Last(pushes.GetProperty("accepted")));
        Assert.Equal((360, 4), Last(pushes.GetProperty("rejected")));
        Assert.StartsWith("""[{"le":60,"groups":2},{"le":300,"groups":0},""", data.GetProperty("ages").GetRawText());
        Assert.Equal((8, "+Inf"), (data.GetProperty("ages").GetArrayLength(), data.GetProperty("ages")[7].GetProperty("le").GetString()));
        Assert.Equal("""{"name":"x","series":3,"groups":2}""", data.GetProperty("top_metrics")[0].GetRawText());
        Assert.Equal(
            """[{"value":"a","series":4,"groups":1},{"value":"b","series":3,"groups":1}]""",
            data.GetProperty("top_jobs").GetRawText());
        Assert.Equal("""[{"name":"job","values":2,"groups":2}]""", data.GetProperty("top_labels").GetRawText());
        Assert.InRange(data.GetProperty("memory").GetProperty("resident_bytes").GetInt64(), 1 << 20, 1L << 40);
        Assert.InRange(data.GetProperty("memory").GetProperty("heap_bytes").GetInt64(), 1 << 16, 1L << 40);
        Assert.False(data.GetProperty("persistence").GetProperty("enabled").GetBoolean());
        Assert.Equal(
            $$$"""
            {"changed_flags":["persistence.journal","web.enable-admin-api","web.external-url","web.listen-address"],
            "listeners":["127.0.0.1:{{{gateway.Port}}}"],"admin_api":true,
            "limits":{"request_header_bytes":1048576,"request_headers":10000,"body_bytes":67108864,
            "body_bytes_per_second":240,"rendered_push_bytes":536870912,"push_series":1000000,"labels":256,
            "name_bytes":16384,"value_bytes":131072,"stored_series":0,"stored_groups":0,"requests":5000},
            "own_flags":{"access.config.file":"","cluster.max-staleness":"1m","cluster.name":"pushgateway","cluster.postgres":"","cluster.postgres-file":"",
            "cluster.replica":"","cluster.scrape":"all","lifecycle.config.file":"","persistence.fsync":"always","persistence.journal":"false","persistence.journal-max-size":"256MiB",
            "push.default-job":"","push.idempotency-keys":"100000","push.legacy-accepted-status":"false","push.lenient":"false",
            "push.max-body-size":"64MiB","push.max-labels":"256","push.max-name-length":"16KiB","push.max-series":"1000000",
            "push.max-value-length":"128KiB","push.quarantine-inconsistent":"false","push.ttl":"0s","store.max-groups":"0","store.max-series":"0","web.cors.origin":"","web.disable-process-metrics":"false","web.enable-openmetrics":"false","web.max-requests":"5000","web.native-histograms":"none"}}
            """.ReplaceLineEndings(""),
            data.GetProperty("server").GetRawText());
    }

    private static (int Length, long Last) Last(JsonElement numbers) =>
        (numbers.GetArrayLength(), numbers[numbers.GetArrayLength() - 1].GetInt64());
}
