using PushGateway.Http.Push;
using Xunit;

namespace PushGateway.Tests.Http.Push;

public sealed class PushContentTypeTests
{
    private const string Proto = "proto=io.prometheus.client.MetricFamily";

    [Theory]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited")]
    [InlineData("application/vnd.google.protobuf;encoding=delimited;proto=io.prometheus.client.MetricFamily")]
    [InlineData("application/vnd.google.protobuf; proto=\"io.prometheus.client.MetricFamily\"; encoding=\"delimited\"")]
    [InlineData("Application/VND.Google.Protobuf; Proto=io.prometheus.client.MetricFamily; Encoding=delimited")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; x=y")]
    [InlineData("application/vnd.google.protobuf;\tproto=io.prometheus.client.MetricFamily ; encoding=delimited ")]
    [InlineData("application/vnd.google.protobuf; encoding=delimited; " + Proto)]
    [InlineData("application/vnd.google.protobuf;" + Proto + ";encoding=delimited;")]
    [InlineData(" Application/Vnd.Google.Protobuf ;ENCODING = \"delimited\"; " + Proto + " ; ")]
    [InlineData("application/vnd.google.protobuf; a=\";\"; encoding=delimited; encoding=delimited; " + Proto)]
    [InlineData("application/vnd.google.protobuf; a=\"\\\"\"; encoding=\"delimited\"; " + Proto)]
    public void IsDelimitedProtobuf_BothParameters_IsTrue(string contentType) =>
        Assert.True(PushContentType.IsDelimitedProtobuf(contentType));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("text/plain; version=0.0.4")]
    [InlineData("application/vnd.google.protobuf")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily")]
    [InlineData("application/vnd.google.protobuf; encoding=delimited")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=Delimited")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.metricfamily; encoding=delimited")]
    [InlineData("application/vnd.google.protobuf2; proto=io.prometheus.client.MetricFamily; encoding=delimited")]
    [InlineData("application/protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; =")]
    [InlineData(";")]
    [InlineData("text/plain; encoding=delimited; " + Proto)]
    [InlineData("application/vnd.google.protobuf; encoding=Delimited; " + Proto)]
    [InlineData("application/vnd.google.protobuf; encoding=text; encoding=delimited; " + Proto)]
    [InlineData("application/vnd.google.protobuf; encoding=\"deli\\mited\"; " + Proto)]
    [InlineData("application/vnd.google.protobuf; encoding=\"delimited; " + Proto)]
    [InlineData("application/vnd.google.protobuf; ; encoding=delimited; " + Proto)]
    [InlineData("application/vnd.google.protobuf; encoding=delimited; " + Proto + ", x")]
    public void IsDelimitedProtobuf_AnythingElse_IsFalse(string? contentType) =>
        Assert.False(PushContentType.IsDelimitedProtobuf(contentType));
}
