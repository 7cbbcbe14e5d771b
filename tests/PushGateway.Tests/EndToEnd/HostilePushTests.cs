using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using PushGateway.Tests.Access;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.WebConfig;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>Floods of pushes and logins that are rejected or do not fit: what they may not take from others.</summary>
public sealed class HostilePushTests : GatewayTests
{
    private readonly WebConfigFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Elsewhere a rejected push makes a group of its failure time.</summary>
    [Theory]
    [InlineData("--store.max-groups=1")]
    [InlineData("--store.max-series=4")]
    public async Task Push_RejectedAtALimit_MakesNoGroup(string limit)
    {
        GatewayProcess gateway = await StartGatewayAsync(limit);
        await gateway.PushAsync("job/a", "x 1\n");

        for (int i = 0; i < 20; i++)
        {
            using var body = new StringContent(i % 2 == 0 ? "x 1 12345\n" : "# TYPE x counter\nx 1\n");
            using HttpResponseMessage answer = await gateway.Client.PutAsync(
                $"/metrics/job/other-{i}", body, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        await gateway.PushAsync("job/a", "x 1\ny 2\n");
        Assert.Equal("a", (await gateway.GroupAsync()).Labels["job"]);
    }

    [Fact]
    public async Task Scrape_ManyQuarantinedGroups_TakesTimeInProportion()
    {
        const int Pairs = 300;
        const int Growth = 8;

        // Caches and the garbage make it more than eight times, a square would be 64.
        const int MaxGrowth = 24;
        GatewayProcess gateway = await StartGatewayAsync("--push.disable-consistency-check", "--push.quarantine-inconsistent");

        await PushPairsAsync(gateway, 0, Pairs);
        TimeSpan few = await QuickestScrapeAsync(gateway, Pairs);
        await PushPairsAsync(gateway, Pairs, Growth * Pairs);
        TimeSpan many = await QuickestScrapeAsync(gateway, Growth * Pairs);

        Assert.True(many < MaxGrowth * few, $"{few} for {Pairs} groups, {many} for {Growth} times as many");
    }

    /// <summary>The path is escaped in a way that the gateway reads as the same name.</summary>
    [Fact]
    public async Task Groups_LabelNameBeyondFiveDigits_HasAPathOfTheGroup()
    {
        GatewayProcess gateway = await StartGatewayAsync("--push.enable-utf8-names");
        await gateway.PushAsync("job/a/U__l_2e_%F4%8F%BF%BF/v", "x 1\n");

        var list = JsonNode.Parse(await gateway.Client.GetStringAsync("/api/v1/groups", TestContext.Current.CancellationToken));
        string path = Assert.Single(list!["data"]!["groups"]!.AsArray())!["path"]!.GetValue<string>();
        string group = await gateway.Client.GetStringAsync(
            path.Replace("metrics/", "/api/v1/groups/", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        using HttpResponseMessage deleted = await gateway.Client.DeleteAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal("v", JsonNode.Parse(group)!["data"]!["labels"]!["l.\U0010ffff"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        Assert.Empty(await gateway.GroupsAsync());
    }

    /// <summary>Who has logged in before needs no check.</summary>
    [Fact]
    public async Task Logins_AFloodOfWrongOnes_LetsKnownOnesThrough()
    {
        // At a cost of 6 a check takes longer than a request.
        _folder.WriteConfig(
            AccessFolder.UserLines("bob") + "  ann: $2b$06$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n");
        GatewayProcess gateway = StoppedAtTheEnd(
            await GatewayProcess.StartByScriptAsync("exec \"$0\" \"$@\"", _folder.Flag));
        Assert.Equal("200 ", await LogInAsync(gateway, "bob:secret"));

        List<Task<string>> flood = [.. Enumerable.Range(0, 300).Select(i => LogInAsync(gateway, $"ann:{i}"))];
        await Task.WhenAny(flood);
        string known = await LogInAsync(gateway, "bob:secret");
        string[] answers = await Task.WhenAll(flood);

        Assert.Equal("200 ", known);
        Assert.Equal(["401 ", "503 1"], answers.Distinct().Order(StringComparer.Ordinal));
    }

    /// <returns>The status, and Retry-After.</returns>
    private static async Task<string> LogInAsync(GatewayProcess gateway, string login)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/status");
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(login)));
        using HttpResponseMessage answer = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode} {answer.Headers.RetryAfter}");
    }

    /// <summary>Pairs of groups with the same series, of which one has to be left out.</summary>
    private static Task PushPairsAsync(GatewayProcess gateway, int from, int to) => Parallel.ForEachAsync(
        Enumerable.Range(from, to - from),
        new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken },
        async (pair, _) =>
        {
            await PushUncheckedAsync(gateway, $"job/j{pair}", "s{instance=\"i\"} 1\n");
            await PushUncheckedAsync(gateway, $"job/j{pair}/instance/i", "s 2\n");
        });

    private static async Task PushUncheckedAsync(GatewayProcess gateway, string key, string text)
    {
        using var body = new StringContent(text);
        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            $"/metrics/{key}", body, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode);
    }

    /// <summary>Each scrape follows a push, after which the groups are examined again.</summary>
    private static async Task<TimeSpan> QuickestScrapeAsync(GatewayProcess gateway, int quarantined)
    {
        TimeSpan quickest = TimeSpan.MaxValue;
        for (int i = 0; i < 6; i++)
        {
            await PushUncheckedAsync(gateway, "job/other", $"other {i}\n");
            long started = Stopwatch.GetTimestamp();
            string scrape = await gateway.ScrapeAsync();
            quickest = TimeSpan.FromTicks(Math.Min(quickest.Ticks, Stopwatch.GetElapsedTime(started).Ticks));
            Assert.Contains($"\npushgateway_quarantined_groups {quarantined}\n", scrape, StringComparison.Ordinal);
        }
        return quickest;
    }
}
