using Microsoft.AspNetCore.Http.Features;
using PushGateway.Metrics;
using Xunit;

namespace PushGateway.Tests.Metrics;

public sealed class RequestSizeTests
{
    [Theory]
    // What the Go Pushgateway 1.11.2 recorded for these two requests of curl.
    [InlineData("/metrics/job/x", "4", 135)]
    [InlineData("/metrics/job/x%2fy", "5", 140)]
    public void Estimate_PushByCurl_IsWhatTheGoOneRecords(string target, string contentLength, long expected)
    {
        HttpRequest request = Request(target);
        request.Headers.Host = "127.0.0.1:39617";
        request.Headers.UserAgent = "curl/7.88.1";
        request.Headers.Accept = "*/*";
        request.Headers.ContentLength = long.Parse(contentLength);
        request.Headers.ContentType = "application/x-www-form-urlencoded";

        Assert.Equal(expected, RequestSize.Estimate(request));
    }

    [Fact]
    public void Estimate_ChunkedBody_AddsNothing()
    {
        HttpRequest request = Request("/");
        long empty = RequestSize.Estimate(request);
        request.Headers.TransferEncoding = "chunked";

        Assert.Equal(empty, RequestSize.Estimate(request));
    }

    [Fact]
    public void Estimate_HeaderGivenTwice_CountsItsNameOnce()
    {
        HttpRequest request = Request("/");
        long empty = RequestSize.Estimate(request);
        request.Headers["X-Ab"] = new(["123", "45"]);

        Assert.Equal(empty + "X-Ab".Length + 5, RequestSize.Estimate(request));
    }

    [Fact]
    public void Estimate_Http2_CountsTheProtocolAsGoSpellsIt()
    {
        HttpRequest request = Request("/");
        long size = RequestSize.Estimate(request);
        request.Protocol = "HTTP/2";

        Assert.Equal(size, RequestSize.Estimate(request));
    }

    [Fact]
    public void Estimate_NoRawTarget_TakesPathAndQuery()
    {
        HttpRequest request = Request("");
        request.PathBase = "/a";
        request.Path = "/b";
        request.QueryString = new QueryString("?c");

        Assert.Equal("/a/b?c".Length + "POST".Length + "HTTP/1.1".Length, RequestSize.Estimate(request));
    }

    private static HttpRequest Request(string target)
    {
        HttpRequest request = new DefaultHttpContext().Request;
        request.Method = "POST";
        request.Protocol = "HTTP/1.1";
        request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        return request;
    }
}
