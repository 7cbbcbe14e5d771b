using System.Net;
using System.Net.Http.Headers;
using Microsoft.Playwright;
using PushGateway.Tests.EndToEnd;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace PushGateway.Tests.Browser;

/// <summary>One group that is open: its metrics, what can be copied from it, and that it stays as it is while it is refreshed.</summary>
public sealed class GroupDetailTests(Chromium chromium) : BrowserTests(chromium)
{
    private const string Kinds =
        """
        # HELP jobs_done Jobs that are done.
        # TYPE jobs_done counter
        jobs_done{kind="full"} 12
        jobs_done{kind="part"} 1.5e+09
        # TYPE took_seconds histogram
        took_seconds_bucket{le="0.1"} 1
        took_seconds_bucket{le="1"} 4
        took_seconds_bucket{le="+Inf"} 5
        took_seconds_sum 9.5
        took_seconds_count 5
        # TYPE waited_seconds summary
        waited_seconds{quantile="0.5"} 0.25
        waited_seconds{quantile="0.99"} 2
        waited_seconds_sum 3
        waited_seconds_count 7
        # TYPE ended_timestamp_seconds gauge
        ended_timestamp_seconds 1.7e+09

        """;

    [Fact]
    public async Task Open_EachKindOfMetric_ShowsItsNumbersAndPictures()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/kinds", Kinds);
        GatewayPage page = await OpenAsync(gateway);

        await page.Row("kinds").ClickAsync();

