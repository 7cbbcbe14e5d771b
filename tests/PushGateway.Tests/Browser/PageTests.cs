using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace PushGateway.Tests.Browser;

/// <summary>The other tabs, and what holds on each page.</summary>
public sealed class PageTests(Chromium chromium) : BrowserTests(chromium)
{
    private static readonly string[] Views =
        ["/", "/?group=metrics/job/shown/instance/a", "/?tab=overview", "/?tab=rejections", "/status", "/?tab=push"];

    [Fact]
    public async Task Overview_AfterPushes_ShowsThem()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/shown/instance/a", "x{a=\"1\"} 1\nx{a=\"2\"} 1\n");
        await PushAsync(gateway, "/metrics/job/shown/instance/b", "broken", expected: 400);
        GatewayPage page = await OpenAsync(gateway, "/?tab=overview");

        await Expect(page.Page.Locator("#tile-groups")).ToHaveTextAsync("1");
        await Expect(page.Page.Locator("#tile-series")).ToHaveTextAsync("4");
        await Expect(page.Page.Locator("#chart-pushes").GetByRole(AriaRole.Img)).ToHaveAttributeAsync(
            "aria-label", "Last 60 minutes: 1 accepted, 1 rejected");
        await Expect(page.Page.Locator("#chart-ages tbody tr").First).ToHaveTextAsync("less than 1 min1100 %");
        await Expect(page.Page.Locator("#persistence")).ToContainTextAsync("in memory only");

