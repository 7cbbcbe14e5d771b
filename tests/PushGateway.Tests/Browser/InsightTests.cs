using Microsoft.Playwright;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace PushGateway.Tests.Browser;

/// <summary>Why a push was rejected, the jobs, the history of a group, exemplars.</summary>
public sealed class InsightTests(Chromium chromium) : BrowserTests(chromium)
{
    private const string Exemplars =
        """
        # TYPE call_seconds histogram
        call_seconds_bucket{le="0.1"} 8 # {trace_id="<b>4bf9</b>"} 0.067 1760000000.5
        call_seconds_bucket{le="1.0"} 20
        call_seconds_bucket{le="+Inf"} 27 # {trace_id="00f0"} 9.8
        call_seconds_sum 23.4
        call_seconds_count 27
        call_seconds_created 1760000000
        # EOF

        """;

    [Fact]
    public async Task Rejection_OfAnotherType_SaysWhereWithALink()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/nightly", "# TYPE backup_success gauge\nbackup_success 1\n");
        await PushAsync(gateway, "/metrics/job/weekly", "# TYPE backup_success counter\nbackup_success 1\n", expected: 400);
        GatewayPage page = await OpenAsync(gateway, "/?tab=rejections");
        ILocator row = page.Page.Locator("#rejections-rows tr");

        await Expect(row.Locator(".what")).ToHaveTextAsync("backup_success is a counter here, but a gauge in {job=\"nightly\"}");
        await Expect(row.Locator(".advice")).ToContainTextAsync("one type everywhere");
        await Expect(row.Locator(".message")).ToBeHiddenAsync();
        await row.GetByText("The answer in full").ClickAsync();
        await Expect(row.Locator(".message")).ToContainTextAsync("is not a GAUGE");
        Assert.DoesNotContain("\\n", await row.Locator(".message").TextContentAsync());

