using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace PushGateway.Tests.Browser;

/// <summary>axe finds nothing on any view, in either theme, without exceptions. Focus is never lost.</summary>
public sealed class AccessibilityTests(Chromium chromium) : BrowserTests(chromium)
{
    private const string Metrics =
        """
        # HELP jobs_done Jobs that are done.
        # TYPE jobs_done counter
        jobs_done{kind="full"} 12
        jobs_done{kind="part"} 1500
        # TYPE took_seconds histogram
        took_seconds_bucket{le="0.1"} 1
        took_seconds_bucket{le="+Inf"} 5
        took_seconds_sum 9.5
        took_seconds_count 5
        ended_timestamp_seconds 1.7e+09

        """;

    [Theory]
    [InlineData("/", ColorScheme.Light)]
    [InlineData("/", ColorScheme.Dark)]
    [InlineData("/?group=metrics/job/full", ColorScheme.Light)]
    [InlineData("/?group=metrics/job/full", ColorScheme.Dark)]
    [InlineData("/?group=metrics/job/broken", ColorScheme.Dark)]
    [InlineData("/?q=none", ColorScheme.Light)]
    [InlineData("/?tab=jobs&open=full+job_1", ColorScheme.Light)]
    [InlineData("/?tab=jobs&open=broken", ColorScheme.Dark)]
    [InlineData("/?tab=overview", ColorScheme.Light)]
    [InlineData("/?tab=overview", ColorScheme.Dark)]
    [InlineData("/?tab=rejections", ColorScheme.Light)]
    [InlineData("/?tab=rejections", ColorScheme.Dark)]
    [InlineData("/status", ColorScheme.Light)]
    [InlineData("/?tab=push", ColorScheme.Dark)]
    public async Task View_EachTheme_HasNoViolation(string view, ColorScheme scheme)
    {
        GatewayProcess gateway = await StartGatewayAsync("--web.enable-admin-api");
        await PushAsync(gateway, "/metrics/job/full", Metrics);
        await PushAsync(gateway, "/metrics/job/full", Metrics);
        await PushAsync(gateway, "/metrics/job/broken", "# TYPE jobs_done gauge\njobs_done 1\n", expected: 400);
        await PushManyAsync(gateway, 30);
        GatewayPage page = await OpenAsync(gateway, view, new BrowserNewContextOptions { ColorScheme = scheme });
        await Expect(page.Page.Locator("main > section:visible")).ToHaveClassAsync(new System.Text.RegularExpressions.Regex("loaded"));
        await page.Page.EvaluateAsync("document.querySelectorAll('details').forEach(details => { details.open = true; })");
        await page.RefreshAsync();

        await HasNoViolationAsync(page);
    }

    [Theory]
    [InlineData("?")]
    [InlineData("delete")]
    [InlineData("settings")]
    [InlineData("empty")]
    public async Task Dialog_Open_HasNoViolation(string dialog)
    {
        GatewayProcess gateway = await StartGatewayAsync("--web.enable-admin-api");
        if (dialog != "empty")
        {
            await PushManyAsync(gateway, 20);
        }
        GatewayPage page = await OpenAsync(gateway, "/");
        if (dialog == "delete")
        {
            await page.Page.Locator("#pick-all").CheckAsync();
            await page.Button("Delete 20 selected…").ClickAsync();
        }
        else if (dialog == "settings")
        {
            await page.Button("Settings").ClickAsync();
        }
        else if (dialog == "?")
        {
            await page.ShowsRowsAsync(20);
            await page.Page.Keyboard.PressAsync("?");
        }

        await HasNoViolationAsync(page);
    }

    [Fact]
    public async Task Dialog_Closed_GivesTheFocusBack()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/a", "x 1\n");
        GatewayPage page = await OpenAsync(gateway);
        await page.Rows.First.Locator(".row-link").FocusAsync();

        await page.Page.Keyboard.PressAsync("?");
        await Expect(page.Dialog.Locator("h2")).ToHaveTextAsync("Keyboard shortcuts");
        await page.Page.Keyboard.PressAsync("Escape");

        await Expect(page.Rows.First.Locator(".row-link")).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("d");
        await Expect(page.Search).ToBeFocusedAsync();
        await page.Button("Undo").ClickAsync();
        await page.ShowsRowsAsync(1);
    }

    private static async Task HasNoViolationAsync(GatewayPage page)
    {
        AxeResult result = await page.Page.RunAxe();
        Assert.Empty(result.Violations.SelectMany(
            violation => violation.Nodes.Select(node => $"{violation.Id}: {node.Html} {node.Any.FirstOrDefault()?.Message}")));
        Assert.NotEmpty(result.Passes);
    }
}
