using System.Text.Json.Nodes;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http.Push;

public sealed class MergeHeaderTests : IDisposable
{
    private const string Sum = "Pushgateway-Merge: sum";

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Pushgateway-Merge: sum", "c 3", "c{l=1} 1", "g 2")]
    [InlineData("Pushgateway-Merge: sum, gauges=max", "c 3", "c{l=1} 1", "g 7")]
    [InlineData("Pushgateway-Merge: series", "c 2", "c{l=1} 1", "g 2")]
    [InlineData("Pushgateway-Merge: family", "c 2", "g 2")]
    public async Task Post_Header_MergesAsItSays(string header, params string[] expected)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await PostAsync(gateway, "a", "# TYPE c counter\nc 1\nc{l=\"1\"} 1\n# TYPE g gauge\ng 7\n", header);

        await PostAsync(gateway, "a", "# TYPE c counter\nc 2\n# TYPE g gauge\ng 2\n", header);

        Assert.Equal(expected, await SamplesAsync(gateway));
    }

    [Fact]
    public async Task Post_WithoutHeader_Replaces()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await PostAsync(gateway, "a", "# TYPE c counter\nc 1\n", Sum);

        await PostAsync(gateway, "a", "# TYPE c counter\nc 2\n");

        Assert.Equal(["c 2"], await SamplesAsync(gateway));
    }

    [Theory]
    [InlineData("POST", "Pushgateway-Merge: add",
        "the header Pushgateway-Merge has to be family, series, sum, or sum, gauges=max (or min, sum, last), not \"add\"\n")]
    [InlineData("POST", "Pushgateway-Merge:",
        "the header Pushgateway-Merge has to be family, series, sum, or sum, gauges=max (or min, sum, last), not \"\"\n")]
    [InlineData("POST", "Pushgateway-Merge: sum\r\nPushgateway-Merge: sum", "the header Pushgateway-Merge occurs 2 times\n")]
    [InlineData("PUT", "Pushgateway-Merge: sum", "the header Pushgateway-Merge is for POST: a PUT replaces the whole group\n")]
    [InlineData("PUT", "Pushgateway-Merge: family", "the header Pushgateway-Merge is for POST: a PUT replaces the whole group\n")]
    public async Task Push_ImproperHeader_Is400AndStoresNothing(string method, string header, string message)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await PostAsync(gateway, "a", "# TYPE c counter\nc 1\n");

        RawAnswer answer = await gateway.SendAsync(method, "/metrics/job/a", "# TYPE c counter\nc 2\n", header.Split("\r\n"));

        Assert.Equal((400, message), (answer.Status, answer.Body));
        Assert.Equal(["c 1"], await SamplesAsync(gateway));
    }

    /// <summary>Without the consistency check too: the client would count on it.</summary>
    [Theory]
    [InlineData()]
    [InlineData("--push.disable-consistency-check")]
    public async Task Post_WhatDoesNotFit_Is400ThatNamesTheSeries(params string[] flags)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(flags);
        await PostAsync(gateway, "a", "# TYPE c counter\nc 1\n");

        RawAnswer answer = await gateway.SendAsync("POST", "/metrics/job/a", "# TYPE b counter\nb 1\n# TYPE c gauge\nc 2\n", Sum);

        Assert.Equal(400, answer.Status);
        Assert.Equal(
            """
            pushed metrics are invalid or inconsistent with existing metrics: collected metric "c" { label:{name:"instance" value:""} label:{name:"job" value:"a"} gauge:{value:2}} cannot be merged: the stored family is a COUNTER

            """,
            answer.Body);
        Assert.Equal(["c 1"], await SamplesAsync(gateway));
        StoredGroup group = Assert.Single(await gateway.GroupsAsync());
        Assert.False(group.LastPushSuccessful);
    }

    [Fact]
    public async Task Post_RuleOfTheGroup_CountsWithoutAHeader()
    {
        await using RunningGateway gateway = await StartAsync("rules: [{match: '{job=\"a\"}', merge: 'sum, gauges=min'}]");
        foreach (string job in (string[])["a", "b"])
        {
            await PostAsync(gateway, job, "# TYPE c counter\nc 1\n# TYPE g gauge\ng 1\n");
            await PostAsync(gateway, job, "# TYPE c counter\nc 1\n# TYPE g gauge\ng 2\n");
        }

        Assert.Equal(["c 2", "c 1", "g 1", "g 2"], await SamplesAsync(gateway));

        await PostAsync(gateway, "a", "# TYPE c counter\nc 1\n", "Pushgateway-Merge: family");
        Assert.Equal(["c 1", "c 1", "g 1", "g 2"], await SamplesAsync(gateway));

        await gateway.SendAsync("PUT", "/metrics/job/a", "# TYPE c counter\nc 5\n");
        Assert.Equal(["c 5", "c 1", "g 2"], await SamplesAsync(gateway));
    }

    [Fact]
    public async Task Groups_MergedGroup_SaysHow_AndSoAfterARestart()
    {
        string[] flags = [$"--persistence.file={Path.Combine(_folder, "store")}"];
        await using (RunningGateway gateway = await RunningGateway.StartAsync(flags))
        {
            await gateway.Restored;
            await PostAsync(gateway, "a", "# TYPE c counter\nc 1\n", "Pushgateway-Merge: sum,gauges=max");
            await PostAsync(gateway, "b", "# TYPE c counter\nc 1\n", "Pushgateway-Merge: series");
            await PostAsync(gateway, "b", "# TYPE c counter\nc 1\n");
            Assert.Equal(["sum, gauges=max", "-"], await MergesAsync(gateway));
        }

        await using RunningGateway restarted = await RunningGateway.StartAsync(flags);
        await restarted.Restored;
        Assert.Equal(["sum, gauges=max", "-"], await MergesAsync(restarted));
    }

    /// <summary>Eight clients at a time, which send each push several times, and other clients that replace a family.</summary>
    [Fact]
    public async Task Post_SumsWithKeysSentAgain_CountOnce()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async client =>
        {
            for (int push = 0; push < 40; push++)
            {
                string[] headers = [Sum, $"Idempotency-Key: {client}-{push % 20}"];
                await PostAsync(gateway, "a", $"# TYPE c counter\nc {1 << client}\n", headers);
                await PostAsync(gateway, "a", $"# TYPE g gauge\ng {push}\n");
            }
        }));

        Assert.Equal([$"c {20 * 255}", "g 39"], await SamplesAsync(gateway));
    }

    [Fact]
    public async Task Restart_SummedGroup_GoesOnWithTheSum()
    {
        string[] flags = [$"--persistence.file={Path.Combine(_folder, "store")}"];
        for (int start = 1; start <= 3; start++)
        {
            await using RunningGateway gateway = await RunningGateway.StartAsync(flags);
            await gateway.Restored;
            await PostAsync(gateway, "a", "# TYPE c counter\nc 1\n", Sum);
            await PostAsync(gateway, "a", "# TYPE c counter\nc 1\n", Sum);

            Assert.Equal([$"c {2 * start}"], await SamplesAsync(gateway));
        }
    }

    private static async Task PostAsync(RunningGateway gateway, string job, string body, params string[] headers)
    {
        RawAnswer answer = await gateway.SendAsync("POST", $"/metrics/job/{job}", body, headers);
        Assert.True(answer.Status is 200 or 202, answer.Text);
    }

    private async Task<RunningGateway> StartAsync(string rules)
    {
        string file = Path.Combine(_folder, "lifecycle.yml");
        await File.WriteAllTextAsync(file, rules, TestContext.Current.CancellationToken);
        return await RunningGateway.StartAsync($"--lifecycle.config.file={file}");
    }

    private static async Task<string[]> MergesAsync(RunningGateway gateway)
    {
        JsonNode answer = JsonNode.Parse((await gateway.SendAsync("GET", "/api/v1/groups")).Body)!;
        return [.. answer["data"]!["groups"]!.AsArray().Select(group => (string?)group!["merge"] ?? "-")];
    }

    /// <summary>Without the labels of the groups.</summary>
    private static async Task<string[]> SamplesAsync(RunningGateway gateway) =>
    [
        .. (await gateway.PushedSamplesAsync()).Select(line => line
            .Replace("{instance=\"\",job=\"a\"}", "", StringComparison.Ordinal)
            .Replace("{instance=\"\",job=\"b\"}", "", StringComparison.Ordinal)
            .Replace("{instance=\"\",job=\"a\",l=\"1\"}", "{l=1}", StringComparison.Ordinal)),
    ];
}
