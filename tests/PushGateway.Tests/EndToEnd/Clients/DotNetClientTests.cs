using System.Net;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Clients;

/// <summary>HttpClient, used like prometheus-net: one client, chunked bodies, unescaped labels in the URL.</summary>
public sealed class DotNetClientTests : GatewayTests
{
    private const string Url = "/metrics/job/rows/instance/db 1/table/users";

    [Fact]
    public async Task HttpClient_ChunkedPushesAndADeletion_ChangeTheGroup()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        await SendAsync(gateway, HttpMethod.Post, HttpStatusCode.OK, new ChunkedTextContent("first 1"));
        await SendAsync(gateway, HttpMethod.Put, HttpStatusCode.OK, new ChunkedTextContent(
            "# HELP rows_read Rows.", "# TYPE rows_read counter", "rows_read{step=\"ä\"} 1", "rows_read{step=\"ö\"} 2"));
        await SendAsync(gateway, HttpMethod.Post, HttpStatusCode.OK, new ChunkedTextContent("rows_written 3"));

        StoredGroup group = await gateway.GroupAsync();
        Assert.Equal("instance=db 1,job=rows,table=users", group.LabelText());
        Assert.Equal(["rows_read", "rows_written"], group.Families);
        Assert.Contains(
            "# HELP rows_read Rows.\n# TYPE rows_read counter\n" +
            "rows_read{instance=\"db 1\",job=\"rows\",step=\"ä\",table=\"users\"} 1\n",
            await gateway.ScrapeAsync(),
            StringComparison.Ordinal);

        await SendAsync(gateway, HttpMethod.Delete, HttpStatusCode.Accepted);
        Assert.Empty(await gateway.GroupsAsync());
    }

    /// <summary>Clients that escape the labels send a slash that only a lenient gateway interprets as part of the value.</summary>
    [Fact]
    public async Task HttpClient_LabelEscapedForTheUrl_ReachesItsGroupIfLenient()
    {
        GatewayProcess gateway = await StartGatewayAsync("--push.lenient");
        string url = $"/metrics/job/rows/path/{Uri.EscapeDataString("/var/tmp/a b")}";

        await SendAsync(gateway, HttpMethod.Put, HttpStatusCode.OK, new StringContent("x 1\r\ny 2"), url);

        StoredGroup group = await gateway.GroupAsync();
        Assert.Equal("job=rows,path=/var/tmp/a b", group.LabelText());
        Assert.Equal(["x", "y"], group.Families);
        string scraped = await gateway.ScrapeAsync();
        foreach (string kind in (string[])["crlf", "encoded_slash", "final_newline"])
        {
            Assert.Contains($"pushgateway_lenient_pushes_total{{kind=\"{kind}\"}} 1\n", scraped, StringComparison.Ordinal);
        }
    }

    private static async Task SendAsync(
        GatewayProcess gateway, HttpMethod method, HttpStatusCode status, HttpContent? content = null, string url = Url)
    {
        using var request = new HttpRequestMessage(method, url) { Content = content };
        using HttpResponseMessage answer = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode} {text}");
    }
}
