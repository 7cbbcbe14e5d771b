using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

/// <summary>The allowed methods of each path, and the redirects of nearly correct paths.</summary>
public sealed class RoutingTests
{
    private const string NotFound =
        "404\nContent-Length: 19\nContent-Type: text/plain; charset=utf-8\nX-Content-Type-Options: nosniff\n\n"
        + "404 page not found\n";

    private const string Cors =
        "Access-Control-Allow-Headers: Accept, Authorization, Content-Type, Origin\n"
        + "Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS\n"
        + "Access-Control-Allow-Origin: *\nAccess-Control-Expose-Headers: Date\n"
        + "Cache-Control: no-cache, no-store, must-revalidate\n";

    [Theory]
    [InlineData("/", "GET, OPTIONS")]
    [InlineData("/status", "GET, OPTIONS")]
    [InlineData("/metrics", "GET, OPTIONS")]
    [InlineData("/-/healthy", "GET, OPTIONS")]
    [InlineData("/-/ready", "GET, OPTIONS")]
    [InlineData("/-/quit", "GET, OPTIONS, POST, PUT")]
    [InlineData("/metrics/job/a", "DELETE, OPTIONS, POST, PUT")]
    [InlineData("/metrics/job/a/b/c", "DELETE, OPTIONS, POST, PUT")]
    [InlineData("/metrics/job@base64/YQ", "DELETE, OPTIONS, POST, PUT")]
    public async Task Request_WrongMethod_IsToldTheRightOnes(string path, string allow)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string refusal =
            $"405\nAllow: {allow}\nContent-Length: 19\nContent-Type: text/plain; charset=utf-8\n"
            + "X-Content-Type-Options: nosniff\n\n";

        Assert.Equal(refusal, (await gateway.SendAsync("HEAD", path)).Text);
        Assert.Equal(refusal + "Method Not Allowed\n", (await gateway.SendAsync("PATCH", path)).Text);
        Assert.Equal(refusal + "Method Not Allowed\n", (await gateway.SendAsync("MADEUP", path)).Text);
        Assert.Equal($"200\nAllow: {allow}\nContent-Length: 0\n\n", (await gateway.SendAsync("OPTIONS", path)).Text);
    }

    [Theory]
    [InlineData("/api/v1/metrics")]
    [InlineData("/api/v1/status")]
    [InlineData("/api/v1/admin/wipe")]
    [InlineData("/api/v1/no/such/thing")]
    public async Task Options_UnderTheApi_LetsPagesOfAnyOriginRead(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        Assert.Equal($"200\n{Cors}Content-Length: 0\n\n", (await gateway.SendAsync("OPTIONS", path)).Text);
    }

    [Theory]
    [InlineData("GET", "/nope")]
    [InlineData("PUT", "/metrics/job")]
    [InlineData("PUT", "/metrics/jobs/a")]
    [InlineData("PUT", "/metrics/a")]
    [InlineData("GET", "/api/v1/nope")]
    [InlineData("GET", "/api/v2")]
    [InlineData("PUT", "/api/v1/admin/wipe")] // not without its flag
    [InlineData("GET", "/api/v1/admin/wipe")]
    [InlineData("GET", "/-/")]
    public async Task Request_UnknownPath_IsNotFound(string method, string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        Assert.Equal(NotFound, (await gateway.SendAsync(method, path)).Text);
    }

    [Theory]
    [InlineData("//", "/")]
    [InlineData("/metrics//job/a", "/metrics/job/a")]
    [InlineData("/./status", "/status")]
    [InlineData("/a/../b/", "/b/")]
    [InlineData("/metrics/job/a%2F%2Fb", "/metrics/job/a/b")]
    [InlineData("/x//%C3%A9?q=1&%zz", "/x/%C3%A9?q=1&%zz")]
    [InlineData("/x//a%0d%0aSet-Cookie:%20y", "/x/a%0D%0ASet-Cookie:%20y")]
    [InlineData("//elsewhere.example/x", "/elsewhere.example/x")] // not to another host
    public async Task Request_PathThatIsNotClean_IsRedirectedWhateverTheMethod(string path, string location)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer get = await gateway.SendAsync("GET", path);
        RawAnswer put = await gateway.SendAsync("PUT", path, "x 1\n");

        string body = $"<a href=\"{location.Replace("&", "&amp;", StringComparison.Ordinal)}\">Moved Permanently</a>.\n\n";
        Assert.Equal((301, location, body), (get.Status, get.Header("Location"), get.Body));
        Assert.Equal("text/html; charset=utf-8", get.Header("Content-Type"));
        Assert.Equal($"301\nContent-Length: 0\nLocation: {location}\n\n", put.Text);
        Assert.Equal(0, gateway.Snapshot.GroupCount);
    }

    [Theory]
    [InlineData("/metrics/", "/metrics")]
    [InlineData("/status/", "/status")]
    [InlineData("/-/healthy/", "/-/healthy")]
    [InlineData("/METRICS", "/metrics")]
    [InlineData("/-/Ready", "/-/ready")]
    public async Task Get_PathButForASlashOrTheCase_IsRedirected(string path, string location)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("GET", path);

        Assert.Equal((301, location), (answer.Status, answer.Header("Location")));
    }

    [Theory]
    [InlineData("/%")]
    [InlineData("/metrics/job/%zz")]
    public async Task Request_PathThatDoesNotDecode_IsABadRequest(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("PUT", path, "x 1\n");

        Assert.Equal((400, "400 Bad Request"), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("GET", "/pre/-/healthy", 200)]
    [InlineData("GET", "/pre/status", 200)]
    [InlineData("GET", "/pre/", 200)]
    [InlineData("GET", "/pre/metrics", 200)]
    [InlineData("GET", "/pre/api/v1/metrics", 200)]
    [InlineData("OPTIONS", "/pre/api/v1/x", 200)]
    [InlineData("PUT", "/pre/metrics/job/a", 200)]
    [InlineData("DELETE", "/pre/metrics/job/a", 202)]
    [InlineData("PUT", "/pre/-/quit", 403)]
    [InlineData("GET", "/pre/-/quit", 405)]
    [InlineData("GET", "/-/quit", 405)] // always at the root
    [InlineData("PUT", "/-/quit", 405)]
    [InlineData("GET", "/pre", 301)]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/metrics", 404)]
    [InlineData("PUT", "/metrics/job/a", 404)]
    [InlineData("GET", "/-/healthy", 404)]
    [InlineData("GET", "/api/v1/metrics", 404)]
    [InlineData("GET", "/prefix/status", 404)]
    public async Task Request_WithARoutePrefix_IsServedUnderIt(string method, string path, int status)
    {
        foreach (string flag in (string[])["--web.route-prefix=/pre/", "--web.external-url=http://x/pre"])
        {
            await using RunningGateway gateway = await RunningGateway.StartAsync(flag);

            Assert.Equal(status, (await gateway.SendAsync(method, path)).Status);
        }
    }
}
