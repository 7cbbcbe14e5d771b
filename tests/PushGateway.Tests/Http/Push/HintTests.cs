using System.Text.Json;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http.Push;

/// <summary>A line after the error of a rejected push shows the probable cause.</summary>
public sealed class HintTests
{
    private const string Slash =
        "hint: %2F in the URL is a slash: send a value that has one as LABEL@base64/VALUE; --push.lenient accepts this\n";

    [Theory]
    [InlineData(
        "x 1\r\n",
        "text format parsing error in line 1: expected float as value, got \"1\\r\"",
        "lines end in CR LF: end them in LF; --push.lenient accepts this")]
    [InlineData(
        "x 1 5\n",
        "pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps",
        "a sample has a timestamp: leave it out; --push.lenient accepts this")]
    [InlineData(
        "\ufeff\n",
        "text format parsing error in line 1: invalid metric name",
        "the body begins with a byte order mark: leave it out")]
    public async Task Push_CommonMistake_HasAHintBehindTheMessage(string body, string message, string hint)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/a", body);

        Assert.Equal((400, $"{message}\nhint: {hint}\n"), (answer.Status, answer.Body));
        using var group = JsonDocument.Parse((await gateway.SendAsync("GET", "/api/v1/groups/job/a")).Body);
        string shown = group.RootElement.GetProperty("data").GetProperty("error").GetProperty("message").GetString()!;
        Assert.EndsWith($"must not have timestamps\nhint: {hint}".Split('\n')[1], shown, StringComparison.Ordinal);
        Assert.Equal(1, shown.Count(c => c == '\n'));
        Assert.DoesNotContain(gateway.Log.OfLevel("debug"), line => line.Contains("hint", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Push_NoRecognizedMistake_HasNoHint()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        Assert.Equal(
            "text format parsing error in line 1: expected float as value, got \"y\"\n",
            (await gateway.SendAsync("PUT", "/metrics/job/a", "x y\n")).Body);
    }

    [Theory]
    [InlineData("PUT", "/metrics/job/a/b%2Fc/d", "odd number of components in label string \"/b/c/d\"")]
    [InlineData("POST", "/metrics/job/a%2fb", "odd number of components in label string \"/b\"")]
    [InlineData("DELETE", "/metrics/job/a/b/c%2F1/d", "improper label name \"1\"")]
    public async Task Request_EncodedSlashInAnImproperUrl_HasAHint(string method, string target, string message)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync(method, target, method == "DELETE" ? "" : "x 1\n");

        Assert.Equal((400, $"{message}\n{Slash}"), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("/metrics/job/a/b?c=%2F")] // not in the path
    [InlineData("/metrics/job/a/b%2f/c", "--push.lenient")]
    public async Task Request_OtherImproperUrl_HasNoHint(string target, params string[] flags)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(flags);

        RawAnswer answer = await gateway.SendAsync("PUT", target, "x 1\n");

        Assert.Equal(400, answer.Status);
        Assert.DoesNotContain("hint", answer.Body, StringComparison.Ordinal);
    }
}
