using Microsoft.Playwright;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace PushGateway.Tests.Browser;

/// <summary>Try a push: checked as it is typed, in several languages, with examples, and from a group.</summary>
public sealed class TryPushTests(Chromium chromium) : BrowserTests(chromium)
{
    [Fact]
    public async Task Text_WhileItIsTyped_IsCheckedAndNothingIsPushed()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        GatewayPage page = await OpenAsync(gateway, "/?tab=push");
        page.ExpectRefusals();
        ILocator result = page.Page.Locator("#push-result");

        await page.Page.Locator("#push-body").FillAsync("a 1\nb{x=1} 2\n");
        await Expect(result).ToContainTextAsync("This push would be rejected at line 2");
        await Expect(page.Page.Locator("#push-lines .wrong")).ToHaveTextAsync("2");
        await page.Page.Locator("#push-body").FillAsync("a 1\n");
        await Expect(result).ToHaveTextAsync("This push would be accepted.");

        Assert.Empty(await gateway.GroupsAsync());
    }

    [Fact]
    public async Task Examples_EachType_AreAccepted()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        GatewayPage page = await OpenAsync(gateway, "/?tab=push");
        foreach (string type in (string[])["gauge", "counter", "histogram", "summary"])
        {
            await page.Page.Locator("#push-examples").GetByText(type).ClickAsync();
            Assert.Contains($" {type}\n", await page.Page.Locator("#push-body").InputValueAsync());
            await page.Button("Send").ClickAsync();
            await Expect(page.Page.Locator("#push-result")).ToContainTextAsync("Accepted with 200");
        }
        Assert.Equal(5, (await gateway.GroupAsync()).Families.Count());
    }

    [Fact]
    public async Task Python_Snippet_PushesTheSame()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        GatewayPage page = await OpenAsync(gateway, "/?tab=push");
        await page.Page.Locator("#push-body").FillAsync("x{l=\"it's \\\" ü\"} 1\ny 2\n");
        await page.Page.Locator("#push-snippets").GetByText("Python").ClickAsync();

        string code = await page.CopyAsync(page.Page.Locator("#push-snippets .copy"));
        await gateway.ShellAsync($"/usr/bin/python3 - <<'SNIPPET'\n{code}\nSNIPPET");

        Assert.Equal(["x", "y"], (await gateway.GroupAsync()).Families);
        Assert.Contains("it's \\\" ü", await gateway.ScrapeAsync());
    }

    [Fact]
    public async Task Group_Open_FillsInTheForm()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/a/path@base64/L3Zhci8", "x 1\n");
        GatewayPage page = await OpenAsync(gateway);
        await page.Rows.First.Locator(".row-link").ClickAsync();
        await page.Page.Locator("#group-actions").GetByText("Try a push").ClickAsync();

        await Expect(page.Page.Locator("#push-job")).ToHaveValueAsync("a");
        await Expect(page.Page.GetByLabel("Label value")).ToHaveValueAsync("/var/");
        await page.Page.Locator("input[value=DELETE]").CheckAsync();
        await Expect(page.Page.Locator("#push-snippets code")).ToHaveTextAsync(
            $"curl -X DELETE {gateway.Address}/metrics/job/a/path@base64/L3Zhci8");
        await page.Button("Send").ClickAsync();

        await Expect(page.Page.Locator("#push-result")).ToContainTextAsync("Accepted with 202");
        Assert.Empty(await gateway.GroupsAsync());
    }

    [Fact]
    public async Task EmptyPage_Snippets_AreForEachLanguageAndPrometheus()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        GatewayPage page = await OpenAsync(gateway);
        ILocator code = page.Page.Locator("#first-snippets code");

        foreach ((string language, string part) in ((string, string)[])
            [("Python", "urllib.request"), ("Go", "http.NewRequest(\"POST\""), ("Java", "HttpClient"), ("Prometheus", "honor_labels: true")])
        {
            await page.Page.Locator("#first-snippets").GetByText(language).ClickAsync();
            await Expect(code).ToContainTextAsync(part);
            await Expect(code).ToContainTextAsync(new Uri(gateway.Address).Authority);
        }
    }

    [Fact]
    public async Task Overview_Rows_HaveNumbersSharesAndLinks()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/a", "x 1\n");
        GatewayPage page = await OpenAsync(gateway, "/?tab=overview");
        await Expect(page.Page.Locator("#top-jobs tbody tr")).ToHaveTextAsync(["a3100 %"]);
        await page.Page.GetByLabel("About series").HoverAsync();
        await Expect(page.Page.Locator("#tip")).ToContainTextAsync("a metric name with its labels");

        await page.Page.Locator("#chart-ages").GetByText("less than 5 min").ClickAsync();
        await page.ShowsRowsAsync(1);
        await Expect(page.Page.Locator("#pushed")).ToHaveValueAsync("5m");
    }
}
