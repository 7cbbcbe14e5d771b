using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PushGateway.Tests.Access;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace PushGateway.Tests.Browser;

/// <summary>A gateway that does not answer, or wants to know who asks; and what a reader sets.</summary>
public sealed class ConnectionTests(Chromium chromium) : BrowserTests(chromium)
{
    [Fact]
    public async Task Gateway_Gone_IsOfflineWithTheTimeOfTheLastAnswer()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/a", "x 1\n");
        GatewayPage page = await OpenAsync(gateway);
        await page.ShowsRowsAsync(1);
        page.ExpectRefusals();

        await page.Page.RouteAsync("**/api/v1/**", route => route.AbortAsync());
        await page.RefreshAsync();

        await Expect(page.Page.Locator("#live-text")).ToHaveTextAsync("Offline");
        await Expect(page.Page.Locator("#trouble")).ToContainTextAsync("The gateway does not answer. Last answer ");
        await Expect(page.Page.Locator("#trouble time")).ToHaveTextAsync(new Regex("just now|s ago"));
        await page.ShowsRowsAsync(1);
        await page.Page.UnrouteAllAsync();
        await page.RefreshAsync();
        await Expect(page.Page.Locator("#live-text")).ToHaveTextAsync("Live");
        await Expect(page.Page.Locator("#trouble")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Loading_FirstAnswerThatIsSlow_ShowsASkeleton()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/a", "x 1\n");
        GatewayPage page = await OpenAsync(gateway, "/?tab=push");
        var go = new TaskCompletionSource();
        await page.Page.RouteAsync("**/api/v1/groups*", async route =>
        {
            await go.Task;
            await route.ContinueAsync();
        });

        await page.GoToAsync("/");
        await Expect(page.Page.Locator("#list .skeleton")).ToBeVisibleAsync();
        go.SetResult();
        await page.ShowsRowsAsync(1);
        await Expect(page.Page.Locator("#list .skeleton")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task SignIn_TokenForThisTab_LetsDelete()
    {
        using var folder = new AccessFolder();
        folder.Write(
            "roles:\n  readers:\n    permissions: [read, push]\n    anonymous: true\n"
            + $"  admins:\n    permissions: [read, delete]\n    tokens: ['{AccessFolder.HashOf("the-token")}']\n");
        GatewayProcess gateway = await StartGatewayAsync(folder.Flag);
        await PushAsync(gateway, "/metrics/job/a", "x 1\n");
        GatewayPage page = await OpenAsync(gateway);
        page.ExpectRefusals();
        await page.ShowsRowsAsync(1);

        // As if the gateway wanted it for everything.
        await page.Page.RouteAsync("**/api/v1/groups*", async route =>
        {
            bool knows = await route.Request.HeaderValueAsync("authorization") == "Bearer the-token";
            await (knows ? route.ContinueAsync() : route.FulfillAsync(new() { Status = 401, Body = "Unauthorized: this requires the permission \"read\"" }));
        });
        await page.RefreshAsync();
        await Expect(page.Page.Locator("#live-text")).ToHaveTextAsync("Locked");
        await page.Page.Locator("#trouble").GetByText("Sign in…").ClickAsync();
        await page.Page.GetByLabel("Bearer token").FillAsync("the-token");
        await page.Dialog.GetByText("Sign in").Last.ClickAsync();

        await Expect(page.Page.Locator("#trouble")).ToBeHiddenAsync();
        Assert.Equal("Bearer the-token", await page.Page.EvaluateAsync<string>("sessionStorage.getItem('authorization')"));
        await page.Page.Clock.InstallAsync();
        await page.Rows.First.Locator(".act button").ClickAsync();
        await page.Page.Clock.FastForwardAsync(11_000);
        await Expect(page.Page.Locator("#first-push")).ToBeVisibleAsync();
        Assert.Empty(await gateway.GroupsAsync());
    }

    [Fact]
    public async Task SignIn_GatewayThatOnlyATokenOpens_IsPossibleOnThePage()
    {
        using var folder = new AccessFolder();
        folder.Write($"roles:\n  all:\n    permissions: [read, push]\n    tokens: ['{AccessFolder.HashOf("the-token")}']\n");
        GatewayProcess gateway = await StartGatewayAsync(folder.Flag);
        GatewayPage page = await EmptyPageAsync(gateway);
        page.ExpectRefusals();

        await page.GoToAsync("/");
        await page.Page.Locator("#trouble").GetByText("Sign in…").ClickAsync();
        await page.Page.GetByLabel("Bearer token").FillAsync("wrong");
        await page.Dialog.GetByText("Sign in").Last.ClickAsync();
        await Expect(page.Dialog.Locator(".error")).ToHaveTextAsync("Unauthorized");
        await page.Page.GetByLabel("Bearer token").FillAsync("the-token");
        await page.Dialog.GetByText("Sign in").Last.ClickAsync();
        await Expect(page.Page.Locator("#first-push")).ToBeVisibleAsync();

        await page.Page.ReloadAsync();
        await Expect(page.Page.Locator("#first-push")).ToBeVisibleAsync();
        await Expect(page.Page.Locator("#trouble")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Settings_ThemeAndInterval_StayInThisBrowser()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/a", "x 1\n");
        GatewayPage page = await OpenAsync(gateway, options: new BrowserNewContextOptions { ColorScheme = ColorScheme.Light });
        await page.Button("Settings").ClickAsync();
        await page.Page.Locator("#theme").SelectOptionAsync("dark");
        await page.Page.Locator("#refresh").SelectOptionAsync("60");

        await page.Page.ReloadAsync();

        await page.ShowsRowsAsync(1);
        Assert.Equal("rgb(16, 20, 26)", await page.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        await Expect(page.Page.Locator("#refresh")).ToHaveValueAsync("60");
        await page.Button("Live").ClickAsync();
        await Expect(page.Button("Paused")).ToHaveAttributeAsync("title", "Refresh every 60 s");
    }

    [Fact]
    public async Task Footer_WaysOut_LeadToTheScrapeAndTheApi()
    {
        GatewayProcess gateway = await StartGatewayAsync("--web.telemetry-path=/scrape");
        await PushAsync(gateway, "/metrics/job/a", "x 1\n");
        GatewayPage page = await OpenAsync(gateway);

        await Expect(page.Page.Locator("#version")).ToHaveTextAsync(new Regex("^\\d+\\.\\d+"));
        await Expect(page.Page.Locator("#scrape-link")).ToHaveAttributeAsync("href", $"{gateway.Address}/scrape");
        page.ExpectRefusals();
        await page.Page.Locator("footer").GetByText("JSON", new() { Exact = true }).ClickAsync();
        await Expect(page.Page.Locator("body")).ToContainTextAsync("\"status\":\"success\"");
    }

    [Fact]
    public async Task Pages_NumbersSizesAndKeys_AreInTheAddress()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushManyAsync(gateway, 120);
        GatewayPage page = await OpenAsync(gateway, "/?page=999");

        await page.ShowsRowsAsync(20);
        await Expect(page.Page.Locator("#pager [aria-current=page]")).ToHaveTextAsync("3");
        Assert.Contains("page=3", page.Page.Url);
        await page.Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(page.Page.Locator("#pager .pager-text")).ToHaveTextAsync("51–100 of 120");
        await page.Page.Locator("#pager").GetByRole(AriaRole.Link, new() { Name = "Page 1", Exact = true }).ClickAsync();
        await Expect(page.Page.Locator("#pager .pager-text")).ToHaveTextAsync("1–50 of 120");
        await page.Page.Locator("#pager select").SelectOptionAsync("200");
        await page.ShowsRowsAsync(120);
        await Expect(page.Page.Locator("#pager select")).ToBeFocusedAsync();
        Assert.Contains("size=200", page.Page.Url);
    }

    [Fact]
    public async Task Dialog_OverAPageThatScrolls_DimsAllOfIt()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushManyAsync(gateway, 60);
        GatewayPage page = await OpenAsync(gateway);
        await page.ShowsRowsAsync(50);

        await page.Page.Keyboard.PressAsync("?");

        await Expect(page.Dialog).ToBeVisibleAsync();
        Assert.Equal(0, await page.Page.EvaluateAsync<int>("innerWidth - document.documentElement.clientWidth"));
    }
}
