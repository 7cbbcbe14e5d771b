using System.Globalization;
using Microsoft.Playwright;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Browser;

/// <summary>
/// What a page of another site can have its visitor's browser do to a gateway: nothing. <c>localhost</c> and
/// <c>127.0.0.1</c> are two sites; the page is the scrape, which has no content security policy of its own.
/// </summary>
public sealed class CrossSiteTests(Chromium chromium) : BrowserTests(chromium)
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

    private async Task<IPage> OpenOfAnotherSiteAsync(GatewayProcess gateway)
    {
        IPage page = await _chromium.NewPageAsync();
        await page.GotoAsync(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{gateway.Port}/metrics"));
        return page;
    }
}
