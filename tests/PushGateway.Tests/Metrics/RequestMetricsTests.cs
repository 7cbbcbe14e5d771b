using PushGateway.CommandLine;
using PushGateway.Core.Model;
using PushGateway.Metrics;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Metrics;

public sealed class RequestMetricsTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly OwnMetrics _families;
    private readonly RequestMetrics _metrics;

    public RequestMetricsTests()
    {
        var metrics = new GatewayMetrics(new GatewayOptions(), BuildInfo.Current, _time);
        _families = new OwnMetrics(metrics, new GatewayOptions(), _time);
        _metrics = new RequestMetrics(metrics, _time);
    }

    public void Dispose() => _families.Dispose();

    [Theory]
    [InlineData("GET", "get")]
    [InlineData("get", "get")]
    [InlineData("PUT", "put")]
    [InlineData("HEAD", "head")]
    [InlineData("POST", "post")]
    [InlineData("DELETE", "delete")]
    [InlineData("CONNECT", "connect")]
    [InlineData("OPTIONS", "options")]
    [InlineData("NOTIFY", "notify")]
    [InlineData("TRACE", "trace")]
    [InlineData("PATCH", "patch")]
    [InlineData("Get", "unknown")]
    [InlineData("PROPFIND", "unknown")]
    [InlineData("", "unknown")]
    public async Task Count_Method_IsItsLabel(string method, string label)
    {
        await _metrics.Count(HandlerName.Ready, _ => Task.CompletedTask)(Request(method));

        Assert.Equal([$"code=200,handler=ready,method={label}"], Series("pushgateway_http_requests_total"));
    }

    [Theory]
    [InlineData(100, "100")]
    [InlineData(202, "202")]
    [InlineData(400, "400")]
    [InlineData(599, "599")]
    [InlineData(600, "unknown")]
    [InlineData(99, "unknown")]
    public async Task Count_StatusCode_IsItsLabel(int code, string label)
    {
        await _metrics.Count(HandlerName.Wipe, context =>
        {
            context.Response.StatusCode = code;
            return Task.CompletedTask;
        })(Request("PUT"));

        Assert.Equal([$"code={label},handler=wipe,method=put"], Series("pushgateway_http_requests_total"));
    }

    [Fact]
    public async Task Count_Request_RecordsNoPush()
    {
        await _metrics.Count(HandlerName.Delete, _ => Task.CompletedTask)(Request("DELETE"));

        Assert.Empty(Series("pushgateway_http_push_duration_seconds"));
        Assert.Empty(Series("pushgateway_http_push_size_bytes"));
    }

    [Fact]
    public async Task Count_HandlerThrows_IsNotCounted()
    {
        RequestDelegate counted = _metrics.Count(HandlerName.Delete, _ => throw new InvalidOperationException());
        await Assert.ThrowsAsync<InvalidOperationException>(() => counted(Request("DELETE")));

        Assert.Empty(Series("pushgateway_http_requests_total"));
    }

    [Fact]
    public async Task CountPush_RefusedPush_RecordsCountDurationAndSize()
    {
        DefaultHttpContext request = Request("POST");
        RequestDelegate push = context =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        };
        await _metrics.CountPush(push, isCounted: _ => false)(request);
        await _metrics.CountPush(push, isCounted: _ => true)(request);

        Assert.Equal(["code=400,handler=push,method=post"], Series("pushgateway_http_requests_total"));
        Assert.Equal(["method=post"], Series("pushgateway_http_push_duration_seconds"));
        Assert.Equal(0.25, Find("pushgateway_http_push_duration_seconds")!.Metrics[0].Summary!.SampleSum);
        Assert.Equal(
            RequestSize.Estimate(request.Request),
            Find("pushgateway_http_push_size_bytes")!.Metrics[0].Summary!.SampleSum);
    }

    [Fact]
    public async Task WithRequestCounter_EndpointWithResult_CountsTheResultsCode()
    {
        await Invoke(app => app.MapGet("/", () => Results.StatusCode(404)).WithRequestCounter(HandlerName.Static));

        Assert.Equal(["code=404,handler=static,method=get"], Series("pushgateway_http_requests_total"));
    }

    [Fact]
    public async Task WithPushMetrics_EndpointOfADelegate_RecordsThePush()
    {
        await Invoke(app => app.MapGet("/", (HttpContext _) => Task.CompletedTask).WithPushMetrics(_ => true));

        Assert.Equal(["code=200,handler=push,method=get"], Series("pushgateway_http_requests_total"));
        Assert.Equal(["method=get"], Series("pushgateway_http_push_size_bytes"));
    }

    [Fact]
    public async Task WithRequestCounter_Group_CountsItsEndpoints()
    {
        await Invoke(app =>
        {
            RouteGroupBuilder group = app.MapGroup("/x").WithRequestCounter(HandlerName.ApiStatus);
            group.MapGet("/", () => "text");
        });

        Assert.Equal(["code=200,handler=api/v1/status,method=get"], Series("pushgateway_http_requests_total"));
    }

    private static DefaultHttpContext Request(string method) =>
        new() { Request = { Method = method, Path = "/metrics/job/x", Protocol = "HTTP/1.1" } };

    /// <summary>Sends a GET request to the only endpoint mapped.</summary>
    private async Task Invoke(Action<WebApplication> map)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(_metrics);
        await using WebApplication app = builder.Build();
        map(app);
        Endpoint endpoint = Assert.Single(((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints));
        DefaultHttpContext context = Request("GET");
        context.RequestServices = app.Services;
        await endpoint.RequestDelegate!(context);
    }

    private MetricFamily? Find(string name) =>
        _families.Collect().SingleOrDefault(family => family.Name == new Utf8String(name));

    private string[] Series(string name) =>
    [
        .. (Find(name)?.Metrics ?? []).Select(metric =>
            string.Join(',', metric.Labels.Select(label => $"{label.Name}={label.Value}"))),
    ];
}