        await page.Page.Locator("#top-metrics").GetByText("x", new() { Exact = true }).ClickAsync();
        await page.ShowsRowsAsync(1);
        await Expect(page.Search).ToHaveValueAsync("{__name__=\"x\"}");
    }

    [Fact]
    public async Task Rejections_OfHostileClients_AreTextAndLeadToTheGroup()
    {
        const string Hostile = "<img src=x onerror=alert(1)>";
        GatewayProcess gateway = await StartGatewayAsync();
        GatewayPage page = await OpenAsync(gateway, "/?tab=rejections");
        page.ExpectRefusals();
        await Expect(page.Page.Locator("#rejections-total")).ToContainTextAsync("No push and no deletion");
        await PushAsync(gateway, $"/metrics/job/{Uri.EscapeDataString(Hostile)}", $"x{{l=\"{Hostile}\"}} 1\nx{{l=\"{Hostile}\"}} 1\n", expected: 400);
        await PushAsync(gateway, "/metrics/jobs/a", "x 1\n", expected: 404);

        await page.RefreshAsync();

        ILocator rows = page.Page.Locator("#rejections-rows tr");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.First).ToContainTextAsync("404");
        await Expect(rows.First).ToContainTextAsync("PUT /metrics/jobs/a");
        await Expect(rows.Last.Locator(".chip-value")).ToHaveTextAsync(Hostile);
        await Expect(rows.Last.Locator(".message")).ToContainTextAsync($"name:\"l\" value:\"{Hostile}\"");
        await rows.Last.Locator("a").ClickAsync();
        await Expect(page.Page.Locator("#group-title")).ToContainTextAsync(Hostile);
    }

    [Fact]
    public async Task Status_ChangedFlags_AreMarked()
    {
        GatewayProcess gateway = await StartGatewayAsync("--web.enable-admin-api", "--push.max-series=7");
        GatewayPage page = await OpenAsync(gateway, "/status");

        ILocator flag = page.Page.Locator("#flags [data-key='web.enable-admin-api']");
        await Expect(flag).ToContainTextAsync("changed");
        await Expect(flag.Locator("td")).ToHaveTextAsync("true");
        await Expect(page.Page.Locator("#flags [data-key='log.level']")).Not.ToContainTextAsync("changed");
        await Expect(page.Page.Locator("#build")).ToContainTextAsync($"127.0.0.1:{gateway.Port}");
        await Expect(page.Page.Locator("#build [data-key='Maximum push, each sample with all labels']")).ToContainTextAsync("512 MiB");
        await page.Page.Locator("#only-changed").CheckAsync();
        await Expect(page.Page.Locator("#flags tr:visible")).ToHaveCountAsync(3);
        await Expect(page.Page.Locator("#flags [data-key='push.max-series'] td")).ToHaveTextAsync("7");
        await page.Page.Locator("#only-changed").UncheckAsync();
        await page.Page.Locator("#flag-find").FillAsync("maximum series of one push");
        await Expect(page.Page.Locator("#flags tr:visible th code")).ToContainTextAsync(["--push.max-series"]);
        await Expect(page.Page.Locator("#flags [data-key='log.level']")).ToBeHiddenAsync();
        Assert.Contains("find=", page.Page.Url);
    }

    [Fact]
    public async Task Push_BrokenThenMended_ShowsTheLineThenTheGroup()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        GatewayPage page = await OpenAsync(gateway);
        page.ExpectRefusals();
        await page.OpenTabAsync("Try a push");
        await page.Page.Locator("#push-job").FillAsync("tried/it");
        await page.Button("+ Add a label").ClickAsync();
        await page.Page.GetByLabel("Label name").FillAsync("zone");
        await page.Page.GetByLabel("Label value").FillAsync("it's");
        await page.Page.Locator("#push-body").FillAsync("a 1\nb{x=1} 2\nc 3");
        await Expect(page.Page.Locator("#push-snippets code")).ToHaveTextAsync(
            $"curl --data-binary @- '{gateway.Address}/metrics/job@base64/dHJpZWQvaXQ/zone/it'\\''s' <<'END'\na 1\nb{{x=1}} 2\nc 3\nEND");

        await page.Button("Send").ClickAsync();
        await Expect(page.Page.Locator("#push-result")).ToContainTextAsync("Rejected with 400 at line 2");
        await Expect(page.Page.Locator("#push-lines .wrong")).ToHaveTextAsync("2");
        Assert.Empty(await gateway.GroupsAsync());

        await page.Page.Locator("#push-body").FillAsync("a 1\nb{x=\"1\"} 2\nc 3");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Page.Locator("#push-result")).ToContainTextAsync("Accepted");
        await page.Page.GetByText("Open the group").ClickAsync();
        await Expect(page.Page.Locator("#group-title")).ToContainTextAsync("tried/it");
        Assert.Equal("job=tried/it,zone=it's", (await gateway.GroupAsync()).LabelText());
    }

    [Fact]
    public async Task Push_CurlThatIsShown_PushesTheSame()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        GatewayPage page = await OpenAsync(gateway, "/?tab=push");
        page.ExpectRefusals();
        await page.Page.Locator("#push-body").FillAsync("END{l=\"$HOME `id` \\\\ '\"} 1\nEND_ 2\n# END\nEND");
        await page.Page.Locator("#push-body").FillAsync("x{l=\"$HOME `id` \\\\ '\"} 1\n#\nEND 2\n");
        await page.Page.GetByText("PUT").ClickAsync();

        await gateway.ShellAsync(await page.CopyAsync(page.Page.Locator("#push-snippets .copy")));

        StoredGroup group = await gateway.GroupAsync();
        Assert.Equal(["END", "x"], group.Families);
        Assert.Contains("$HOME `id` \\\\ '", await gateway.ScrapeAsync());
    }

    [Theory]
    [InlineData("--web.route-prefix=/some/prefix", "/some/prefix")]
    [InlineData("--web.external-url=http://example.org/gateway/", "/gateway")]
    public async Task Prefix_OnEachTab_IsKept(string flag, string prefix)
    {
        GatewayProcess gateway = StoppedAtTheEnd(await GatewayProcess.StartUnderAsync(prefix, flag));
        await PushAsync(gateway, $"{prefix}/metrics/job/a", "x 1\n");
        GatewayPage page = await OpenAsync(gateway, $"{prefix}/");
        await page.Row("a").Locator(".row-link").ClickAsync();
        await Expect(page.Family("x")).ToBeVisibleAsync();
        Assert.Contains(
            $"{gateway.Address}{prefix}/metrics/job/a", await page.CopyAsync(page.Button("Copy delete")));

        await page.OpenTabAsync("Overview");
        await Expect(page.Page.Locator("#tile-groups")).ToHaveTextAsync("1");
        await page.OpenTabAsync("Status");
        await Expect(page.Page.Locator("#flags tr").First).ToBeVisibleAsync();
        Assert.Equal($"{prefix}/status", new Uri(page.Page.Url).AbsolutePath);
        await page.Page.ReloadAsync();
        await Expect(page.Page.Locator("#flags tr").First).ToBeVisibleAsync();
        await page.OpenTabAsync("Groups");
        await page.ShowsRowsAsync(1);
    }

    [Fact]
    public async Task Gateway_GoneAndBack_IsToldAndFoundAgain()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/a", "x 1\n");
        GatewayPage page = await OpenAsync(gateway);
        await page.ShowsRowsAsync(1);
        page.ExpectRefusals();

        await page.Page.RouteAsync("**/api/v1/groups*", route => route.FulfillAsync(new() { Status = 503, Body = "restoring\n" }));
        await page.RefreshAsync();
        await Expect(page.Page.Locator("#trouble")).ToContainTextAsync("The gateway answers 503: restoring");
        await page.ShowsRowsAsync(1);

        await page.Page.UnrouteAllAsync();
        await page.RefreshAsync();
        await Expect(page.Page.Locator("#trouble")).ToBeHiddenAsync();
    }

    /// <summary>Pictures of each view for people to look at, and that each fits into the width of a phone.</summary>
    [Theory]
    [InlineData("light", ColorScheme.Light, 1280)]
    [InlineData("dark", ColorScheme.Dark, 1280)]
    [InlineData("phone", ColorScheme.Light, 375)]
    public async Task Views_InEachSchemeAndWidth_FitAndFollowTheScheme(string name, ColorScheme scheme, int width)
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/shown/instance/a", "x{a=\"1\"} 1\nx{a=\"2\"} 1\n");
        await PushAsync(gateway, $"/metrics/job/long/name/{new string('n', 2000)}", "x 1\n");
        await PushAsync(gateway, "/metrics/job/long/instance/refused", new string('b', 2000), expected: 400);
        GatewayPage page = await OpenAsync(gateway, "/", new BrowserNewContextOptions
        {
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = 800 },
        });
        foreach (string view in Views)
        {
            await page.GoToAsync(view);
            await Expect(page.Page.Locator("main > section:visible")).ToHaveClassAsync(new Regex("loaded"));
            await page.Page.ScreenshotAsync(new PageScreenshotOptions
            {
                Path = Repository.PathOf("artifacts", "screenshots", $"{name}-{Array.IndexOf(Views, view)}.png"),
            });

            int tooWide = await page.Page.EvaluateAsync<int>(
                "Math.max(0, document.documentElement.scrollWidth - innerWidth)");
            Assert.Equal((view, 0), (view, tooWide));
            int brightness = await page.Page.EvaluateAsync<int>(
                "Number(/\\d+/.exec(getComputedStyle(document.body).backgroundColor)[0])");
            Assert.Equal(scheme == ColorScheme.Light, brightness > 128);
        }
    }
}
