using Microsoft.AspNetCore.Routing.Patterns;
using PushGateway.Http.Middleware;
using PushGateway.Http.Rejections;
using PushGateway.Http.Responses;
using Xunit;

namespace PushGateway.Tests.Http.Middleware;

public class MethodAndPathMiddlewareTests
{
    private static readonly RouteEndpoint Status = Route("/status", "GET");
    private static readonly RouteEndpoint Put = Route("/metrics/job/{job}/{**labels}", "PUT");
    private static readonly RouteEndpoint Delete = Route("/metrics/job/{job}/{**labels}", "DELETE");
    private static readonly RouteEndpoint ApiStatus = Route("/api/v1/status", "GET");

    [Theory]
    [InlineData("PUT", "/status", 405, "GET, OPTIONS")]
    [InlineData("get", "/status", 405, "GET, OPTIONS")]
    [InlineData("OPTIONS", "/status", 200, "GET, OPTIONS")]
    [InlineData("GET", "/metrics/job/x", 405, "DELETE, OPTIONS, PUT")]
    [InlineData("PUT", "/Status", 404, "")]
    [InlineData("OPTIONS", "/Status", 404, "")]
    [InlineData("PUT", "/status/", 404, "")]
    [InlineData("GET", "/Metrics/job/x", 404, "")]
    [InlineData("GET", "/metrics/job/", 404, "")]
    public async Task InvokeAsync_NoEndpoint_TellsMethodsOfExactPathOnly(
        string method, string path, int status, string allow)
    {
        HttpResponse response = await Answer(method, path, null);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(allow, response.Headers.Allow.ToString());
    }

    [Theory]
    [InlineData("GET", "/Status/", 301, "/status?")]
    [InlineData("GET", "/status/", 301, "/status?")]
    public async Task InvokeAsync_PathOfOtherSpelling_RedirectsWithQuery(
        string method, string path, int status, string location)
    {
        HttpResponse response = await Answer(method, path, Status, "?");

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(location, response.Headers.Location);
    }

    [Fact]
    public async Task InvokeAsync_PutPathOfOtherSpelling_RedirectsTemporarily()
    {
        HttpResponse response = await Answer("PUT", "/Metrics/job/x", Put, "?a=b");

        Assert.Equal(307, response.StatusCode);
        Assert.Equal("/metrics/job/x?a=b", response.Headers.Location);
    }

    [Theory]
    [InlineData("get", "/Status", 404)]
    [InlineData("get", "/status", 405)]
    public async Task InvokeAsync_MethodInLowerCase_IsAnotherMethod(string method, string path, int status) =>
        Assert.Equal(status, (await Answer(method, path, Status)).StatusCode);

    [Fact]
    public async Task InvokeAsync_ApiWithoutItsSlash_RedirectsWhateverTheMethod()
    {
        HttpResponse response = await Answer("FOO", "/api/v1", null, "?");

        Assert.Equal(301, response.StatusCode);
        Assert.Equal("/api/v1/", response.Headers.Location);
    }

    [Theory]
    [InlineData("/API/v1/status", 404)]
    [InlineData("/api/v1/Status", 301)]
    public async Task InvokeAsync_ApiOfOtherSpelling_IsFoundOnlyBelowItsPrefix(string path, int status) =>
        Assert.Equal(status, (await Answer("GET", path, ApiStatus)).StatusCode);

    private static RouteEndpoint Route(string pattern, string method) => new(
        _ => Task.CompletedTask,
        RoutePatternFactory.Parse(pattern),
        order: 0,
        new EndpointMetadataCollection(new HttpMethodMetadata([method])),
        displayName: null);

    private static async Task<HttpResponse> Answer(string method, string path, Endpoint? matched, string query = "")
    {
        var context = new DefaultHttpContext
        {
            RequestServices = new ServiceCollection()
                .AddSingleton<IRejectionRecorder>(new RecentRejections(TimeProvider.System)).BuildServiceProvider(),
        };
        context.Request.Method = method;
        context.Request.Path = path;
        context.Request.QueryString = new QueryString(query);
        context.SetEndpoint(matched);
        var source = new DefaultEndpointDataSource(Status, Put, Delete, ApiStatus);
        await new MethodAndPathMiddleware(_ => Task.CompletedTask, source, "/api/v1/").InvokeAsync(context);
        return context.Response;
    }
}
