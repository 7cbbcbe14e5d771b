using Microsoft.Playwright;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace PushGateway.Tests.Browser;

/// <summary>The list of groups: what a newcomer sees, search, filters, order, pages, keys.</summary>
public sealed class GroupListTests(Chromium chromium) : BrowserTests(chromium)
{
    [Fact]
    public async Task Newcomer_RunsTheCommandThatIsShown_SeesTheGroupAppearByItself()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        GatewayPage page = await OpenAsync(gateway);
        await Expect(page.Page.Locator("#first-push h2")).ToHaveTextAsync("Nothing has been pushed yet");
        string command = await page.Page.Locator("#first-snippets code").InnerTextAsync();

        await gateway.ShellAsync(command);

        await page.ShowsRowsAsync(1);
        await Expect(page.Rows.First.Locator(".row-link")).ToHaveTextAsync("some_job");
        await Expect(page.Page.Locator("#first-push")).ToBeHiddenAsync();
        await Expect(page.Page.Locator("#totals")).ToHaveTextAsync("1 group, 3 series");
    }

    [Fact]
    public async Task Empty_GroupsWithoutASample_SayThatTheyHaveNoMetrics()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/full", "x 1\n");
        await PushAsync(gateway, "/metrics/job/hollow", "");
        GatewayPage page = await OpenAsync(gateway);
        await Expect(page.Row("hollow").Locator(".no-metrics")).ToHaveTextAsync("no metrics");
        await Expect(page.Row("full").Locator(".no-metrics")).ToBeHiddenAsync();

        await page.State("empty").CheckAsync();

        await page.ShowsRowsAsync(1);
        await page.Row("hollow").Locator(".row-link").ClickAsync();
        await Expect(page.Page.Locator("#group-empty")).ToContainTextAsync("the last push that was accepted had no sample");
        await PushAsync(gateway, "/metrics/job/hollow", "x 1\n");
        await page.RefreshAsync();
        await page.ShowsRowsAsync(0);
        await Expect(page.Page.Locator("#group-empty")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Deadlines_LateExpiringAndMissingGroups_AreShownAndFiltered()
    {
        string rules = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            rules,
            "rules: [{match: '{job=~\"nightly-.*\"}', expect: 1h, required: [{job: nightly-db}]}]\n",
            TestContext.Current.CancellationToken);
        GatewayProcess gateway = await StartGatewayAsync($"--lifecycle.config.file={rules}");
        File.Delete(rules);
        await gateway.ShellAsync(
            "echo 'x 1' | curl -sf -H 'Pushgateway-Expect: 1ms' --data-binary @- $GATEWAY/metrics/job/slow"
            + " && echo 'x 1' | curl -sf -H 'Pushgateway-TTL: 2d' --data-binary @- $GATEWAY/metrics/job/short");
        await PushAsync(gateway, "/metrics/job/plain", "x 1\n");
        GatewayPage page = await OpenAsync(gateway);

        await Expect(page.Row("slow").Locator(".deadlines .late")).ToContainTextAsync("late by ");
        await Expect(page.Row("short").Locator(".deadlines .expires")).ToHaveTextAsync("expires in 1 d");
        await Expect(page.Row("plain").Locator(".deadlines")).ToBeHiddenAsync();
        await Expect(page.Page.Locator("#missing-groups .chip")).ToHaveTextAsync("jobnightly-db");
        await Expect(page.State("expiring")).ToBeHiddenAsync();

        await page.State("late").CheckAsync();
        await page.ShowsRowsAsync(1);
        await Expect(page.Row("slow")).ToBeVisibleAsync();
        await page.Row("slow").Locator(".row-link").ClickAsync();
        await Expect(page.Page.Locator("#group-deadlines .late")).ToContainTextAsync("late by ");
        await PushAsync(gateway, "/metrics/job/nightly-db", "x 1\n");
        await page.RefreshAsync();
        await Expect(page.Page.Locator("#missing")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task MergedGroup_SaysHowItWasMergedLast()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await gateway.ShellAsync(
            "echo 'x 1' | curl -sf -H 'Pushgateway-Merge: sum, gauges=max' --data-binary @- $GATEWAY/metrics/job/summed");
        await PushAsync(gateway, "/metrics/job/plain", "x 1\n");

        GatewayPage page = await OpenAsync(gateway);

        await Expect(page.Row("summed").Locator(".merged")).ToHaveTextAsync("merged: sum, gauges=max");
        await Expect(page.Row("plain").Locator(".merged")).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData("NIGHTLY db-2", "db-2")]
    [InlineData("backup_bytes", "db-1")]
    [InlineData("instance=~\"db-.\"", "db-1 db-2")]
    [InlineData("{job=\"terraform\"}", "production")]
    [InlineData("backup_bytes{kind=\"full\"}", "db-1")]
    [InlineData("no such thing", "")]
    public async Task Search_Typed_ShowsWhatItSelects(string search, string shown)
    {
        GatewayProcess gateway = await StartWithGroupsAsync();
        GatewayPage page = await OpenAsync(gateway);
        await page.ShowsRowsAsync(3);

        // A selector that is not yet typed to its end.
        page.ExpectRefusals();

        await page.Search.PressSequentiallyAsync(search);

        await Deadline.UntilAsync(
            Deadline.Change,
            "the address has the search",
            async _ => await page.Page.EvaluateAsync<string?>("new URLSearchParams(location.search).get('q')") == search);
        string[] names = shown.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        await page.ShowsRowsAsync(names.Length);
        foreach (string name in names)
        {
            await Expect(page.Row(name)).ToHaveCountAsync(1);
        }
        await Expect(page.Page.Locator("#no-match")).ToBeVisibleAsync(new() { Visible = names.Length == 0 });

        await page.Page.ReloadAsync();
        await page.ShowsRowsAsync(names.Length);
        await Expect(page.Search).ToHaveValueAsync(search);
    }

    [Fact]
    public async Task Search_BrokenSelector_SaysWhereAndKeepsTheList()
    {
        GatewayProcess gateway = await StartWithGroupsAsync();
        GatewayPage page = await OpenAsync(gateway);
        await page.ShowsRowsAsync(3);
        page.ExpectRefusals();

        await page.Search.FillAsync("{job=~\"a\",!}");

        ILocator error = page.Page.Locator("#search-error");
        await Expect(error).ToContainTextAsync("At character 11: ");
        await Expect(error.Locator("pre")).ToHaveTextAsync("{job=~\"a\",!}\n          ^");
        await Expect(page.Search).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.Page.Locator("#delete-selected")).ToBeDisabledAsync();
        await page.ShowsRowsAsync(3);

        await page.Search.FillAsync("{job=~\"n.*\"}");
        await Expect(error).ToBeHiddenAsync();
        await page.ShowsRowsAsync(2);
    }

    [Fact]
    public async Task Filter_Failing_ShowsWhyAndWhen()
    {
        GatewayProcess gateway = await StartWithGroupsAsync();
        await PushAsync(gateway, "/metrics/job/terraform/workspace/production", "x 1\nx 2\n", expected: 400);
        GatewayPage page = await OpenAsync(gateway);

        await page.State("failed").CheckAsync();

        await page.ShowsRowsAsync(1);
        ILocator failure = page.Row("production").Locator(".failure");
        await Expect(failure.Locator(".badge")).ToHaveTextAsync("rejected");
        await Expect(failure.Locator(".message")).ToHaveTextAsync("x has a series twice");
        await failure.Locator("time").HoverAsync();
        await Expect(page.Page.Locator("#tip")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("20\\d\\d, "));
        await page.Page.GoBackAsync();
        await page.ShowsRowsAsync(3);
    }

    [Fact]
    public async Task Sort_ByColumn_OrdersAndTurnsAround()
    {
        GatewayProcess gateway = await StartWithGroupsAsync();
        GatewayPage page = await OpenAsync(gateway);
        ILocator series = page.Page.Locator("#group-table th.number").First;

        await series.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Rows.First).ToContainTextAsync("db-1");
        await Expect(series).ToHaveAttributeAsync("aria-sort", "descending");

        await series.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Rows.Last).ToContainTextAsync("db-1");
        await Expect(series).ToHaveAttributeAsync("aria-sort", "ascending");

        // By the job, whatever other labels there are: as exposed, "workspace" would come behind "instance".
        await PushAsync(gateway, "/metrics/job/archive/zone/z", "x 1\n");
        ILocator job = page.Page.Locator("#group-table [data-sort^=job]");
        await job.ClickAsync();
        await Expect(page.Rows).ToContainTextAsync(["archive", "db-1", "db-2", "terraform"]);
        await job.ClickAsync();
        await Expect(page.Rows).ToContainTextAsync(["terraform", "db-1", "db-2", "archive"]);
    }

    [Fact]
    public async Task Keys_SearchMoveOpenClose_NeedNoMouse()
    {
        GatewayProcess gateway = await StartWithGroupsAsync();
        GatewayPage page = await OpenAsync(gateway);
        await page.ShowsRowsAsync(3);
        IKeyboard keys = page.Page.Keyboard;

        await keys.PressAsync("/");
        await Expect(page.Search).ToBeFocusedAsync();
        await keys.TypeAsync("nightly");
        await page.ShowsRowsAsync(2);
        await keys.PressAsync("ArrowDown");
        await Expect(page.Rows.Nth(0).Locator(".row-link")).ToBeFocusedAsync();
        await keys.PressAsync("j");
        await Expect(page.Rows.Nth(1).Locator(".row-link")).ToBeFocusedAsync();
        await keys.PressAsync("k");
        await keys.PressAsync("ArrowDown");
        await keys.PressAsync("Enter");

        await Expect(page.Detail.Locator("#group-title")).ToContainTextAsync("db-2");
        await Expect(page.Detail.Locator("#group-title")).ToBeFocusedAsync();
        await keys.PressAsync("Escape");
        await Expect(page.Detail).ToBeHiddenAsync();
        await Expect(page.Rows.Nth(1).Locator(".row-link")).ToBeFocusedAsync();

        await keys.PressAsync("/");
        await keys.PressAsync("Escape");
        await page.ShowsRowsAsync(3);
        await keys.PressAsync("Escape");
        await keys.PressAsync("?");
        await Expect(page.Dialog).ToContainTextAsync("next row");
        await keys.PressAsync("Escape");
        await Expect(page.Dialog).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Quarantined_Groups_AreMarkedWithTheReason()
    {
        GatewayProcess gateway = await StartGatewayAsync("--push.disable-consistency-check", "--push.quarantine-inconsistent");
        await PushAsync(gateway, "/metrics/job/good-1", "# TYPE x gauge\nx 1\n", expected: 202);
        await PushAsync(gateway, "/metrics/job/good-2", "# TYPE x gauge\nx 1\n", expected: 202);
        GatewayPage page = await OpenAsync(gateway);
        await page.ShowsRowsAsync(2);
        await Expect(page.State("quarantined")).ToBeHiddenAsync();

        await PushAsync(gateway, "/metrics/job/poison", "# TYPE x counter\nx 1\n", expected: 202);
        await page.RefreshAsync();
        await Expect(page.Row("poison").Locator(".quarantine"))
            .ToHaveTextAsync("not scraped x is a COUNTER here, and a GAUGE in other groups");
        await page.State("quarantined").CheckAsync();
        await page.ShowsRowsAsync(1);
        await page.Row("poison").Locator(".row-link").ClickAsync();
        await Expect(page.Page.Locator("#group-quarantine")).ToContainTextAsync("a GAUGE in other groups");
        await page.Page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Repository.PathOf("artifacts", "screenshots", "quarantine.png"),
        });

        await PushAsync(gateway, "/metrics/job/poison", "# TYPE x gauge\nx 1\n", expected: 202);
        await page.RefreshAsync();
        await Expect(page.Page.Locator("#group-quarantine")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task TenThousandGroups_Loaded_AreReachedWithABoundedDom()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushManyAsync(gateway, 10_000);
        GatewayPage page = await OpenAsync(gateway);
        await page.ShowsRowsAsync(50);

        // How long that takes is in bench/results; that it loads a page of groups and no more is what keeps it short.
        await page.Page.ReloadAsync();
        await page.ShowsRowsAsync(50);
        int[] loaded = await page.Page.EvaluateAsync<int[]>(
            """
            (() => {
              const asked = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/v1/'));
              return [asked.length, asked.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)];
            })()
            """);
        Assert.InRange(loaded[0], 1, 8);
        Assert.InRange(loaded[1], 1_000, 20_000);
        Assert.InRange(await page.Page.EvaluateAsync<int>("document.querySelectorAll('*').length"), 500, 3_000);
        await Expect(page.Page.Locator("#totals")).ToHaveTextAsync("10,000 groups, 40,000 series");
        await page.Page.GetByText("Next →").ClickAsync();
        await Expect(page.Page.Locator("#pager .pager-text")).ToHaveTextAsync("51–100 of 10,000");
        await page.Search.FillAsync("host-9999");
        await page.ShowsRowsAsync(1);
    }

    private async Task<GatewayProcess> StartWithGroupsAsync()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/nightly-backup/instance/db-1", "backup_bytes{kind=\"full\"} 1\nbackup_bytes{kind=\"part\"} 2\n");
        await PushAsync(gateway, "/metrics/job/nightly-backup/instance/db-2", "backup_seconds 1\n");
        await PushAsync(gateway, "/metrics/job/terraform/workspace/production", "changes 1\n");
        return gateway;
    }
}
