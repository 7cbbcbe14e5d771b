using PushGateway.Http.Responses;
using Xunit;

namespace PushGateway.Tests.Http.Responses;

/// <summary>Unusual Accept and Accept-Encoding headers, parsed like the Go Pushgateway.</summary>
public class ContentNegotiationOddityTests
{
    private const string Protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=";

    [Theory]
    [InlineData(Protobuf + "text;encoding=delimited", "delimited; escaping=underscores")]
    [InlineData(Protobuf + "delimited;proto=x", "charset=utf-8; escaping=underscores")]
    [InlineData(Protobuf + "delimited;q=,text/plain", "delimited; escaping=underscores")]
    [InlineData(Protobuf + "delimited;q= 1,text/plain", "charset=utf-8; escaping=underscores")]
    [InlineData(Protobuf + "delimited;q=0.5=1,text/plain;q=0.9", "delimited; escaping=underscores")]
    [InlineData("text/html;escaping=dots;escaping=\"values\"", "charset=utf-8; escaping=underscores")]
    [InlineData("text/plain/;escaping=dots", "charset=utf-8; escaping=dots")]
    [InlineData("text;escaping=dots", "charset=utf-8; escaping=underscores")]
    public void Negotiate_OddParameters_LastUsableOneCounts(string accept, string expected) =>
        Assert.EndsWith(expected, ContentNegotiation.Negotiate(accept).ContentType);

    [Theory]
    [InlineData(true, "gzip")]
    [InlineData(true, "identity;q=0.5, gzip ; q=1.")]
    [InlineData(true, "identity;q=0", "gzip;q=0.1")]
    [InlineData(true, "gzip;q=1;x, identity")]
    [InlineData(false, "gzip;x=1")]
    [InlineData(false, "gzip ;x")]
    [InlineData(false, "gzip;Q=1")]
    [InlineData(false, "gzip;q=.5")]
    [InlineData(false, "br;x, gzip")]
    [InlineData(false, ", gzip")]
    [InlineData(false, "GZIP")]
    [InlineData(false, "gzip;q=0.5, *")]
    public void PrefersGzip_List_IsReadUpToWhatIsNone(bool expected, params string[] lines) =>
        Assert.Equal(expected, ContentNegotiation.PrefersGzip(lines));
}
