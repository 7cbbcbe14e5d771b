using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

public sealed class CompletionsTests
{
    [Theory]
    [InlineData("kind=label", """[{"value":"job","groups":3},{"value":"instance","groups":1}]""")]
    [InlineData("kind=label&prefix=IN", """[{"value":"instance","groups":1}]""")]
    [InlineData("kind=value&label=job&prefix=a", """[{"value":"a","groups":2}]""")]
    [InlineData("kind=value&label=job&limit=1", """[{"value":"a","groups":2}]""")]
    [InlineData("kind=value&label=none", "[]")]
    [InlineData("kind=metric", """[{"value":"x","groups":3},{"value":"y","groups":1}]""")]
    [InlineData("kind=metric&prefix=push", "[]")]
    public async Task Completions_OfAKind_AreThoseOfMostGroupsFirst(string query, string expected)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\ny 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/a/instance/i", "x 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/b", "x 1\n");

        RawAnswer answer = await gateway.SendAsync("GET", $"/api/v1/completions?{query}");

        Assert.Equal((200, "application/json"), (answer.Status, answer.Header("Content-Type")));
        Assert.Equal($$"""{"status":"success","data":{{expected}}}""", answer.Body);
    }

    [Theory]
    [InlineData("", "kind: \\\"\\\" must be label, value or metric")]
    [InlineData("?kind=state", "kind: \\\"state\\\" must be label, value or metric")]
    [InlineData("?kind=value", "label: give the name of the label whose values to complete")]
    [InlineData("?kind=label&limit=1001", "limit: \\\"1001\\\" must be a whole number from 0 to 1000")]
    public async Task Completions_OfAWrongQuery_AreABadRequest(string query, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("GET", $"/api/v1/completions{query}");

        Assert.Equal(400, answer.Status);
        Assert.Equal($$"""{"status":"error","errorType":"bad_data","error":"{{error}}"}""", answer.Body);
    }

    /// <summary>It is counted at most once in a second, and then only if groups or families have come or gone.</summary>
    [Fact]
    public async Task Completions_AfterAPush_AreCountedAnewASecondLater()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");
        Assert.Equal("a", await JobsAsync(gateway));

        await gateway.SendAsync("PUT", "/metrics/job/b", "x 1\n");
        Assert.Equal("a", await JobsAsync(gateway));

        gateway.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("a b", await JobsAsync(gateway));

        gateway.Time.Advance(TimeSpan.FromSeconds(1));
        await gateway.SendAsync("DELETE", "/metrics/job/a");
        Assert.Equal("b", await JobsAsync(gateway));
    }

    private static async Task<string> JobsAsync(RunningGateway gateway) => string.Join(
        ' ',
        (await GroupsTests.DataAsync(gateway, "/api/v1/completions?kind=value&label=job")).EnumerateArray()
            .Select(completion => completion.GetProperty("value").GetString()));
}
