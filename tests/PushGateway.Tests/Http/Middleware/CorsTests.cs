using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http.Middleware;

/// <summary>Pushes of web pages of other sites, with <c>--web.cors.origin</c>.</summary>
public sealed class CorsTests
{
    private const string Flag = @"--web.cors.origin=https://(a|b)\.example";
    private const string Origin = "Origin: https://a.example";
    private const string CrossSite = "Sec-Fetch-Site: cross-site";
    private const string AllowedHeaders =
        "Authorization, Content-Encoding, Content-Type, Idempotency-Key, Pushgateway-Expect, Pushgateway-Merge, Pushgateway-TTL";

    [Theory]
    [InlineData("/metrics/job/a")]
    [InlineData("/metrics/job@base64/YQ/instance/b")]
    public async Task Preflight_OfAnAllowedOrigin_SaysWhatAPushMayHave(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        RawAnswer answer = await gateway.SendAsync(
            "OPTIONS", path, "", Origin, CrossSite, "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: x");

        Assert.Equal(
            $"204\nAccess-Control-Allow-Headers: {AllowedHeaders}\nAccess-Control-Allow-Methods: POST, PUT\n"
            + "Access-Control-Allow-Origin: https://a.example\nAccess-Control-Max-Age: 600\nVary: Origin\n\n",
            answer.Text);
    }

    [Theory]
    [InlineData("PUT", "x 1\n", 200)]
    [InlineData("POST", "x 1\n", 200)]
    [InlineData("POST", "not a body", 400)]
    public async Task Push_OfAnAllowedOrigin_IsAnsweredForThePage(string method, string body, int status)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        RawAnswer answer = await gateway.SendAsync(method, "/metrics/job/a", body, Origin, CrossSite);

