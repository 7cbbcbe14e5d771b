using System.Globalization;
using Microsoft.Playwright;
using PushGateway.Tests.EndToEnd;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Browser;

/// <summary>Tests that look at the page of a running gateway with a browser.</summary>
public abstract class BrowserTests(Chromium chromium) : GatewayTests
{
    private protected async Task<GatewayPage> OpenAsync(
        GatewayProcess gateway, string view = "/", BrowserNewContextOptions? options = null) =>
        StoppedAtTheEnd(await chromium.OpenAsync(gateway.Address + view, options));

    /// <summary>For a gateway that first answers 401.</summary>
    private protected async Task<GatewayPage> EmptyPageAsync(GatewayProcess gateway) =>
        StoppedAtTheEnd(new GatewayPage(await chromium.NewPageAsync(), new Uri(gateway.Address)));

    private protected static async Task PushAsync(GatewayProcess gateway, string path, string body, int expected = 200)
    {
        using var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body));
        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            path, content, TestContext.Current.CancellationToken);
        Assert.Equal(expected, (int)answer.StatusCode);
    }

    private protected static async Task PushManyAsync(GatewayProcess gateway, int groups) =>
        await Parallel.ForEachAsync(
            Enumerable.Range(0, groups),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (i, _) => await PushAsync(
                gateway,
                string.Create(CultureInfo.InvariantCulture, $"/metrics/job/job_{i % 100}/instance/host-{i}"),
                "some_metric{a=\"1\"} 1\nsome_metric{a=\"2\"} 2\n"));
}
