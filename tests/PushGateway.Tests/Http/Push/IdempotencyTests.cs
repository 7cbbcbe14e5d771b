using PushGateway.Core.Store;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http.Push;

public sealed class IdempotencyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pushgateway-test-").FullName;

    public static TheoryData<string> MalformedHeaders =>
    [
        "Idempotency-Key:",
        "Idempotency-Key: a b",
        "Idempotency-Key: caf\u00e9",
        "Idempotency-Key: a\tb",
        $"Idempotency-Key: {new string('k', 129)}",
    ];

    private string File => Path.Combine(_folder, "store");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("PUT", "POST")]
    [InlineData("POST", "PUT")]
    public async Task Push_OfAKnownKey_IsAnsweredAsTheFirstAndChangesNothing(string first, string second)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--log.level=debug");
        Assert.Equal(200, await PushAsync(gateway, "a", "k", "x 1\n", first));
        gateway.Time.Advance(TimeSpan.FromMinutes(1));
        StoreSnapshot before = gateway.Snapshot;

        Assert.Equal(200, await PushAsync(gateway, "a", "k", "x 2\n", second));
        Assert.Equal(200, await PushAsync(gateway, "a", "k", "not a body", second));

        Assert.Same(before, gateway.Snapshot);
        Assert.Equal(["x{instance=\"\",job=\"a\"} 1"], await gateway.PushedSamplesAsync());
        Assert.Contains(gateway.Log.OfLevel("debug"), line => line.Contains(
            $"msg=\"push repeated, nothing changed\" method={second} url=/metrics/job/a ", StringComparison.Ordinal));
    }

    /// <summary>Each sum is sent several times at once, and some again after a restart.</summary>
    [Fact]
    public async Task Push_OfSumsThatAreRepeated_AddsEachOnce()
    {
        const int Sums = 40;
        string[] sum = ["Pushgateway-Merge: sum"];
        await using (RunningGateway before = await RunningGateway.StartAsync($"--persistence.file={File}"))
        {
            await Task.WhenAll(Enumerable.Range(0, 4 * Sums).Select(i => before.SendAsync(
                "POST", "/metrics/job/a", "# TYPE x counter\nx 1\n", [.. sum, $"Idempotency-Key: {i % Sums}"])));
        }
        await using RunningGateway gateway = await RunningGateway.StartAsync($"--persistence.file={File}");
        for (int i = 0; i <= Sums; i++)
        {
            RawAnswer answer = await gateway.SendAsync(
                "POST", "/metrics/job/a", "# TYPE x counter\nx 1\n", [.. sum, $"Idempotency-Key: {i}"]);
            Assert.Equal(200, answer.Status);
        }

        Assert.Equal([$"x{{instance=\"\",job=\"a\"}} {Sums + 1}"], await gateway.PushedSamplesAsync());
    }

    [Fact]
    public async Task Push_OfAnotherKeyOrGroup_IsAnother()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string longest = new('~', 128);

        await PushAsync(gateway, "a", longest, "x 1\n");
        await PushAsync(gateway, "a", longest[1..], "x 2\n");
        await PushAsync(gateway, "b", longest, "x 3\n");

        Assert.Equal(
            ["x{instance=\"\",job=\"a\"} 2", "x{instance=\"\",job=\"b\"} 3"], await gateway.PushedSamplesAsync());
    }

    [Fact]
    public async Task Push_WithLegacyStatus_IsAnsweredAsTheFirst()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.legacy-accepted-status");

        Assert.Equal(202, await PushAsync(gateway, "a", "k", "x 1\n"));
        Assert.Equal(202, await PushAsync(gateway, "a", "k", "x 1\n"));
    }

    [Fact]
    public async Task Push_After24Hours_IsAnother()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await PushAsync(gateway, "a", "k", "x 1\n");

        gateway.Time.Advance(TimeSpan.FromHours(23.99));
        await PushAsync(gateway, "a", "k", "x 2\n");
        Assert.Equal(["x{instance=\"\",job=\"a\"} 1"], await gateway.PushedSamplesAsync());
        gateway.Time.Advance(TimeSpan.FromHours(0.01));
        await PushAsync(gateway, "a", "k", "x 3\n");

        Assert.Equal(["x{instance=\"\",job=\"a\"} 3"], await gateway.PushedSamplesAsync());
    }

    [Theory]
    [InlineData("not a body", 400)]
    [InlineData("x 1 1\n", 400)]
    [InlineData("# TYPE y counter\ny 1\n", 400)]
    [InlineData("x 1\ny 2\n", 422)]
    public async Task Push_AfterARejectedOneOfTheKey_IsAccepted(string body, int status)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.max-series=1");
        await PushAsync(gateway, "b", "k", "y 1\n");
        Assert.Equal(status, await PushAsync(gateway, "a", "k", body));

        Assert.Equal(200, await PushAsync(gateway, "a", "k", "x 2\n"));

        Assert.Contains("x{instance=\"\",job=\"a\"} 2", await gateway.PushedSamplesAsync());
    }

    [Theory]
    [MemberData(nameof(MalformedHeaders))]
    public async Task Push_WithAMalformedKey_Is400AndStoresNothing(string header)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n", header);

        Assert.Equal((400, "the header Idempotency-Key is not 1 to 128 visible ASCII characters\n"), (answer.Status, answer.Body));
        Assert.Equal(0, gateway.Snapshot.GroupCount);
    }

    [Fact]
    public async Task Push_WithTwoKeys_Is400()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync(
            "POST", "/metrics/job/a", "x 1\n", "Idempotency-Key: k", "Idempotency-Key: k");

        Assert.Equal((400, "the header Idempotency-Key occurs 2 times\n"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Push_WithTheFeatureOff_IgnoresTheHeader()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.idempotency-keys=0");

        Assert.Equal(200, await PushAsync(gateway, "a", "k", "x 1\n"));
        Assert.Equal(200, await PushAsync(gateway, "a", "k", "x 2\n"));
        Assert.Equal(200, await PushAsync(gateway, "a", "not a key", "x 3\n"));

        Assert.Equal(["x{instance=\"\",job=\"a\"} 3"], await gateway.PushedSamplesAsync());
        Assert.Empty(await OwnMetricsAsync(gateway));
    }

    [Fact]
    public async Task Metrics_OfKeys_AppearOnceOneIsUsed()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.idempotency-keys=2");
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n")).Status);
        Assert.Empty(await OwnMetricsAsync(gateway));

        foreach (string key in (string[])["1", "2", "3", "3", "1", "2"])
        {
            await PushAsync(gateway, "a", key, "x 1\n");
        }

        Assert.Equal(
            [
                "pushgateway_idempotency_keys 2",
                "pushgateway_idempotency_keys_evicted_total 3",
                "pushgateway_repeated_pushes_total 1",
            ],
            await OwnMetricsAsync(gateway));
        gateway.Time.Advance(TimeSpan.FromHours(24));
        Assert.Contains("pushgateway_idempotency_keys 0", await OwnMetricsAsync(gateway));
    }

    [Theory]
    [InlineData("--persistence.journal")]
    [InlineData("--no-persistence.journal")]
    public async Task Push_RepeatedAfterARestart_ChangesNothing(string journal)
    {
        string[] flags = [$"--persistence.file={File}", journal];
        await using (RunningGateway before = await RunningGateway.StartAsync(flags))
        {
            await PushAsync(before, "a", "k", "x 1\n");
            await PushAsync(before, "gone", "k", "x 1\n");
            Assert.Equal(202, (await before.SendAsync("DELETE", "/metrics/job/gone")).Status);
        }

        for (int restart = 0; restart < 2; restart++)
        {
            await using RunningGateway gateway = await RunningGateway.StartAsync(flags);
            Assert.Equal(200, await PushAsync(gateway, "a", "k", "x 2\n"));
            Assert.Equal(200, await PushAsync(gateway, "gone", "k", "x 2\n"));
            Assert.Equal(["x{instance=\"\",job=\"a\"} 1"], await gateway.PushedSamplesAsync());
            await PushAsync(gateway, "a", $"other {restart}", "y 1\n");
        }
    }

    [Fact]
    public async Task Restart_WithFewerKeys_ForgetsTheOldest()
    {
        await using (RunningGateway before = await RunningGateway.StartAsync($"--persistence.file={File}"))
        {
            await PushAsync(before, "a", "1", "x 1\n");
            await PushAsync(before, "a", "2", "x 2\n");
        }

        await using RunningGateway gateway =
            await RunningGateway.StartAsync($"--persistence.file={File}", "--push.idempotency-keys=1");
        await PushAsync(gateway, "a", "2", "x 3\n");
        Assert.Equal(["x{instance=\"\",job=\"a\"} 2"], await gateway.PushedSamplesAsync());
        await PushAsync(gateway, "a", "1", "x 4\n");
        Assert.Equal(["x{instance=\"\",job=\"a\"} 4"], await gateway.PushedSamplesAsync());
    }

    private static async Task<int> PushAsync(
        RunningGateway gateway, string job, string key, string body, string method = "POST") =>
        (await gateway.SendAsync(method, $"/metrics/job/{job}", body, $"Idempotency-Key: {key}")).Status;

    private static async Task<string[]> OwnMetricsAsync(RunningGateway gateway) =>
    [
        .. (await gateway.SendAsync("GET", "/metrics")).Body.Split('\n').Where(line =>
            line.StartsWith("pushgateway_idempotency", StringComparison.Ordinal)
            || line.StartsWith("pushgateway_repeated", StringComparison.Ordinal)),
    ];
}