        await row.Locator(".what a").ClickAsync();
        await Expect(page.Page.Locator("#group-title")).ToContainTextAsync("nightly");
        await page.GoToAsync("/?group=metrics/job/weekly");
        await Expect(page.Page.Locator("#group-rejection .what a")).ToHaveTextAsync("{job=\"nightly\"}");
    }

    [Fact]
    public async Task Jobs_LateAndFailing_ComeFirstAndLeadToTheirGroups()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/a/instance/1", "x 1\n");
        await PushAsync(gateway, "/metrics/job/a/instance/2", "x 1\n");
        await PushAsync(gateway, "/metrics/job/z/instance/1", "x 1\n");
        await PushAsync(gateway, "/metrics/job/z/instance/2", "x 1\n");
        await PushAsync(gateway, "/metrics/job/z/instance/2", "x{ 1\n", expected: 400);
        GatewayPage page = await OpenAsync(gateway);
        await page.OpenTabAsync("Jobs");
        ILocator rows = page.Page.Locator("#jobs-rows tr");

        await Expect(rows.Locator(".row-link")).ToHaveTextAsync(["z", "a"]);
        await Expect(rows.Last.Locator(".groups")).ToHaveTextAsync("2");
        await Expect(rows.Last.Locator(".failing")).ToBeHiddenAsync();
        await rows.First.Locator(".failing").ClickAsync();
        await page.ShowsRowsAsync(1);
        await Expect(page.Search).ToHaveValueAsync("job=\"z\"");
        await Expect(page.State("failed")).ToBeCheckedAsync();

        await page.Page.GoBackAsync();
        await page.Page.Locator("#jobs-search").FillAsync("job=a");
        await Expect(rows).ToHaveCountAsync(1);
        await rows.First.Locator(".row-link").ClickAsync();
        await page.ShowsRowsAsync(2);
    }

    [Fact]
    public async Task Jobs_Opened_ShowTheirGroupsInPlaceAndInTheAddress()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        for (int i = 1; i <= 23; i++)
        {
            await PushAsync(gateway, $"/metrics/job/a b/instance/{i}", "x 1\n");
        }
        await PushAsync(gateway, "/metrics/job/a b/instance/21", "x{ 1\n", expected: 400);
        await PushAsync(gateway, "/metrics/job/z", "x 1\n");
        GatewayPage page = await OpenAsync(gateway, "/?tab=jobs");
        ILocator disclosure = page.Button("Groups of a b");
        ILocator groups = page.Page.Locator(".children li");

        // By keys alone, without losing the focus.
        await Expect(disclosure).ToHaveAttributeAsync("aria-expanded", "false");
        await disclosure.FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await Expect(groups).ToHaveCountAsync(20);
        await Expect(disclosure).ToHaveAttributeAsync("aria-expanded", "true");
        await Expect(disclosure).ToBeFocusedAsync();
        await Expect(groups.First).ToContainTextAsync("instance21");
        await Expect(groups.First.Locator(".rejected")).ToContainTextAsync("Line 1");
        await Expect(groups.Nth(1)).ToContainTextAsync("instance1");
        await Expect(page.Page.Locator(".more-groups")).ToContainTextAsync("20 of 23 groups");
        Assert.EndsWith("/?tab=jobs&open=a%2520b", page.Page.Url);

        await page.Page.Locator(".more-groups button").ClickAsync();
        await Expect(groups).ToHaveCountAsync(23);
        await page.Page.ReloadAsync();
        await Expect(groups).ToHaveCountAsync(23);
        await groups.First.Locator(".row-link").ClickAsync();
        await Expect(page.Page.Locator("#group-title")).ToContainTextAsync("21");
        await page.Page.GoBackAsync();
        await disclosure.FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(groups).ToHaveCountAsync(0);

        // The search counts for the groups, too.
        await page.Page.Locator("#jobs-search").FillAsync("instance=7");
        await Expect(page.Page.Locator("#jobs-rows tr")).ToHaveCountAsync(1);
        await disclosure.ClickAsync();
        await Expect(groups).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task History_OfAGroup_ListsPushesAndRejections()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/a", "x 1\ny 2\n");
        await PushAsync(gateway, "/metrics/job/a", "<i>x</i> 1\n", expected: 400);
        GatewayPage page = await OpenAsync(gateway, "/?group=metrics/job/a");

        await Expect(page.Page.Locator("#history-summary")).ToContainTextAsync("Last 2 pushes, 1 rejected");
        await Expect(page.Page.Locator(".sparkline rect")).ToHaveCountAsync(2);
        await Expect(page.Page.Locator(".sparkline .bad")).ToHaveCountAsync(1);
        await page.Page.Locator("#history-summary").ClickAsync();
        ILocator rows = page.Page.Locator("#history-rows tr");
        await Expect(rows.First).ToContainTextAsync("PUT 400");
        await Expect(rows.First.Locator(".message")).ToContainTextAsync("parsing error in line 1");
        await Expect(rows.Last).ToContainTextAsync("PUT 200");
        await Expect(rows.Last.Locator(".number").First).ToHaveTextAsync("2");
    }

    [Fact]
    public async Task Exemplars_OfAHistogram_AreDotsWithTheirLabels()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        using var content = new StringContent(Exemplars.Replace("\r", "", StringComparison.Ordinal));
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("application/openmetrics-text; version=1.0.0");
        using HttpResponseMessage answer = await gateway.Client.PutAsync("/metrics/job/a", content, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)answer.StatusCode);
        GatewayPage page = await OpenAsync(gateway, "/?group=metrics/job/a");
        ILocator family = page.Family("call_seconds");

        await Expect(family.Locator(".dots span").First.Locator(".dot")).ToHaveCountAsync(1);
        await Expect(family.Locator(".dots span").Nth(1).Locator(".dot")).ToHaveCountAsync(0);
        await family.Locator(".dot").First.FocusAsync();
        await page.Page.Keyboard.PressAsync("Shift");
        await family.Locator(".dot").First.HoverAsync();
        await Expect(page.Page.Locator("#tip")).ToContainTextAsync("trace_id=<b>4bf9</b> · 0.067 · 9 Oct 2025");
        await Expect(family.Locator(".facts")).ToContainTextAsync("counting since");
    }

    [Fact]
    public async Task Group_ManySeries_AreFilteredAndSorted()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(
            gateway,
            "/metrics/job/a",
            "# HELP many Of many.\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"many{{host=\"h{i}\"}} {(i * 7) % 30}\n")) + "other 0\n");
        GatewayPage page = await OpenAsync(gateway, "/?group=metrics/job/a");
        ILocator rows = page.Family("many").Locator("tbody tr:visible");
        await Expect(rows).ToHaveCountAsync(30);
        await Expect(page.Family("many").Locator(".help")).ToHaveTextAsync("Of many.");

        await page.Family("many").GetByText("Value").ClickAsync();
        await Expect(rows.First.Locator("td")).ToHaveTextAsync("29");
        await page.Family("many").GetByText("Labels", new() { Exact = true }).ClickAsync();
        await Expect(rows.Nth(2)).ToContainTextAsync("h2");
        await page.Page.Locator("#find").FillAsync("h17");

        await Expect(rows).ToHaveCountAsync(1);
        await Expect(page.Family("other")).ToBeHiddenAsync();
        Assert.Contains("find=h17", page.Page.Url);
        await Expect(page.Page.Locator("#families > *")).ToHaveCountAsync(2);
        await Expect(page.Page.Locator("#group-failed")).ToHaveTextAsync("never");
    }
}
