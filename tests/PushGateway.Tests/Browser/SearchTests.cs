using Microsoft.Playwright;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace PushGateway.Tests.Browser;

/// <summary>The search: what may be typed, when it asks, and what it offers.</summary>
public sealed class SearchTests(Chromium chromium) : BrowserTests(chromium)
{
    [Theory]
    [InlineData("job=cert-renewal", "cert-renewal")]
    [InlineData("job=~cert.*", "cert-renewal")]
    [InlineData("job!=cert-renewal instance=db-1", "backup")]
    [InlineData("{job=backup}", "backup")]
    [InlineData("some instance='db-1'", "backup")]
    [InlineData("backup_bytes{job=backup}", "backup")]
    public async Task Matcher_WithoutQuotes_IsAccepted(string search, string shown)
    {
        GatewayProcess gateway = await StartWithGroupsAsync();
        GatewayPage page = await OpenAsync(gateway);

        await page.Search.FillAsync(search);

        await page.ShowsRowsAsync(1);
        await Expect(page.Rows.First.Locator(".row-link")).ToHaveTextAsync(shown);
    }

    [Fact]
    public async Task Typing_UnfinishedSelector_AsksNothingAndShowsNoError()
    {
        GatewayProcess gateway = await StartWithGroupsAsync();
        GatewayPage page = await OpenAsync(gateway);
        await page.ShowsRowsAsync(2);
        await page.Page.Clock.InstallAsync();

        foreach (char letter in "job=~\"")
        {
            await page.Search.PressSequentiallyAsync(letter.ToString());
            await page.Page.Clock.FastForwardAsync(2_000);
            await Expect(page.Page.Locator("#search-error")).ToBeHiddenAsync();
        }
        await Expect(page.Page.Locator("#groups")).ToHaveClassAsync(new System.Text.RegularExpressions.Regex("asking"));
        await Expect(page.Page.Locator("#search-kind")).ToHaveTextAsync("go on…");
        await page.Search.PressSequentiallyAsync("back.*\"");
        await page.Page.Clock.FastForwardAsync(2_000);

        await page.ShowsRowsAsync(1);
        await Expect(page.Page.Locator("#groups")).Not.ToHaveClassAsync(new System.Text.RegularExpressions.Regex("asking"));
    }

    [Fact]
    public async Task Chip_Clicked_NarrowsTheList()
    {
        GatewayProcess gateway = await StartWithGroupsAsync();
        await PushAsync(gateway, "/metrics/job/other/instance/db-1", "x 1\n");
        GatewayPage page = await OpenAsync(gateway);

        await page.Row("backup").Locator(".chip").ClickAsync();
        await page.ShowsRowsAsync(2);
        await Expect(page.Search).ToHaveValueAsync("instance=\"db-1\"");
        await page.Row("backup").Locator(".row-link").ClickAsync();
        await page.Page.Locator("#group-title .chip-filter").First.ClickAsync();

        await page.ShowsRowsAsync(1);
        await Expect(page.Search).ToHaveValueAsync("instance=\"db-1\" job=\"backup\"");
        await Expect(page.Detail).ToBeVisibleAsync();
        await page.Button("Clear filters").ClickAsync();
        await page.ShowsRowsAsync(3);
    }

    [Fact]
    public async Task Completion_OfALabelThenAValue_NeedsNoMouse()
    {
        GatewayProcess gateway = await StartWithGroupsAsync();
        GatewayPage page = await OpenAsync(gateway);
        ILocator options = page.Page.Locator("#completions li");

        await page.Search.PressSequentiallyAsync("inst");
        await Expect(options.First).ToContainTextAsync("instance");
        await page.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Search).ToHaveAttributeAsync("aria-activedescendant", "completion-0");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Search).ToHaveValueAsync("instance=");
        await Expect(options).ToHaveCountAsync(2);
        await page.Search.PressSequentiallyAsync("db-2");
        await Expect(options).ToHaveCountAsync(1);
        await page.Page.Keyboard.PressAsync("ArrowDown");
        await page.Page.Keyboard.PressAsync("Tab");

        await Expect(page.Search).ToHaveValueAsync("instance=\"db-2\"");
        await page.ShowsRowsAsync(1);
        await Expect(page.Page.Locator("#completions")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task LastPush_WithinAndNotSince_AreOneControl()
    {
        GatewayProcess gateway = await StartWithGroupsAsync();
        GatewayPage page = await OpenAsync(gateway);
        await page.Page.Locator("#pushed").SelectOptionAsync("5m");
        await page.ShowsRowsAsync(2);
        Assert.Contains("within=5m", page.Page.Url);

        await page.Page.Locator("#pushed").SelectOptionAsync("-1h");
        await page.ShowsRowsAsync(0);
        Assert.Contains("before=1h", page.Page.Url);
        await page.GoToAsync("/?state=stale");
        await Expect(page.Page.Locator("#pushed")).ToHaveValueAsync("-1h");
    }

    private async Task<GatewayProcess> StartWithGroupsAsync()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/backup/instance/db-1", "backup_bytes 1\nsome 1\n");
        await PushAsync(gateway, "/metrics/job/cert-renewal/instance/db-2", "some 1\n");
        return gateway;
    }
}
