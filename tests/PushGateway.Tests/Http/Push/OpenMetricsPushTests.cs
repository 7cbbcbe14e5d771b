using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http.Push;

/// <summary>Bodies in OpenMetrics, by their Content-Type or by <c>--push.lenient</c>.</summary>
public sealed class OpenMetricsPushTests
{
    private const string Type = "Content-Type: application/openmetrics-text";
    private const string Counter = "# TYPE c counter\n# HELP c Said \"so\".\nc_total{l=\"v\"} 3 # {t=\"x\"} 1\nc_created 5\nc_total 1\n# EOF\n";

    [Theory]
    [InlineData("")]
    [InlineData("; version=1.0.0; charset=utf-8")]
    [InlineData("; version=0.0.1")]
    [InlineData(";CHARSET=UTF-8;version=\"1.0.0\";escaping=underscores")]
    public async Task Push_WithTheType_IsStoredAsAClassicClientSendsIt(string parameters)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/classic", "# HELP c_total Said \"so\".\n# TYPE c_total counter\nc_total 2\n");

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/a", Counter, Type + parameters);

        Assert.Equal((200, ""), (answer.Status, answer.Body));
        Assert.Equal(
            [
                """c_total{instance="",job="a"} 1""",
                """c_total{instance="",job="a",l="v"} 3""",
                """c_total{instance="",job="classic"} 2""",
            ],
            await gateway.PushedSamplesAsync());
        Assert.Contains(
            "# HELP c_total Said \"so\".\n# TYPE c_total counter\n",
            (await gateway.SendAsync("GET", "/metrics")).Body,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("; version=2.0.0")]
    [InlineData("; version=1.0.0; charset=iso-8859-1")]
    [InlineData("; version=1.0")]
    [InlineData("; version")]
    public async Task Push_OfAnotherVersion_Is415AndNamesWhatIsAccepted(string parameters)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/a", Counter, Type + parameters);

        Assert.Equal(
            (415, "application/openmetrics-text is accepted with version=0.0.1 or version=1.0.0 and charset=utf-8, or without them; "
                + $"the Content-Type is \"application/openmetrics-text{parameters}\"\n"),
            (answer.Status, answer.Body));
        Assert.Equal(["""x{instance="",job="a"} 1"""], await gateway.PushedSamplesAsync());
        Assert.Contains(
            "\"error\":{\"message\":\"application/openmetrics-text is accepted with",
            (await gateway.SendAsync("GET", "/api/v1/groups/job/a")).Body,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_Invalid_NamesLineAndColumn()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/a", "# TYPE c counter\nc_total  3\n# EOF\n", Type);

        Assert.Equal(
            (400, "openmetrics format parsing error in line 2, column 9: expected a number, found \"\"\n"),
            (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Push_WithTimestamps_IsRejectedAsTextIs()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/a", "x 1 1700000000.5\n# EOF\n", Type);

        Assert.Equal(
            (400, "pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps\n"
                + "hint: a sample has a timestamp: leave it out; --push.lenient accepts this\n"),
            (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("text/plain; version=0.0.4")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Push_WithoutTheType_StaysText(string type)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        Assert.Equal(
            200, (await gateway.SendAsync("PUT", "/metrics/job/a", "# TYPE c counter\nc_total 3\n# EOF\n", $"Content-Type: {type}")).Status);

        Assert.Contains("# TYPE c_total untyped\n", (await gateway.SendAsync("GET", "/metrics")).Body, StringComparison.Ordinal);
        Assert.Equal(
            "text format parsing error in line 1: unknown metric type \"info\"\n"
            + "hint: the body is OpenMetrics: send it with Content-Type: application/openmetrics-text; version=1.0.0\n",
            (await gateway.SendAsync("PUT", "/metrics/job/a", "# TYPE c info\n# EOF\n", $"Content-Type: {type}")).Body);
    }

    [Theory]
    [InlineData("a.b", "", 400)]
    [InlineData("a.b", "--push.enable-utf8-names", 200)]
    [InlineData("ab", "", 200)]
    public async Task Push_QuotedName_NeedsTheFlagIfItIsNoLegacyName(string name, string flag, int status)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(flag.Length == 0 ? [] : [flag]);

        Assert.Equal(
            status,
            (await gateway.SendAsync("PUT", "/metrics/job/a", $"# TYPE \"{name}\" gauge\n{{\"{name}\"}} 1\n# EOF\n", Type)).Status);
    }
}
