using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Browser;

/// <summary>
/// What a page of another site can have its visitor's browser do to a gateway: nothing, and push if its origin is
/// allowed. <c>localhost</c> and
/// <c>127.0.0.1</c> are two sites; the page is the scrape, which has no content security policy of its own.
/// </summary>
public sealed partial class CrossSiteTests(Chromium chromium) : BrowserTests(chromium)
{
    private readonly Chromium _chromium = chromium;

    [Fact]
    public async Task Fetch_PushWithoutCors_IsRefused()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        IPage page = await OpenOfAnotherSiteAsync(gateway);

        // The browser sends it, and tells the page nothing of the answer.
        string type = await page.EvaluateAsync<string>(
            """
            url => fetch(url, { method: 'POST', mode: 'no-cors', body: 'evil 1\n' }).then(answer => answer.type)
            """,
            $"{gateway.Address}/metrics/job/evil");

        Assert.Equal("opaque", type);
        Assert.Empty(await gateway.GroupsAsync());
        Assert.Contains("\npushgateway_requests_rejected_total{reason=\"cross_site\"} 1\n", await gateway.ScrapeAsync());
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData("no-cors", "/metrics/job/a")]
    [InlineData("cors", "/metrics/job/a")]
    [InlineData("cors", "/api/v1/groups?q=a")]
    public async Task Fetch_Deletion_DeletesNothing(string mode, string path)
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, "/metrics/job/a", "x 1\n");
        IPage page = await OpenOfAnotherSiteAsync(gateway);

        string outcome = await page.EvaluateAsync<string>(
            "({ url, mode }) => fetch(url, { method: 'DELETE', mode }).then(answer => answer.type, error => error.name)",
            new { url = gateway.Address + path, mode });

        Assert.Equal("TypeError", outcome);
        Assert.Equal("1", (await gateway.GroupAsync()).ValueOf("x"));
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData("/metrics/job/evil")]
    [InlineData("/-/quit")]
    public async Task Form_Posted_IsRefused(string path)
    {
        GatewayProcess gateway = await StartGatewayAsync("--web.enable-lifecycle");
        IPage page = await OpenOfAnotherSiteAsync(gateway);

        IResponse answer = await page.RunAndWaitForResponseAsync(
            () => page.EvaluateAsync(
                """
                url => {
                  const form = document.body.appendChild(document.createElement('form'));
                  form.method = 'post';
                  form.enctype = 'text/plain';
                  form.action = url;
                  form.appendChild(document.createElement('input')).name = 'evil 1\n#';
                  form.submit();
                }
                """,
                gateway.Address + path),
            gateway.Address + path);

        Assert.Equal(403, answer.Status);
        Assert.Empty(await gateway.GroupsAsync());
        await page.Context.CloseAsync();
    }

    /// <summary>With a content type, headers and a method for which the browser asks first.</summary>
    [Theory]
    [InlineData("PUT", "200 ")]
    [InlineData("POST", "200 ")]
    [InlineData("DELETE", "TypeError")]
    public async Task Fetch_ByAPageOfAnAllowedOrigin_MayOnlyPush(string method, string expected)
    {
        GatewayProcess gateway = await StartGatewayAsync(@"--web.cors.origin=http://localhost:\d+");
        IPage page = await OpenOfAnotherSiteAsync(gateway);

        string outcome = await page.EvaluateAsync<string>(
            """
            ({ url, method }) => fetch(url, {
              method,
              headers: { 'Content-Type': 'text/plain; version=0.0.4', 'Idempotency-Key': 'k', 'Pushgateway-TTL': '1h' },
              body: method === 'DELETE' ? undefined : 'visits_total 1\n',
            }).then(async answer => `${answer.status} ${await answer.text()}`, error => error.name)
            """,
            new { url = $"{gateway.Address}/metrics/job/page", method });

        Assert.Equal(expected, outcome);
        Assert.Equal(method == "DELETE" ? 0 : 1, (await gateway.GroupsAsync()).Count);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Fetch_AsInTheDocumentation_Pushes()
    {
        string example = DocumentedFetch().Match(File.ReadAllText(Repository.PathOf("docs", "pushing.md"))).Groups["text"].Value;
        Assert.NotEmpty(example);
        GatewayProcess gateway = await StartGatewayAsync(@"--web.cors.origin=http://localhost:\d+");
        IPage page = await OpenOfAnotherSiteAsync(gateway);

        await page.EvaluateAsync(
            "(async () => {" + example.Replace("http://localhost:9091", gateway.Address, StringComparison.Ordinal) + "})()");

        StoredGroup group = await gateway.GroupAsync();
        Assert.Equal("instance=db-1,job=nightly", group.LabelText());
        Assert.Equal("42", group.ValueOf("backup_bytes"));
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Fetch_OfASumAsInTheDocumentation_AddsUp()
    {
        string example = DocumentedFetch().Match(File.ReadAllText(Repository.PathOf("docs", "aggregation.md"))).Groups["text"].Value;
        Assert.NotEmpty(example);
        GatewayProcess gateway = await StartGatewayAsync(@"--web.cors.origin=http://localhost:\d+");
        IPage page = await OpenOfAnotherSiteAsync(gateway);
        string script = "(async () => {" + example.Replace("http://localhost:9091", gateway.Address, StringComparison.Ordinal) + "})()";

        await page.EvaluateAsync(script);
        await page.EvaluateAsync(script);

        StoredGroup group = await gateway.GroupAsync();
        Assert.Equal("job=pages", group.LabelText());
        Assert.Equal("2", group.ValueOf("page_views_total"));
        await page.Context.CloseAsync();
    }

    [GeneratedRegex("^```javascript\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex DocumentedFetch();

    private async Task<IPage> OpenOfAnotherSiteAsync(GatewayProcess gateway)
    {
        IPage page = await _chromium.NewPageAsync();
        await page.GotoAsync(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{gateway.Port}/metrics"));
        return page;
    }
}