        ILocator counter = page.Family("jobs_done");
        await Expect(counter.Locator(".type")).ToHaveTextAsync("counter");
        await Expect(counter.Locator(".help")).ToHaveTextAsync("Jobs that are done.");
        await Expect(counter.Locator("tbody tr")).ToHaveTextAsync(["kind=full12", "kind=part1500000000"]);
        await Expect(page.Family("took_seconds").GetByRole(AriaRole.Img)).ToHaveAttributeAsync(
            "aria-label",
            "Histogram of 3 buckets. 5 observations, sum 9.5, mean 1.9, p50 ≈ 0.55.");
        await Expect(page.Family("took_seconds").Locator(".column title")).ToHaveTextAsync(
            ["≤ 0.1: 1", "0.1 < x ≤ 1: 3", "1 < x ≤ +Inf: 1"]);
        await Expect(page.Family("waited_seconds").Locator(".bars tbody tr")).ToHaveTextAsync(["p500.25", "p992"]);
        await Expect(page.Family("ended_timestamp_seconds").Locator("summary .meant time")).ToHaveAttributeAsync(
            "datetime", "2023-11-14T22:13:20.000Z");
        Assert.Contains("group=metrics", page.Page.Url);
    }

    [Fact]
    public async Task Open_NativeHistogram_ShowsItsBuckets()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        using var body = new ByteArrayContent(NativeHistogramPush.Delimited("native_seconds"));
        body.Headers.ContentType = MediaTypeHeaderValue.Parse(
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited");
        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            "/metrics/job/native", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        GatewayPage page = await OpenAsync(gateway, "/?group=metrics/job/native");

        ILocator family = page.Family("native_seconds");
        await Expect(family.Locator(".badge")).ToHaveTextAsync("native");
        await Expect(family.GetByRole(AriaRole.Img)).ToHaveAttributeAsync(
            "aria-label", "Histogram of 4 buckets. 5 observations, sum 7.5, mean 1.5.");
        await Expect(family.Locator(".column title")).ToHaveTextAsync(
            ["-1e-128 ≤ x ≤ 1e-128: 1", "0.5 < x ≤ 1: 1", "1 < x ≤ 2: 2", "2 < x ≤ 4: 1"]);
    }

    [Fact]
    public async Task Open_LongFamily_ShowsItPartByPart()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/long", string.Concat(Enumerable.Range(0, 750).Select(i => $"long{{i=\"{i}\"}} 1\n")));
        GatewayPage page = await OpenAsync(gateway, "/?group=metrics/job/long");
        ILocator samples = page.Family("long").Locator("tbody tr");

        await page.Family("long").Locator("summary").First.ClickAsync();
        await Expect(samples).ToHaveCountAsync(100);
        await page.Button("Show 500 more").ClickAsync();
        await Expect(samples).ToHaveCountAsync(600);
        await page.Button("Show 150 more").ClickAsync();
        await Expect(samples).ToHaveCountAsync(750);
    }

    [Fact]
    public async Task Open_RejectedPush_ShowsTheLineAndTheWholeMessage()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/a", "x 1\n");
        await PushAsync(gateway, "/metrics/job/a", "<b>bad</b> 1\n", expected: 400);
        GatewayPage page = await OpenAsync(gateway, "/?group=metrics/job/a");

        await Expect(page.Page.Locator("#group-rejection")).ToContainTextAsync("The last push was rejected");
        await Expect(page.Page.Locator("#group-rejection pre")).ToContainTextAsync("text format parsing error in line 1: ");
    }

    [Fact]
    public async Task Open_PushRejectedWithAHint_ShowsItOnALineOfItsOwn()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/a", "x 1\n");
        await PushAsync(gateway, "/metrics/job/a", "x 1\r\n", expected: 400);
        GatewayPage page = await OpenAsync(gateway, "/?group=metrics/job/a");

        string? text = await page.Page.Locator("#group-rejection .advice").TextContentAsync();

        Assert.Equal("lines end in CR LF: end them in LF; --push.lenient accepts this", text);
    }

    [Fact]
    public async Task Open_GroupThatIsNotThere_SaysSo()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/a", "x 1\n");
        GatewayPage page = await OpenAsync(gateway);
        page.ExpectRefusals();

        await page.GoToAsync("/?group=metrics/job/b");

        await Expect(page.Page.Locator("#group-missing")).ToContainTextAsync("There is no such group");
        await page.Page.Locator("#close").ClickAsync();
        await Expect(page.Detail).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Refresh_WhileAGroupIsOpen_LosesNoPlace()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushManyAsync(gateway, 200);
        await PushAsync(gateway, "/metrics/job/a-kinds", Kinds);
        GatewayPage page = await OpenAsync(
            gateway, options: new BrowserNewContextOptions { ViewportSize = new() { Width = 1200, Height = 400 } });
        await page.ShowsRowsAsync(50);
        await page.Row("a-kinds").ClickAsync();
        ILocator counter = page.Family("jobs_done");
        await Expect(counter.Locator("tbody tr")).ToHaveCountAsync(2);

        await page.Family("took_seconds").Locator("summary").First.ClickAsync();
        await page.Page.EvaluateAsync(
            """
            () => {
              scrollTo(0, 400);
              document.querySelector('#detail').scrollTop = 40;
              document.querySelectorAll('#rows a')[20].focus({ preventScroll: true });
              getSelection().selectAllChildren(document.querySelector('[data-key=jobs_done] .help'));
            }
            """);
        string before = await PlaceAsync(page);
        Assert.Equal("400 40 20 Jobs that are done. false", before);

        await PushAsync(gateway, "/metrics/job/a-kinds", Kinds.Replace("} 12", "} 13", StringComparison.Ordinal));
        await PushAsync(gateway, "/metrics/job/zz/a/b/c/d", "x 1\n");

        // By itself, without anything being done to the page.
        await Expect(counter.Locator("tbody tr").First).ToHaveTextAsync("kind=full13");
        await Expect(page.Page.Locator("#totals")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^202 groups"));
        Assert.Equal(before, await PlaceAsync(page));
    }

    [Fact]
    public async Task Refresh_Paused_ShowsNothingNewUntilItGoesOn()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/a", "x 1\n");
        GatewayPage page = await OpenAsync(gateway);
        await page.ShowsRowsAsync(1);
        await page.Button("Live").ClickAsync();
        await PushAsync(gateway, "/metrics/job/b", "x 1\n");

        await page.RefreshAsync();
        await Expect(page.Button("Paused")).ToHaveAttributeAsync("aria-pressed", "false");
        await page.ShowsRowsAsync(1);

        await page.Button("Paused").ClickAsync();
        await page.ShowsRowsAsync(2);
    }

    /// <summary>Scroll of the page and of the group, the row with the focus, the selected text, whether the histogram is open.</summary>
    private static Task<string> PlaceAsync(GatewayPage page) => page.Page.EvaluateAsync<string>(
        """
        [scrollY, document.querySelector('#detail').scrollTop,
          [...document.querySelectorAll('#rows a')].indexOf(document.activeElement), getSelection().toString(),
          document.querySelector('[data-key=took_seconds]').open].join(' ')
        """);
}
