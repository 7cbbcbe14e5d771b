using System.Net;
using System.Text.Json;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Attack;

/// <summary>Text of clients that imitates the server's.</summary>
public sealed class InjectionTests : AttackTests
{
    private const string Line = "%0D%0Ats=2026-11-26T00:00:00.000Z%20level=error%20msg=forged%0A";

    private static readonly string[] Paths =
    [
        $"/metrics/job/a{Line}/odd",
        $"/metrics/job@base64/a{Line}",
        $"/metrics/job/a/__l{Line}/x",
        "/metrics/job/a%1B%5B2J%E2%80%A8forged%C2%85forged/odd",
        "/metrics/job/a%00/odd",
        "/metrics/job/%22%20level=error%20x=%22/odd",
    ];

    /// <summary>Each text is in the log, in a separate line that can be parsed.</summary>
    [Theory]
    [InlineData("logfmt")]
    [InlineData("json")]
    public async Task Log_TextOfClients_BreaksNoLine(string format)
    {
        GatewayProcess gateway = await StartGatewayAsync($"--log.format={format}", "--log.level=debug");
        await AttackAsync(gateway, Base, async () =>
        {
            foreach (string path in Paths)
            {
                await AnswerAsync(gateway, $"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nx 1\n");
            }
            await PutAsync(gateway, "/metrics/job/a", "# HELP x one\nx 1\n");
            await PutAsync(gateway, "/metrics/job/b", "# HELP x two\\nlevel=error msg=forged\r\nx 1\n");
            await PutAsync(gateway, "/metrics/job/b", "x{a=\"\\nlevel=error msg=forged\u2028\",a=\"1\"} 1\nx{a=\"\\nforged\"} 1 1\n");
        });

        string[] lines = gateway.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(lines.Count(line => line.Contains("forged", StringComparison.Ordinal)), 5, 20);
        Assert.All(lines, line =>
        {
            Assert.DoesNotContain(line, char.IsControl);
            Assert.DoesNotContain('\u2028', line);
            if (format == "json")
            {
                using var entry = JsonDocument.Parse(line);
                Assert.NotEqual("forged", entry.RootElement.GetProperty("msg").GetString());
            }
            else
            {
                Assert.Matches("^ts=[^ ]+ level=(debug|info|warn|error) ", line);
                Assert.DoesNotContain(" msg=forged", OutsideOfQuotes(line));
            }
        });
    }

    [Theory]
    [InlineData("//metrics/job/a%0D%0AX-Forged:%201/")]
    [InlineData("/metrics/job/a%0D%0AX-Forged:%201/../b")]
    [InlineData("/metrics/job/a%0D%0AX-Forged:%201")]
    [InlineData("/metrics/job/a%0D%0AX-Forged:%201/odd")]
    [InlineData("/api/v1/groups?match[]=%0D%0AX-Forged:%201")]
    [InlineData("/nothing%0D%0AX-Forged:%201")]
    public async Task Answer_TextOfClients_IsNoHeader(string target)
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await AttackAsync(gateway, Base, async () =>
        {
            foreach (string method in (string[])["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
            {
                string answer = await AnswerAsync(gateway, $"{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");

                string head = answer[..answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
                Assert.DoesNotContain("\nX-Forged", head.Replace('\r', '\n'), StringComparison.OrdinalIgnoreCase);
            }
        });
    }

    /// <summary>A group with such a job can be pushed, scraped in one line, and deleted.</summary>
    [Fact]
    public async Task Push_JobWithALineBreak_IsOneLineOfTheScrape()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await AttackAsync(gateway, Base, async () =>
        {
            await PutAsync(gateway, "/metrics/job/a%0Aforged%201", "x 1\n");
            Assert.Contains("\nx{instance=\"\",job=\"a\\nforged 1\"} 1\n", await gateway.ScrapeAsync());
            using HttpResponseMessage deleted = await gateway.Client.DeleteAsync(
                "/metrics/job/a%0Aforged%201", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
            Assert.DoesNotContain("forged", await gateway.ScrapeAsync());
        });
    }

    private static async Task PutAsync(GatewayProcess gateway, string path, string text)
    {
        using var body = new StringContent(text);
        using HttpResponseMessage answer = await gateway.Client.PutAsync(path, body, TestContext.Current.CancellationToken);
        Assert.InRange((int)answer.StatusCode, 200, 499);
    }

    /// <summary>The complete unparsed answer to a request.</summary>
    private static async Task<string> AnswerAsync(GatewayProcess gateway, string request)
    {
        using RawClient client = await RawClient.ConnectAsync(gateway.Port);
        await client.SendAsync(request);
        return await client.FinishAsync();
    }

    private static string OutsideOfQuotes(string line) =>
        string.Concat(line.Replace("\\\"", "", StringComparison.Ordinal).Split('"').Where((_, i) => i % 2 == 0));
}
