using Microsoft.Playwright;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace PushGateway.Tests.Browser;

/// <summary>The page of a replica.</summary>
public sealed class ClusterTests(Chromium chromium, PostgresServer postgres) : BrowserTests(chromium), IClassFixture<PostgresServer>
{
    private const string Hostile = "<img src=x onerror=alert(1)>";

    private readonly string _cluster = postgres.NextCluster();

    [Fact]
    public async Task Overview_OfAReplica_ShowsTheOthersAndWhatIsWrong()
    {
        PostgresServer.BinaryOrSkip("postgres");
        await using var own = new PostgresServer();
        await own.InitializeAsync();
        GatewayProcess first = await StartReplicaAsync(own, "gw-1:9091");
        GatewayProcess second = await StartReplicaAsync(own, "gw-2:9091");
        await PushAsync(second, "/metrics/job/a", "m 1\n");
        GatewayPage page = await OpenAsync(second, "/?tab=overview");

        await Expect(Row(page, "gw-1:9091")).ToContainTextAsync("holds the lease");
        await Expect(Row(page, "gw-1:9091")).ToContainTextAsync("running");
        await Expect(Row(page, "gw-2:9091")).ToContainTextAsync("this one");
        await Expect(Row(page, "gw-2:9091")).ToContainTextAsync("up to date");
        await Expect(page.Page.Locator("#cluster-facts")).ToHaveTextAsync($"{_cluster}, in the database postgres: 1 write.");
        await Expect(page.Page.Locator("#cluster-troubles")).ToHaveTextAsync("");
        await Expect(page.Page.Locator("#persistence")).ToContainTextAsync("persisted in a database");

        UnixSignal.Kill.SendTo(first.ProcessId);
        await ShowsAsync(page, Row(page, "gw-1:9091"), "away");
        await Expect(Row(page, "gw-2:9091")).ToContainTextAsync("running");

        await own.KillAsync();
        await ShowsAsync(
            page, page.Page.Locator("#cluster-troubles"), "This replica rejects pushes: the cluster's database is unavailable: ");
        await own.StartAsync();
        await ShowsAsync(page, Row(page, "gw-2:9091"), "up to date");
        await Deadline.UntilAsync(Deadline.Change, "the trouble is over", async _ =>
        {
            await page.RefreshAsync();
            return await page.Page.Locator("#cluster-troubles").TextContentAsync() == "";
        });
    }

    [Fact]
    public async Task Overview_HostileNames_AreText()
    {
        PostgresServer.BinaryOrSkip("postgres");
        GatewayProcess gateway = await StartReplicaAsync(postgres, "gw-1:9091");
        await PushAsync(gateway, "/metrics/job/a", "m 1\n");
        await postgres.QueryAsync(
            $"insert into {_cluster}.replicas values ('{Hostile}', gen_random_uuid(), 'v', 0, clock_timestamp() - interval '1 minute')");
        GatewayPage page = await OpenAsync(gateway, "/?tab=overview");

        await ShowsAsync(page, page.Page.Locator("#cluster-rows tr").First, Hostile);
        await Expect(page.Page.Locator("#cluster-rows tr").First).ToContainTextAsync("1 write behind");
        await page.OpenTabAsync("Status");
        await Expect(page.Page.Locator("#build [data-key='Groups are in']")).ToContainTextAsync($"the database postgres, cluster {_cluster}");
    }

    [Fact]
    public async Task Overview_OfAGatewayOnItsOwn_HasNoCluster()
    {
        GatewayPage page = await OpenAsync(await StartGatewayAsync(), "/?tab=overview");

        await Expect(page.Page.Locator("#tile-groups")).ToHaveTextAsync("0");
        await Expect(page.Page.Locator("#persistence")).ToContainTextAsync("in memory only");
        await Expect(page.Page.Locator("#cluster")).ToBeHiddenAsync();
    }

    /// <summary>Pictures for people to look at, and that they fit into the width of a phone.</summary>
    [Theory]
    [InlineData("light", ColorScheme.Light, 1280)]
    [InlineData("dark", ColorScheme.Dark, 1280)]
    [InlineData("phone", ColorScheme.Light, 375)]
    public async Task Overview_InEachSchemeAndWidth_Fits(string name, ColorScheme scheme, int width)
    {
        PostgresServer.BinaryOrSkip("postgres");
        await using var own = new PostgresServer();
        await own.InitializeAsync();
        GatewayProcess gateway = await StartReplicaAsync(own, "gw-1.example:9091");
        await StartReplicaAsync(own, $"gw-2.{new string('n', 100)}.example:9091");
        await StartReplicaAsync(own, "gw-3.example:9091");
        await PushAsync(gateway, "/metrics/job/a", "m 1\n");
        GatewayPage page = await OpenAsync(gateway, "/", new BrowserNewContextOptions
        {
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = 800 },
        });
        await page.GoToAsync("/?tab=overview");
        await ShowsAsync(page, page.Page.Locator("#cluster-rows"), "gw-3");
        await TakeAsync(page, $"cluster-{name}");
        await own.KillAsync();
        await ShowsAsync(page, page.Page.Locator("#cluster-troubles"), "rejects pushes");
        await ShowsAsync(page, page.Page.Locator("#cluster-rows"), "unknown");
        await TakeAsync(page, $"cluster-away-{name}");
    }

    private static async Task TakeAsync(GatewayPage page, string name)
    {
        await page.Page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Repository.PathOf("artifacts", "screenshots", $"{name}.png"),
        });
        Assert.Equal(0, await page.Page.EvaluateAsync<int>("Math.max(0, document.documentElement.scrollWidth - innerWidth)"));
    }

    /// <summary>Refreshes until an element has the text.</summary>
    private static Task ShowsAsync(GatewayPage page, ILocator element, string text) => Deadline.UntilAsync(
        Deadline.Change,
        $"the page shows {text}",
        async _ =>
        {
            await page.RefreshAsync();
            return await element.CountAsync() == 1
                && (await element.TextContentAsync())!.Contains(text, StringComparison.Ordinal);
        });

    private static ILocator Row(GatewayPage page, string replica) => page.Page.Locator($"#cluster-rows [data-key='{replica}']");

    private Task<GatewayProcess> StartReplicaAsync(PostgresServer server, string replica) => StartGatewayAsync(
        $"--cluster.postgres={server.Url}", $"--cluster.name={_cluster}", $"--cluster.replica={replica}");
}
