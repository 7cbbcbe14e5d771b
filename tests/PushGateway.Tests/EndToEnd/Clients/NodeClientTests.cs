using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Clients;

/// <summary>prom-client, of npm, in node/push.js. It writes a slash in job and labels as %2F.</summary>
public sealed class NodeClientTests : GatewayTests
{
    [Fact]
    public async Task Pushgateway_PushPushAddAndDelete_ChangeTheGroup()
    {
        GatewayProcess gateway = await StartGatewayAsync("--push.lenient");
        Task<string> PushAsync(string operation, string family, string value) => ClientPrograms.RunNodeAsync(
            ClientPrograms.PathOf("node", "push.js"), gateway.Address, operation, family, value);

        Assert.Equal("200\n", await PushAsync("push", "first", "0.5"));
        Assert.Equal("200\n", await PushAsync("push", "rows", "0.25"));
        Assert.Equal("200\n", await PushAsync("pushAdd", "more", "2"));
        Assert.Equal("200\n", await PushAsync("pushAdd", "rows", "0.75"));

        StoredGroup group = await gateway.GroupAsync();
        Assert.Equal("city=København,job=node/nightly,path=/var/tmp/a b", group.LabelText());
        Assert.Equal(["more", "more_seconds", "rows", "rows_seconds"], group.Families);
        const string labels = """city="København",instance="",job="node/nightly",path="/var/tmp/a b" """;
        string scraped = await gateway.ScrapeAsync();
        Assert.Contains(
            $"# HELP rows A gauge.\n# TYPE rows gauge\nrows{{{labels.TrimEnd()}}} 0.75\n", scraped, StringComparison.Ordinal);
        Assert.Contains(
            $"rows_seconds_bucket{{{labels.TrimEnd()},step=\"a\\\"b\\\\c\\nd\",le=\"1\"}} 1\n", scraped, StringComparison.Ordinal);

        Assert.Equal("202\n", await PushAsync("delete", "rows", "0"));
        Assert.Empty(await gateway.GroupsAsync());
    }
}
