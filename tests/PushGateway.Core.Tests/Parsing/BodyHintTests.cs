using System.Globalization;
using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using Xunit;

namespace PushGateway.Core.Tests.Parsing;

public sealed class BodyHintTests
{
    private const string Accepted = "; --push.lenient accepts this";
    private const string Curl = ": send the metrics as they are, curl with --data-binary";
    private const string Protobuf =
        "the body is protobuf: delimit the messages, and send it with Content-Type: application/vnd.google.protobuf; "
        + "proto=io.prometheus.client.MetricFamily; encoding=delimited";

    [Theory]
    [InlineData("\ufeffx 1\n", "the body begins with a byte order mark: leave it out")]
    [InlineData("x 1\n\u001a", "the body ends in Ctrl-Z: leave it out")]
    [InlineData("# TYPE x gauge\r\nx 1\r\n", "lines end in CR LF: end them in LF")]
    [InlineData("# HELP x A.\r\n\r\nx 1\r\n", "lines end in CR LF: end them in LF")]
    [InlineData("x 1 \n", "a line ends in a blank: leave it out")]
    [InlineData("x 1 1700000000.5\n", "a sample has a timestamp: leave it out")]
    [InlineData("x 1\ny 2", "the last line does not end in a line feed: add one")]
    [InlineData("x 1\n# EOF", "the last line does not end in a line feed: add one")]
    [InlineData("x 1", "the last line does not end in a line feed: add one (curl -d removes it, --data-binary does not)")]
    [InlineData("x 1 \r\n", "lines end in CR LF: end them in LF; a line ends in a blank: leave it out")]
    [InlineData("\ufeffx 1\r\ny y\r\n",
        "the body begins with a byte order mark: leave it out; lines end in CR LF: end them in LF")] // that of the first line
    public void Of_WhatALenientGatewayAccepts_SaysSo(string body, string hint)
    {
        Assert.Equal("hint: " + hint + Accepted, Of(body));
    }

    [Theory]
    [InlineData("\ufeff", "the body begins with a byte order mark: leave it out")]
    [InlineData("x\0 \01\0\n\0", "the body is UTF-16: send UTF-8")]
    [InlineData("--5a\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\nx 1\n\r\n--5a--\r\n", "the body is a multipart form" + Curl)]
    [InlineData("x%201%0A", "the body is a URL-encoded form" + Curl)]
    [InlineData("data=x+1%0A", "the body is a URL-encoded form" + Curl)]
    [InlineData("x=1&y=2\n", "the body is a URL-encoded form" + Curl)]
    [InlineData("# TYPE x gaugex 1", "the body has no line feeds, which curl -d removes" + Curl)]
    [InlineData("x 1y 2", "the body has no line feeds, which curl -d removes" + Curl)]
    [InlineData("\u0014\n\u0001x\u0018\u0003", Protobuf)]
    [InlineData("\n\u0001x\u0012\u0001h", Protobuf)]
    [InlineData("# TYPE x info\nx_info 1\n", "the body is OpenMetrics: send it with Content-Type: application/openmetrics-text; version=1.0.0")]
    [InlineData("x 1 # {id=\"7\"} 1\n", "the body is OpenMetrics: send it with Content-Type: application/openmetrics-text; version=1.0.0")]
    public void Of_OtherMistake_SaysWhatToSend(string body, string hint)
    {
        Assert.Equal("hint: " + hint, Of(body));
        Assert.Equal("hint: " + hint, Of(body, isLenient: true));
    }

    /// <summary>A lenient gateway parses it as OpenMetrics.</summary>
    [Theory]
    [InlineData("x 1 1.5 # {id=\"7\"} 1\n# EOF\n")]
    [InlineData("# TYPE x info\nx 1\n# EOF")]
    public void Of_BodyThatEndsAsOpenMetrics_SaysWhatToSend(string body)
    {
        Assert.Equal(
            "hint: the body is OpenMetrics: send it with Content-Type: application/openmetrics-text; version=1.0.0", Of(body));
        Assert.Equal("", Of(body, isLenient: true));
    }

