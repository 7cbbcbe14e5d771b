using PushGateway.Http;
using Xunit;

namespace PushGateway.Tests.Http;

public sealed class MediaTypeTests
{
    [Theory]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited")]
    [InlineData("application/vnd.google.protobuf;encoding=delimited;proto=io.prometheus.client.MetricFamily")]
    [InlineData("application/vnd.google.protobuf; proto=\"io.prometheus.client.MetricFamily\"; encoding=\"delimited\"")]
    [InlineData("Application/VND.Google.Protobuf; Proto=io.prometheus.client.MetricFamily; Encoding=delimited")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; x=y")]
    [InlineData("application/vnd.google.protobuf;\tproto=io.prometheus.client.MetricFamily ; encoding=delimited ")]
    public void IsDelimitedProtobuf_BothParametersThere_IsTrue(string contentType) =>
        Assert.True(MediaType.IsDelimitedProtobuf(contentType));

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
    public void IsDelimitedProtobuf_AnythingElse_IsFalse(string? contentType) =>
        Assert.False(MediaType.IsDelimitedProtobuf(contentType));
}
