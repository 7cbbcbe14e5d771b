using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http.Push;

/// <summary>Accepted pushes without a sample are counted, logged and listed, and get the usual answer.</summary>
public sealed class EmptyPushTests
{
    private const string Counter = "pushgateway_empty_pushes_total";

    public static TheoryData<string> Bodies =>
    [
        "",
        "\n",
        "# HELP x 1 y 2 z 3\n", // echo $metrics, without quotes
        "# TYPE s summary\ns 1\n",
        "# TYPE h histogram\nh_bucket 1\n",
        "push_time_seconds 1\npush_failure_time_seconds 2\n",
    ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Push_WithoutASample_IsCountedLoggedAndListed(string body)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/full", "x 1\n");

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/a", body);

        Assert.Equal((200, ""), (answer.Status, answer.Body));
        Assert.Equal(1, await CountAsync(gateway));
        Assert.StartsWith(
            "level=warn caller=Http.Push.EmptyPushes msg=\"accepted a push without a sample; further ones of this group are counted, "
            + "until one has samples\" method=PUT group=\"{job=\\\"a\\\"}\" logged_source=127.0.0.1:",
            Assert.Single(gateway.Log.OfLevel("warn")));
        Assert.Equal(["a 0"], await ListAsync(gateway, "?state=empty"));
        Assert.Equal(["a 0", "full 1"], await ListAsync(gateway, ""));
    }

    [Theory]
    [InlineData("x 1\n", 1)]
    [InlineData("x{l=\"1\"} 1\nx{l=\"2\"} 1\ny 1\n", 3)]
    [InlineData("# TYPE s summary\ns_sum 0\ns_count 0\n", 1)]
    [InlineData("# TYPE s summary\ns{l=\"1\"} 1\ns{l=\"2\",quantile=\"0.5\"} 1\n", 1)]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"+Inf\"} 0\n", 1)]
    [InlineData("push_time_seconds 1\nx 1\n", 1)]
    public async Task Push_WithSamples_IsListedWithTheirNumber(string body, int samples)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        await gateway.SendAsync("POST", "/metrics/job/a", body);

        Assert.Equal(0, await CountAsync(gateway));
        Assert.Empty(gateway.Log.OfLevel("warn"));
        Assert.Empty(await ListAsync(gateway, "?state=empty"));
        Assert.Equal([$"a {samples}"], await ListAsync(gateway, ""));
    }

    [Fact]
    public async Task Push_WithoutASampleAgain_IsLoggedOnceUntilOneHasSamples()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string[] bodies = ["", "", "x 1\n", "x 2\n", "", ""];

        foreach (string body in bodies)
        {
            await gateway.SendAsync("PUT", "/metrics/job/a", body);
        }

        Assert.Equal(2, gateway.Log.OfLevel("warn").Count);
        Assert.Equal(4, await CountAsync(gateway));
    }

    [Fact]
    public async Task Push_WithoutASampleThatIsRejected_IsNotCounted()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--store.max-groups=1");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");

        Assert.Equal(429, (await gateway.SendAsync("PUT", "/metrics/job/b", "")).Status);

        Assert.Equal(0, await CountAsync(gateway));
    }

    [Fact]
    public async Task Push_WithoutASampleToManyGroups_StopsLogging()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        for (int i = 0; i < 1002; i++)
        {
            await gateway.SendAsync("PUT", $"/metrics/job/j{i}", "");
        }

        IReadOnlyList<string> logged = gateway.Log.OfLevel("warn");
        Assert.Equal(1001, logged.Count);
        Assert.Contains("many groups are pushed without a sample", logged[^1]);
        Assert.Equal(1002, await CountAsync(gateway));
    }

    [Fact]
    public async Task Samples_AfterARestart_AreTheSame()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pushgateway-test-");
        string flag = $"--persistence.file={Path.Combine(folder.FullName, "store")}";
        await using (RunningGateway before = await RunningGateway.StartAsync(flag))
        {
            await before.SendAsync("PUT", "/metrics/job/a", "# TYPE s summary\ns 1\n");
            await before.SendAsync("PUT", "/metrics/job/b", "# TYPE s summary\ns{quantile=\"0.5\"} 1\n");
            await before.Keeper.CloseAsync();
        }

        await using (RunningGateway after = await RunningGateway.StartAsync(flag))
        {
            Assert.Equal(["a 0", "b 1"], await ListAsync(after, ""));
            await after.Keeper.CloseAsync();
        }
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Delete_EmptyGroups_LeavesTheOthers()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--web.enable-admin-api");
        await gateway.SendAsync("PUT", "/metrics/job/a", "");
        await gateway.SendAsync("PUT", "/metrics/job/b", "x 1\n");

        Assert.Equal(200, (await gateway.SendAsync("DELETE", "/api/v1/groups?state=empty")).Status);

        Assert.Equal(["b 1"], await ListAsync(gateway, ""));
    }

    private static async Task<string[]> ListAsync(RunningGateway gateway, string query) =>
    [
        .. (await GroupsTests.DataAsync(gateway, "/api/v1/groups" + query)).GetProperty("groups").EnumerateArray().Select(
            group => $"{group.GetProperty("labels").GetProperty("job").GetString()} {group.GetProperty("samples").GetInt32()}"),
    ];

    private static async Task<int> CountAsync(RunningGateway gateway)
    {
        string? line = (await gateway.SendAsync("GET", "/metrics")).Body.Split('\n')
            .SingleOrDefault(line => line.StartsWith(Counter, StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line[(Counter.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