    [Theory]
    [InlineData("\ufeffx 1\n# EOF\n", "hint: the body begins with a byte order mark: leave it out" + Accepted)]
    [InlineData("x 1\r\n# EOF\r\n", "hint: lines end in CR LF: end them in LF" + Accepted)]
    [InlineData("x 1 \n# EOF", "hint: a line ends in a blank: leave it out" + Accepted)]
    [InlineData("x 1\r\n# EOF\r\nx 1\n", "")]
    [InlineData("x 1\n", "")]
    [InlineData("\u001f\ufffd", "")]
    public void Of_OpenMetrics_SaysWhatALenientGatewayAccepts(string body, string hint) =>
        Assert.Equal(hint, Of(Encoding.UTF8.GetBytes(body), BodyFormat.LegacyOpenMetrics, isLenient: false));

    [Fact]
    public void Of_ByteOrderMarkAndAnotherMistake_NamesTheMarkUnlessItWasAccepted()
    {
        Assert.Equal("hint: the body begins with a byte order mark: leave it out", Of("\ufeffx y\n"));
        Assert.Equal("", Of("\ufeffx y\n", isLenient: true));
    }

    [Fact]
    public void Of_Utf16WithItsMark_SaysThatALenientGatewayAcceptsIt()
    {
        byte[] body = [0xff, 0xfe, .. Encoding.Unicode.GetBytes("x 1\n")];

        Assert.Equal("hint: the body is UTF-16: send UTF-8" + Accepted, Of(body, BodyFormat.LegacyText, isLenient: false));
    }

    [Theory]
    [InlineData(BodyFormat.LegacyText)]
    [InlineData(BodyFormat.Utf8Text)]
    [InlineData(BodyFormat.DelimitedProtobuf)]
    public void Of_GzipData_AsksForTheHeader(BodyFormat format)
    {
        Assert.Equal(
            "hint: the body is gzip data: send it with Content-Encoding: gzip",
            Of([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3], format, isLenient: false));
    }

    [Theory]
    [InlineData("x y\n")]
    [InlineData("x{\n")]
    [InlineData("x 1\ny y\n")]
    [InlineData("1x 1\n")]
    [InlineData("x{l=\"a\\b\"} 1\n")]
    [InlineData("# HELP x A.\r\n# TYPE x gauge\n# TYPE x gauge\nx 1\n")] // the CR is valid
    [InlineData("x y\r\n")] // wrong without the CR, too
    [InlineData("x y \n")]
    [InlineData("x 1\ny{l=\"a")] // cut off
    [InlineData("<html>\n<body>\n")]
    [InlineData("{\"a\":1}")]
    [InlineData("x 1 abc\n")]
    [InlineData("\n\u0005hello")]
    public void Of_NoRecognizedMistake_IsEmpty(string body)
    {
        Assert.Equal("", Of(body));
        Assert.Equal("", Of(body, isLenient: true));
    }

    /// <summary>A large body is examined from the invalid line on, without copying it.</summary>
    [Theory]
    [InlineData("x{{l=\"{0}\"}} 1\ny 1\r\n", "hint: lines end in CR LF: end them in LF" + Accepted)]
    [InlineData("y 1\r\nx{{l=\"{0}\"}} 1\n", "hint: lines end in CR LF: end them in LF" + Accepted)]
    [InlineData("x{{l=\"{0}\"}} 1\ny 1", "hint: the last line does not end in a line feed: add one" + Accepted)]
    [InlineData("y\nx{{l=\"{0}\"}} 1", "")]
    [InlineData("x{{l=\"{0}", "")]
    public void Of_LargeBody_TakesMemoryForAPartOfIt(string format, string hint)
    {
        byte[] body = Encoding.UTF8.GetBytes(string.Format(CultureInfo.InvariantCulture, format, new string('a', 1 << 25)));
        Assert.False(ParsedPush.TryParse(new PushBody(BodyFormat.LegacyText, body), false, BodyLimits.None, out _, out PushError? error));
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(hint, BodyHint.Of(new PushBody(BodyFormat.LegacyText, body), error, isLenient: false));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void Of_ProtobufThatDoesNotParse_IsEmpty()
    {
        Assert.Equal("", Of([5, 0x0a], BodyFormat.DelimitedProtobuf, isLenient: false));
    }

    private static string Of(string body, bool isLenient = false) =>
        Of(Encoding.UTF8.GetBytes(body), BodyFormat.LegacyText, isLenient);

    private static string Of(byte[] body, BodyFormat format, bool isLenient)
    {
        Assert.False(ParsedPush.TryParse(new PushBody(format, body), isLenient, BodyLimits.None, out _, out PushError? error));
        return error.Hint;
    }
}