        Assert.Equal(status, answer.Status);
        Assert.Equal("https://a.example", answer.Header("Access-Control-Allow-Origin"));
        Assert.Equal("Origin", answer.Header("Vary"));
        Assert.Equal(status == 200 ? 1 : 0, gateway.Snapshot.GroupCount);
    }

    [Theory]
    [InlineData("DELETE", "/metrics/job/a")]
    [InlineData("PATCH", "/metrics/job/a")]
    [InlineData("DELETE", "/api/v1/groups?q=a")]
    [InlineData("PUT", "/api/v1/admin/wipe")]
    [InlineData("POST", "/-/quit")]
    [InlineData("PUT", "/-/quit?/metrics/job/a")]
    [InlineData("POST", "/metrics")]
    [InlineData("POST", "/metrics/a/b")]
    public async Task OtherRequest_OfAnAllowedOrigin_IsRefused(string method, string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(
            Flag, "--web.enable-admin-api", "--web.enable-lifecycle");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");

        RawAnswer answer = await gateway.SendAsync(method, path, "", Origin, CrossSite);

        Assert.Equal(403, answer.Status);
        Assert.Null(answer.Header("Access-Control-Allow-Origin"));
        Assert.Equal(1, gateway.Snapshot.GroupCount);
        Assert.False(gateway.Stopping.IsCancellationRequested);
    }

    [Theory]
    [InlineData("Origin: https://c.example")]
    [InlineData("Origin: http://a.example")]
    [InlineData("Origin: https://a.example.evil.example")]
    [InlineData("Origin: https://evil.example/https://a.example")]
    [InlineData("Origin: https://axexample")]
    [InlineData("Origin: null")]
    [InlineData("Origin:")]
    [InlineData("Origin: https://a.example\r\nOrigin: https://a.example")]
    [InlineData("X: y")]
    public async Task Push_OfAnotherOrigin_IsRefused(string origin)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        RawAnswer push = await gateway.SendAsync("POST", "/metrics/job/a", "x 1\n", origin, CrossSite);
        RawAnswer preflight = await gateway.SendAsync(
            "OPTIONS", "/metrics/job/a", "", origin, CrossSite, "Access-Control-Request-Method: POST");

        Assert.Equal((403, null), (push.Status, push.Header("Access-Control-Allow-Origin")));
        Assert.Equal("200\nAllow: DELETE, OPTIONS, POST, PUT\nContent-Length: 0\n\n", preflight.Text);
        Assert.Equal(0, gateway.Snapshot.GroupCount);
    }

    [Fact]
    public async Task Push_WithAnyOriginAllowed_IsAnsweredForAll()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--web.cors.origin=.*");

        RawAnswer answer = await gateway.SendAsync("POST", "/metrics/job/a", "x 1\n", "Origin: null", CrossSite);

        Assert.Equal((200, "*"), (answer.Status, answer.Header("Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task Request_WithoutTheFlag_IsAnsweredAsEver()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer preflight = await gateway.SendAsync(
            "OPTIONS", "/metrics/job/a", "", Origin, "Access-Control-Request-Method: POST");
        RawAnswer push = await gateway.SendAsync("POST", "/metrics/job/a", "x 1\n", Origin);

        Assert.Equal("200\nAllow: DELETE, OPTIONS, POST, PUT\nContent-Length: 0\n\n", preflight.Text);
        Assert.Equal("200\nContent-Length: 0\n\n", push.Text);
    }

    /// <summary>Only a preflight is answered apart, and what is no page sends no origin.</summary>
    [Theory]
    [InlineData("OPTIONS", "/metrics/job/a", Origin)]
    [InlineData("OPTIONS", "/api/v1/metrics", "Origin: https://a.example\r\nAccess-Control-Request-Method: POST")]
    [InlineData("GET", "/metrics/job/a", Origin)]
    [InlineData("POST", "/metrics/job/a", "X: y")]
    [InlineData("DELETE", "/metrics/job/a", Origin)]
    public async Task OtherRequest_WithTheFlag_IsAnsweredAsWithoutIt(string method, string path, string headers)
    {
        await using RunningGateway with = await RunningGateway.StartAsync(Flag);
        await using RunningGateway without = await RunningGateway.StartAsync();

        Assert.Equal(
            (await without.SendAsync(method, path, "", headers)).Text, (await with.SendAsync(method, path, "", headers)).Text);
    }

    [Fact]
    public async Task Push_ByAClientThatMustLogIn_IsAskedToInAWayThatThePageCanRead()
    {
        string file = Path.GetTempFileName();
        try
        {
            const string HashOfTest = "$2y$05$ZJTm5yZ8qIFUSlHRqT3xXOKq/b3bQMC8Z5fJlzrTjqxOxq0cNGmmO";
            await File.WriteAllTextAsync(
                file, $"basic_auth_users:\n  u: {HashOfTest}\n", TestContext.Current.CancellationToken);
            await using RunningGateway gateway = await RunningGateway.StartAsync(Flag, $"--web.config.file={file}");

            RawAnswer preflight = await gateway.SendAsync(
                "OPTIONS", "/metrics/job/a", "", Origin, CrossSite, "Access-Control-Request-Method: POST");
            RawAnswer push = await gateway.SendAsync("POST", "/metrics/job/a", "x 1\n", Origin, CrossSite);

            Assert.Equal(204, preflight.Status);
            Assert.Equal((401, "https://a.example"), (push.Status, push.Header("Access-Control-Allow-Origin")));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("/metrics", 200)]
    [InlineData("/metrics/instance/a", 200)]
    [InlineData("/metricsx", 403)]
    public async Task Push_WithoutAJob_IsAllowedWithADefaultJob(string path, int status)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag, "--push.default-job=j");

        Assert.Equal(status, (await gateway.SendAsync("POST", path, "x 1\n", Origin, CrossSite)).Status);
    }

    [Fact]
    public async Task Push_UnderARoutePrefix_IsAllowedThere()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag, "--web.route-prefix=/p");

        Assert.Equal(200, (await gateway.SendAsync("POST", "/p/metrics/job/a", "x 1\n", Origin, CrossSite)).Status);
        Assert.Equal(403, (await gateway.SendAsync("POST", "/metrics/job/a", "x 1\n", Origin, CrossSite)).Status);
    }
}
