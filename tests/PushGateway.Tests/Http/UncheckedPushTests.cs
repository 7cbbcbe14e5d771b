using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

/// <summary>Without the consistency check, conflicting pushes are accepted and scrapes fail.</summary>
public sealed class UncheckedPushTests
{
    private const string Flag = "--push.disable-consistency-check";
    private const string Accepted = "202\nContent-Length: 0\n\n";

    [Fact]
    public async Task Push_ThatFits_IsAccepted()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        Assert.Equal(Accepted, (await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n")).Text);

        Assert.Equal(["""x{instance="",job="a"} 1"""], await gateway.PushedSamplesAsync());
    }

    [Fact]
    public async Task Scrape_WhileTypesDiffer_FailsUntilTheGroupIsDeleted()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);
        await gateway.SendAsync("PUT", "/metrics/job/a", "# TYPE x gauge\nx 1\n");
        Assert.Equal(Accepted, (await gateway.SendAsync("PUT", "/metrics/job/b", "# TYPE x counter\nx 1\n")).Text);

        RawAnswer answer = await gateway.SendAsync("GET", "/metrics");

        Assert.Equal((500, "nosniff"), (answer.Status, answer.Header("X-Content-Type-Options")));
        Assert.Equal(
            """
            An error has occurred while serving metrics:

            collected metric "x" { label:{name:"instance" value:""} label:{name:"job" value:"b"} counter:{value:1}} is not a GAUGE

            """,
            answer.Body);
        Assert.Equal(["job=a", "job=b"], (await gateway.GroupsAsync()).Select(group => group.LabelText()));

        await gateway.SendAsync("DELETE", "/metrics/job/b");

        Assert.Equal(["""x{instance="",job="a"} 1"""], await gateway.PushedSamplesAsync());
    }

    [Fact]
    public async Task Scrape_WhileAMetricIsThereTwice_FailsUntilItIsPushedOver()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);
        Assert.Equal(Accepted, (await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\nx 2\n")).Text);
        Assert.Equal(500, (await gateway.SendAsync("GET", "/metrics")).Status);
        Assert.Equal(500, (await gateway.SendAsync("GET", "/metrics")).Status);

        await gateway.SendAsync("POST", "/metrics/job/a", "x 3\n");

        Assert.Equal(["""x{instance="",job="a"} 3"""], await gateway.PushedSamplesAsync());
    }

    [Fact]
    public async Task Scrape_AfterAWipe_IsWhole()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag, "--web.enable-admin-api");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\nx 2\n");
        Assert.Equal(500, (await gateway.SendAsync("GET", "/metrics")).Status);

        await gateway.SendAsync("PUT", "/api/v1/admin/wipe");

        Assert.Equal(200, (await gateway.SendAsync("GET", "/metrics")).Status);
    }

    [Fact]
    public async Task Push_WithTimestamps_IsAcceptedAndDropped()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        Assert.Equal(Accepted, (await gateway.SendAsync("PUT", "/metrics/job/a", "x 1 1234\n")).Text);

        StoredGroup group = Assert.Single(await gateway.GroupsAsync());
        Assert.False(group.LastPushSuccessful);
        Assert.Empty(group.Families);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/metrics")).Status);
    }

    [Fact]
    public async Task Push_ThatDoesNotParse_IsABadRequestAllTheSame()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        Assert.Equal(400, (await gateway.SendAsync("PUT", "/metrics/job/a", "x\n")).Status);

        Assert.Equal(0, gateway.Snapshot.GroupCount);
    }
}
