using System.Text.RegularExpressions;
using PushGateway.Tests.Access;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http.Push;

/// <summary><c>?dry_run=true</c>: a push gets its normal answer, and changes nothing.</summary>
public sealed partial class DryRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pushgateway-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("PUT", "job/a", "x 2\ny 1\n", 200)]
    [InlineData("POST", "job/new", "z 1\n", 200)]
    [InlineData("PUT", "job/a", "", 200)]
    [InlineData("PUT", "job/b", "# TYPE x counter\nx 1\n", 400)]
    [InlineData("PUT", "job/a", "x{\n", 400)]
    [InlineData("PUT", "job/new", "x{\n", 400)]
    [InlineData("PUT", "job/a", "x 1 12\n", 400)]
    [InlineData("PUT", "job/a/odd", "x 1\n", 400)]
    [InlineData("PUT", "job/%ff", "x 1\n", 400)]
    [InlineData("PUT", "job/a", "x 1\n", 400, "Pushgateway-TTL: soon")]
    [InlineData("PUT", "job/a", "x 1\n", 200, "Pushgateway-TTL: 1h")]
    [InlineData("PUT", "job/a", "x 1\n", 200, "Idempotency-Key: k")]
    [InlineData("POST", "job/a", "# TYPE n counter\nn 1\n", 200, "Pushgateway-Merge: sum")]
    [InlineData("POST", "job/a", "# TYPE x counter\nx 1\n", 400, "Pushgateway-Merge: sum")]
    [InlineData("PUT", "job/a", "x 1\n", 415, "Content-Type: application/openmetrics-text; version=9")]
    [InlineData("PUT", "job/a", "x 1\n", 400, "Content-Encoding: gzip")]
    [InlineData("PUT", "job/a", "v 1\nw 1\nx 1\ny 1\nz 1\n", 422)]
    [InlineData("PUT", "job/third", "z 1\n", 429)]
    [InlineData("PUT", "job/a", "x 111111111111111111111111111111111111111111111111111111111111\n", 413)]
    public async Task Push_DryRun_IsAnsweredAsThePushAndLeavesNoTrace(
        string method, string path, string body, int status, string? header = null)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(
            $"--persistence.file={Path.Combine(_folder, "store")}", "--push.max-series=4", "--push.max-body-size=60", "--store.max-groups=3", "--push.ttl=1h");
        await gateway.SendAsync("PUT", "/metrics/job/a", "# TYPE x gauge\nx 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/b", "v 1\n");
        if (status == 429)
        {
            await gateway.SendAsync("PUT", "/metrics/job/c", "w 1\n");
        }
        gateway.Time.Advance(TimeSpan.FromMinutes(1));
        string[] headers = header is null ? [] : [header];
        string before = await StateAsync(gateway);

        RawAnswer dry = await gateway.SendAsync(method, $"/metrics/{path}?dry_run=true", body, headers);

        Assert.Equal(before, await StateAsync(gateway));
        RawAnswer push = await gateway.SendAsync(method, $"/metrics/{path}?dry_run=false", body, headers);
        Assert.Equal((status, push.Text), (dry.Status, dry.Text));
        Assert.NotEqual(before, await StateAsync(gateway));
    }

    [Theory]
    [InlineData("--push.lenient", "y 1", 200)]
    [InlineData("--push.disable-consistency-check", "# TYPE x counter\nx 1\n", 202)]
    [InlineData("--push.default-job=d", "z 1\n", 200)]
    public async Task Push_DryRunWithAFlag_IsAnsweredAsThePush(string flag, string body, int status)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(flag);
        await gateway.SendAsync("PUT", "/metrics/job/a", "# TYPE x gauge\nx 1\n");
        string before = await StateAsync(gateway);
        string path = flag.Contains("default-job", StringComparison.Ordinal) ? "/metrics" : "/metrics/job/b";

        RawAnswer dry = await gateway.SendAsync("POST", $"{path}?dry_run=true", body);

        Assert.Equal((status, ""), (dry.Status, dry.Body));
        Assert.Equal(before, await StateAsync(gateway));
    }

    /// <summary>Nobody reads the body of a push whose key is known.</summary>
    [Theory]
    [InlineData("y 1\n")]
    [InlineData("y{\n")]
    [InlineData("# TYPE x counter\nx 1\n")]
    public async Task Push_DryRunOfAKnownKey_IsAnsweredAsTheRepeatedPush(string body)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        const string Header = "Idempotency-Key: k";
        await gateway.SendAsync("PUT", "/metrics/job/a", "# TYPE x gauge\nx 1\n", Header);
        string before = await StateAsync(gateway);

        RawAnswer dry = await gateway.SendAsync("POST", "/metrics/job/a?dry_run=true", body, Header);

        Assert.Equal(before, await StateAsync(gateway));
        RawAnswer push = await gateway.SendAsync("POST", "/metrics/job/a", body, Header);
        Assert.Equal((200, push.Text), (dry.Status, dry.Text));
    }

    [Theory]
    [InlineData("dry_run=yes", "dry_run: \"yes\" must be true or false")]
    [InlineData("dry_run=", "dry_run: \"\" must be true or false")]
    public async Task Push_WithAMalformedSwitch_IsRejected(string query, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("PUT", $"/metrics/job/a?{query}", "x 1\n");

        Assert.Equal((400, error + "\n"), (answer.Status, answer.Body));
        Assert.Equal(0, gateway.Snapshot.GroupCount);
    }

    [Fact]
    public async Task Push_DryRunWithRoles_TakesThePermissionOfThePush()
    {
        using var folder = new AccessFolder();
        folder.WriteUsers("pusher", "reader");
        folder.Write("""
            roles:
              push: { permissions: [push], groups: '{job="mine"}', users: [pusher] }
              read: { permissions: [read], users: [reader] }
            """);
        await using RunningGateway gateway = await RunningGateway.StartAsync(folder.Flag, folder.Web.Flag);
        foreach ((string job, string user) in (IEnumerable<(string, string)>)[("mine", "pusher"), ("other", "pusher"), ("mine", "reader")])
        {
            RawAnswer dry = await gateway.SendAsync("PUT", $"/metrics/job/{job}?dry_run=true", "x 1\n", AccessFolder.Basic(user));
            RawAnswer push = await gateway.SendAsync("PUT", $"/metrics/job/{job}", "x 1\n", AccessFolder.Basic(user));

            Assert.Equal(push.Text, dry.Text);
        }
        RawAnswer list = await gateway.SendAsync("GET", "/api/v1/rejections", "", AccessFolder.Basic("reader"));
        Assert.Contains("\"total\":2,", list.Body);
    }

    /// <summary>State that a dry run must not change: the store, its files, the counts, the list of rejections, the log.</summary>
    private async Task<string> StateAsync(RunningGateway gateway)
    {
        string stats = (await gateway.SendAsync("GET", "/api/v1/stats")).Body;
        string scrape = (await gateway.SendAsync("GET", "/metrics")).Body;
        return string.Join('\n',
        [
            await gateway.StoredJsonAsync(),
            (await gateway.SendAsync("GET", "/api/v1/groups")).Body,
            (await gateway.SendAsync("GET", "/api/v1/rejections")).Body,
            Regex.Match(stats, "\"pushes\":.*?}").Value,
            .. scrape.Split('\n').Where(line => OwnMetric().IsMatch(line)),
            .. Directory.GetFiles(_folder).Select(file => $"{file} {new FileInfo(file).Length}"),
            .. gateway.Log.OfLevel("warn"),
            .. gateway.Log.OfLevel("error"),
        ]);
    }

    [GeneratedRegex("^pushgateway_(?!http_requests_total.*get)|^push_")]
    private static partial Regex OwnMetric();
}
