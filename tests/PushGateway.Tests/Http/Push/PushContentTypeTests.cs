using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
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

    [Theory]
    [InlineData(null, BodyFormat.LegacyText)]
    [InlineData("text/plain", BodyFormat.LegacyText)]
    [InlineData("application/openmetrics-text2", BodyFormat.LegacyText)]
    [InlineData("application/openmetrics-protobuf; version=1.0.0", BodyFormat.LegacyText)]
    [InlineData("application/vnd.google.protobuf; encoding=delimited; " + Proto, BodyFormat.DelimitedProtobuf)]
    [InlineData("application/openmetrics-text", BodyFormat.LegacyOpenMetrics)]
    [InlineData(" Application/OpenMetrics-Text ; Version=1.0.0 ; charset=\"Utf-8\";", BodyFormat.LegacyOpenMetrics)]
    [InlineData("application/openmetrics-text; escaping=values; x=y", BodyFormat.LegacyOpenMetrics)]
    public void TryFindFormat_AcceptedType_IsItsFormat(string? contentType, BodyFormat expected)
    {
        Assert.True(PushContentType.TryFindFormat(contentType, NameValidation.Legacy, out BodyFormat format, out _));
        Assert.Equal(expected, format);

        Assert.True(PushContentType.TryFindFormat(contentType, NameValidation.Utf8, out format, out _));
        Assert.Equal(
            expected switch
            {
                BodyFormat.LegacyText => BodyFormat.Utf8Text,
                BodyFormat.LegacyOpenMetrics => BodyFormat.Utf8OpenMetrics,
                _ => expected,
            },
            format);
    }

    [Theory]
    [InlineData("application/openmetrics-text; version=2.0.0")]
    [InlineData("application/openmetrics-text; version=")]
    [InlineData("application/openmetrics-text; version=1.0.0; version=0.0.1")]
    [InlineData("application/openmetrics-text; charset=utf8")]
    [InlineData("application/openmetrics-text; version=1.0.0, text/plain")]
    public void TryFindFormat_AnotherVersionOfOpenMetrics_IsAnError(string contentType) =>
        Assert.False(PushContentType.TryFindFormat(contentType, NameValidation.Legacy, out _, out _));
}
