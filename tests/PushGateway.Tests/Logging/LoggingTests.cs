using PushGateway.Logging;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Logging;

public sealed class LoggingTests
{
    private const string Refused =
        "level=error caller=Http.Push.PushResponder msg=\"pushed metrics are invalid or inconsistent with existing metrics\" ";

    private const string HelpDiffers =
        "level=info caller=Http.Push.PushResponder msg=\"metric families inconsistent help strings\" ";

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    public async Task Push_Refused_IsOneErrorLine(string method)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        await gateway.SendAsync(method, "/metrics/job/a", "x 1 1\n");

        string line = Assert.Single(gateway.Log.OfLevel("error"));
        Assert.StartsWith($"{Refused}method={method} url=/metrics/job/a logged_source=127.0.0.1:", line);
        Assert.EndsWith(" err=\"pushed metrics must not have timestamps\"", line);
    }

    /// <summary>The client reads all of them.</summary>
    [Fact]
    public async Task Push_ManyErrors_LogsTheFirstTen()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", string.Concat(Enumerable.Repeat("x{a=\"b\"} 1\n", 40)));

        string line = Assert.Single(gateway.Log.OfLevel("error"));
        Assert.EndsWith(" more\"", line);
        Assert.InRange(line.Length, 200, 9_000);
    }

    [Fact]
    public void FirstErrors_TenLinesAndMore_AreCutAndCounted()
    {
        string ten = string.Join('\n', Enumerable.Range(0, 11));

        Assert.Equal(ten, LogFields.FirstErrors(ten));
        Assert.Equal($"{ten}\n… and 2 more", LogFields.FirstErrors($"{ten}\n11\n12"));
    }

    [Fact]
    public async Task Push_AcceptedOrNotUnderstood_IsSilentButForDebug()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--log.level=debug");

        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x");
        await gateway.SendAsync("PUT", "/metrics/job/a/b", "x 1\n");

        Assert.Empty(gateway.Log.OfLevel("error"));
        Assert.Empty(gateway.Log.OfLevel("warn"));
        Assert.Empty(gateway.Log.OfLevel("info"));
        string[] debug = WithoutRequests(gateway.Log);
        Assert.Equal(2, debug.Length);
        Assert.StartsWith(
            "level=debug caller=Http.Push.PushResponder msg=\"failed to parse body\" method=PUT url=/metrics/job/a logged_source=127.0.0.1:",
            debug[0]);
        Assert.EndsWith(" err=\"text format parsing error in line 1: unexpected end of input stream\"", debug[0]);
        Assert.StartsWith(
            "level=debug caller=Http.PushEndpoints msg=\"improper URL\" method=PUT url=/metrics/job/a/b logged_source=127.0.0.1:",
            debug[1]);
        Assert.EndsWith(" err=\"odd number of components in label string \\\"/b\\\"\"", debug[1]);
    }

    /// <summary>Nothing is wrong with the metrics, and the body may be well-formed.</summary>
    [Theory]
    [InlineData("x 1\ny 1\n", "the push has 2 series, and at most 1 are allowed (--push.max-series)")]
    [InlineData("x{l=\"12345678\"} 1\n", "the body has more than 12 bytes (--push.max-body-size)")]
    public async Task Push_BeyondALimit_IsLoggedAsThat(string body, string reason)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(
            "--log.level=debug", "--push.max-series=1", "--push.max-body-size=12");

        await gateway.SendAsync("PUT", "/metrics/job/a", body);

        string line = Assert.Single(gateway.Log.OfLevel("error"));
        Assert.StartsWith(
            "level=error caller=Http.Push.PushResponder msg=\"push exceeds a limit\" method=PUT url=/metrics/job/a "
            + "logged_source=127.0.0.1:",
            line);
        Assert.EndsWith($" err=\"{reason}\"", line);
    }

    [Fact]
    public async Task Push_HelpThatDiffers_IsLoggedOncePerChangeAndNeverByScrapes()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "# HELP x first\nx 1\n");
        Assert.Empty(gateway.Log.OfLevel("info"));

        await gateway.SendAsync("PUT", "/metrics/job/b", "# HELP x second\nx 1\n");

        Assert.Equal(
            HelpDiffers + "family=x help=first other_help=second", Assert.Single(gateway.Log.OfLevel("info")));

        await gateway.SendAsync("PUT", "/metrics/job/b", "# HELP x second\nx 2\n");
        await gateway.SendAsync("POST", "/metrics/job/a", "# HELP x first\nx 2\n");
        for (int i = 0; i < 3; i++)
        {
            await gateway.SendAsync("GET", "/metrics");
        }

        Assert.Single(gateway.Log.OfLevel("info"));

        await gateway.SendAsync("PUT", "/metrics/job/b", "# HELP x third\nx 2\n");

        Assert.Equal(HelpDiffers + "family=x help=first other_help=third", gateway.Log.OfLevel("info")[^1]);
    }

    [Fact]
    public async Task Push_ManyHelpsThatDiffer_IsAFewLinesAndACount()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", ManyFamilies("first"));

        await gateway.SendAsync("PUT", "/metrics/job/b", ManyFamilies("second"));

        string[] lines = [.. gateway.Log.OfLevel("info")];
        Assert.Equal(6, lines.Length);
        Assert.All(lines[..5], line => Assert.StartsWith(HelpDiffers, line, StringComparison.Ordinal));
        Assert.Equal(
            "level=info caller=Http.Push.PushResponder "
            + "msg=\"further metric families of the push have inconsistent help strings\" families=995",
            lines[5]);
    }

    private static string ManyFamilies(string help) =>
        string.Concat(Enumerable.Range(0, 1_000).Select(i => $"# HELP f{i} {help}\nf{i} 1\n"));

    [Fact]
    public async Task Scrape_ThatFails_IsAnErrorLine()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.disable-consistency-check");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\nx 1\n");

        await gateway.SendAsync("GET", "/metrics");

        string line = Assert.Single(gateway.Log.OfLevel("error"));
        Assert.StartsWith("level=error caller=Http.ScrapeEndpoint msg=\"error gathering metrics\" err=\"", line);
        Assert.EndsWith(" was collected before with the same name and label values\"", line);
    }

    [Fact]
    public async Task Request_AtDebug_IsOneLine()
    {
        LogLines log;
        await using (RunningGateway gateway = await RunningGateway.StartAsync("--log.level=debug"))
        {
            log = gateway.Log;
            await gateway.SendAsync("PUT", "/metrics/job/a%22%0Alevel=error", "x 1\n");
            await gateway.SendAsync("GET", "/none?x=1");
        }

        // The line of a request comes after its response.
        string[] requests = [.. log.OfLevel("debug").Where(IsRequest)];
        Assert.Equal(2, requests.Length);
        Assert.Matches(
            """^level=debug caller=Http msg=request method=PUT path="/metrics/job/a%22%0Alevel=error" logged_source=127\.0\.0\.1:\d+ status=200 duration_ms=\d+(\.\d)?$""",
            requests[0]);
        Assert.Matches(
            """^level=debug caller=Http msg=request method=GET path=/none logged_source=127\.0\.0\.1:\d+ status=404 duration_ms=\d+(\.\d)?$""", requests[1]);
    }

    [Fact]
    public async Task Request_AtInfo_IsNotLogged()
    {
        LogLines log;
        await using (RunningGateway gateway = await RunningGateway.StartAsync())
        {
            log = gateway.Log;
            await gateway.SendAsync("GET", "/metrics");
        }

        Assert.DoesNotContain(log.OfLevel("info"), IsRequest);
        Assert.Empty(log.OfLevel("debug"));
    }

    [Theory]
    [InlineData("a%0Ats=2026-01-01T00:00:00Z%20level=error%20msg=forged")]
    [InlineData("%1B%5B2J%1B%5B31m")]
    [InlineData("%22%20err=%22")]
    [InlineData("%E2%80%A8%C2%85%0D")]
    [InlineData("%F0%9F%98%80%5C")]
    public async Task Push_HostileJob_NeverBreaksALogLine(string job)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--log.level=debug");

        await gateway.SendAsync("PUT", $"/metrics/job/{job}/odd", "x 1\n"); // the URL is logged
        await gateway.SendAsync("PUT", $"/metrics/job/{job}", "x 1\nx 1\n"); // the job is in the error
        await gateway.SendAsync("PUT", $"/metrics/job/{job}", "\u0001\u001b{\n"); // the body is

        string[] lines = [.. WithoutRequests(gateway.Log), .. gateway.Log.OfLevel("error")];
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.DoesNotContain(line, character => char.IsControl(character)
            || character is '\u2028' or '\u0085'));
        Assert.All(lines, line => Assert.Single(KeysOf(line), "msg"));
        Assert.All(lines, line => Assert.Single(KeysOf(line), "err"));
    }

    private static bool IsRequest(string line) => line.Contains(" msg=request ", StringComparison.Ordinal);

    private static string[] WithoutRequests(LogLines log) => [.. log.OfLevel("debug").Where(line => !IsRequest(line))];

    /// <summary>The keys of a line in logfmt: the text before each unquoted equals sign.</summary>
    private static List<string> KeysOf(string line)
    {
        var keys = new List<string>();
        bool quoted = false;
        int start = 0;
        for (int i = 0; i < line.Length; i++)
        {
            switch (line[i])
            {
                case '\\' when quoted:
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ' ' when !quoted:
                    start = i + 1;
                    break;
                case '=' when !quoted:
                    keys.Add(line[start..i]);
                    break;
            }
        }
        return keys;
    }
}
