using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Http.Responses;
using Xunit;

namespace PushGateway.Tests.Http.Responses;

/// <summary>Tables of what the Go Pushgateway answers to these headers.</summary>
public sealed class ContentNegotiationTests
{
    private const string Protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily";
    private const string OpenMetrics = "application/openmetrics-text;version=1.0.0";

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("*/*")]
    [InlineData("*")]
    [InlineData("text/*")]
    [InlineData("text/plain")]
    [InlineData("text/plain;version=0.0.4")]
    [InlineData("text/plain; version=1.0.0")] // none that there is, so the default
    [InlineData(OpenMetrics)]
    [InlineData("application/vnd.google.protobuf;encoding=delimited")]
    [InlineData(Protobuf)]
    [InlineData(Protobuf + ";encoding=bogus")]
    [InlineData(Protobuf + ";encoding=\"delimited\"")]
    [InlineData(Protobuf + ";Encoding=delimited")]
    [InlineData("text/plain," + Protobuf + ";encoding=delimited")] // alike, so in order
    [InlineData(Protobuf + ";encoding=delimited;q=0.5,text/plain;q=0.7")]
    [InlineData("text/plain;q=+1.5," + Protobuf + ";encoding=text;q=1")]
    [InlineData("text/plain;Q=0.1," + Protobuf + ";encoding=text;q=0.2")] // a weight is a small q
    [InlineData("nonsense")]
    [InlineData(",;,=,/;q")]
    public void Negotiate_NothingBetter_IsText(string? accept) =>
        Assert.Equal(
            "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
            ContentNegotiation.Negotiate(accept).ContentType);

    [Theory]
    [InlineData(Protobuf + ";encoding=delimited", "delimited")]
    [InlineData(Protobuf + ";encoding=text", "text")]
    [InlineData(Protobuf + ";encoding=compact-text", "compact-text")]
    [InlineData(Protobuf + ";encoding=delimited,text/plain", "delimited")]
    [InlineData(Protobuf + ";encoding=delimited;q=0.7,text/plain;q=0.5", "delimited")]
    [InlineData(Protobuf + ";encoding=delimited;q=0,text/plain;q=0", "delimited")]
    [InlineData("text/plain ; q=0.3 , " + Protobuf + " ; encoding=delimited ; q=0.4", "delimited")]
    [InlineData("text/plain;q=0.1;version=0.0.4," + Protobuf + ";q=0.2;encoding=text", "text")]
    [InlineData("text/plain;q=abc," + Protobuf + ";encoding=text;q=0.1", "text")] // not a number is 0
    [InlineData("text/plain;q=-1," + Protobuf + ";encoding=text;q=0", "text")]
    [InlineData("text/plain;q=1e-1," + Protobuf + ";encoding=text;q=0.2", "text")]
    [InlineData(OpenMetrics + "," + Protobuf + ";encoding=compact-text;q=0.1", "compact-text")]
    public void Negotiate_ProtobufLikedBest_IsThat(string accept, string encoding) =>
        Assert.Equal(
            $"application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding={encoding}; "
            + "escaping=underscores",
            ContentNegotiation.Negotiate(accept).ContentType);

    [Theory]
    [InlineData("text/plain;escaping=allow-utf-8", "allow-utf-8")]
    [InlineData("text/plain;escaping=underscores", "underscores")]
    [InlineData("text/plain;escaping=dots", "dots")]
    [InlineData("text/plain;escaping=values", "values")]
    [InlineData("text/plain; escaping = values ", "values")]
    [InlineData("text/plain;escaping=allow-utf8", "underscores")]
    [InlineData("text/plain;escaping=Dots", "underscores")]
    [InlineData("garbage;escaping=dots", "underscores")] // not a media type
    [InlineData("text/plain/x;escaping=dots", "underscores")]
    [InlineData("*;escaping=dots", "dots")]
    [InlineData(OpenMetrics + ";escaping=dots", "dots")] // from a type that there is not
    [InlineData(OpenMetrics + ";escaping=values;q=0.1,text/plain;q=0.5", "underscores")] // not if it comes after
    [InlineData(OpenMetrics + ";escaping=values,text/plain;escaping=x;q=0.5", "values")]
    [InlineData(OpenMetrics + ";escaping=values,text/plain;escaping=dots;q=0.5", "dots")]
    [InlineData("application/*;escaping=dots,text/plain;escaping=values", "values")] // wildcards come last
    [InlineData("*/*;escaping=values,application/x;escaping=dots", "values")]
    [InlineData("text/*;escaping=values,text/x;escaping=dots", "values")]
    [InlineData("*/*;q=1;escaping=dots,text/*;escaping=values", "dots")]
    [InlineData(Protobuf + ";encoding=text;escaping=dots,text/plain;escaping=values", "dots")]
    public void Negotiate_Escaping_IsTheLastNamedUpToTheFormat(string accept, string escaping) =>
        Assert.EndsWith($"; escaping={escaping}", ContentNegotiation.Negotiate(accept).ContentType);

    [Fact]
    public void Negotiate_PrometheusThreeScraping_IsDelimitedProtobufWithUtf8()
    {
        NegotiatedFormat format = ContentNegotiation.Negotiate(
            Protobuf + ";encoding=delimited;escaping=allow-utf-8;q=0.6,"
            + OpenMetrics + ";escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
            + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,/;q=0.1");

        Assert.Equal(new NegotiatedFormat(ExpositionFormat.ProtobufDelimited, NameEscaping.None), format);
    }

    /// <summary>What Prometheus 2 and 3 send, and with other weights.</summary>
    [Theory]
    [InlineData(OpenMetrics, "1.0.0", "underscores")]
    [InlineData("application/openmetrics-text; version=1.0.0; charset=utf-8", "1.0.0", "underscores")]
    [InlineData("application/openmetrics-text;version=0.0.1", "0.0.1", "underscores")]
    [InlineData("application/openmetrics-text", "0.0.1", "underscores")]
    [InlineData(OpenMetrics + ",application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "1.0.0", "underscores")]
    [InlineData(OpenMetrics + ";escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;q=0.2", "1.0.0", "allow-utf-8")]
    [InlineData("application/openmetrics-text;version=2.0.0," + OpenMetrics + ";q=0.9;escaping=values", "1.0.0", "values")]
    [InlineData("text/plain;q=0.5," + OpenMetrics + ";escaping=dots;q=0.6", "1.0.0", "dots")]
    public void Negotiate_OpenMetricsAllowedAndLikedBest_IsThat(string accept, string version, string escaping) => Assert.Equal(
        $"application/openmetrics-text; version={version}; charset=utf-8; escaping={escaping}",
        ContentNegotiation.Negotiate(accept, allowsOpenMetrics: true).ContentType);

    [Theory]
    [InlineData(null, "text/plain")]
    [InlineData("*/*", "text/plain")]
    [InlineData("application/*", "text/plain")]
    [InlineData("application/openmetrics-text;version=2.0.0", "text/plain")]
    [InlineData("text/plain," + OpenMetrics, "text/plain")]
    [InlineData("text/plain;q=0.6," + OpenMetrics + ";q=0.5", "text/plain")]
    [InlineData(Protobuf + ";encoding=delimited," + OpenMetrics + ";q=0.8", "application/vnd.google.protobuf")]
    public void Negotiate_OpenMetricsAllowedAndLikedLess_IsAnother(string? accept, string type) =>
        Assert.StartsWith($"{type}; ", ContentNegotiation.Negotiate(accept, allowsOpenMetrics: true).ContentType);

    [Theory]
    [InlineData("Zstd", "zstd")]
    [InlineData("Zstd", "zstd;q=0.5")]
    [InlineData("Zstd", "zstd, gzip;q=0.9")]
    [InlineData("Zstd", "gzip;q=0.5, identity;q=0.1, zstd;q=0.6")]
    [InlineData("Zstd", "gzip;q=0.5", "zstd")]
    [InlineData("Gzip", "gzip, deflate, br, zstd")] // as the Go Pushgateway answers it
    [InlineData("Gzip", "zstd,gzip")]
    [InlineData("Gzip", "gzip, zstd;q=0.5")]
    [InlineData("Gzip", "zstd;q=0, gzip")]
    [InlineData("Plain", "zstd;q=0")]
    [InlineData("Plain", "identity, zstd")]
    [InlineData("Plain", "*")]
    [InlineData("Plain", "ZSTD")]
    [InlineData("Plain", "zstd;x=1")]
    public void EncodingOf_Zstd_IsThatWhereItIsLikedBest(string expected, params string[] lines) =>
        Assert.Equal(expected, ContentNegotiation.EncodingOf(lines).ToString());

    [Theory]
    [InlineData("gzip")]
    [InlineData("gzip;q=0.5")]
    [InlineData("gzip ; q=0.3")]
    [InlineData("br, gzip")]
    [InlineData("zstd,gzip")]
    [InlineData("gzip, identity;q=0.5")]
    [InlineData("gzip;q=0.31,identity;q=0.3")]
    [InlineData("gzip;q=0.5,*;q=0.1")]
    [InlineData("deflate, gzip;q=1.0, *;q=0.5")]
    [InlineData("gzip,gzip;q=0")]
    [InlineData("gzip;q=0,gzip")]
    public void PrefersGzip_WeightAboveIdentitys_IsTrue(string acceptEncoding) =>
        Assert.True(ContentNegotiation.PrefersGzip([acceptEncoding]));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("deflate")]
    [InlineData("x-gzip")]
    [InlineData("GZIP")]
    [InlineData("gzip;q=0")]
    [InlineData("gzip;q=x")]
    [InlineData("gzip, identity")]
    [InlineData("identity, gzip;q=0.5")]
    [InlineData("gzip;q=0.3,identity;q=0.3")]
    [InlineData("*")]
    [InlineData("*;q=0.5")]
    [InlineData("gzip;q=0.5, *")]
    [InlineData("identity;q=0")]
    [InlineData("identity;q=0, *;q=0")]
    [InlineData(";gzip")]
    [InlineData(",,;;=")]
    public void PrefersGzip_NoWeightAboveIdentitys_IsFalse(string? acceptEncoding) =>
        Assert.False(ContentNegotiation.PrefersGzip([acceptEncoding]));
}
