using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Tests.Exposition;
using Xunit;

namespace PushGateway.Core.Tests.Parsing;

public class ProtobufParserTests
{
    private const string Name = "0A0178";

    [Theory]
    [InlineData(Name, "name:\"x\" type:COUNTER")]
    [InlineData(Name + "1200" + "1801" + "2A0173", "name:\"x\" help:\"\" type:GAUGE unit:\"s\"")]
    [InlineData("1801" + Name, "name:\"x\" type:GAUGE")]
    [InlineData("0A0179" + "1204" + "68656C70" + Name, "name:\"x\" help:\"help\" type:COUNTER")]
    [InlineData(Name + "1801" + "1802", "name:\"x\" type:SUMMARY")]
    [InlineData(Name + "1801" + "184D", "name:\"x\" type:GAUGE")]
    [InlineData(Name + "18FFFFFFFFFFFFFFFFFF01", "name:\"x\" type:COUNTER")]
    [InlineData(Name + "0D0A0A0A0A" + "1001" + "1A0101", "name:\"x\" type:COUNTER")] // of other wire types
    [InlineData(Name + "2200", "name:\"x\" type:COUNTER metric:{}")]
    [InlineData(Name + "2206" + "0A04" + "12026869", "name:\"x\" type:COUNTER metric:{label:{value:\"hi\"}}")]
    [InlineData(Name + "2206" + "0A04" + "1202C3FF",
        "name:\"x\" type:COUNTER metric:{label:{value:\"\\xc3\\xff\"}}")]
    public void TryParse_FamilyFields_AreTakenInAnyOrder(string message, string expected)
    {
        Assert.Equal(expected, PrototextExposition.Describe(Parsed(message)));
    }

    [Theory]
    [InlineData("1200", "gauge:{}")]
    [InlineData("1200" + "1209" + "090000000000000000", "gauge:{value:0}")]
    [InlineData("2A00", "untyped:{}")]
    [InlineData("1209" + "09000000000000F03F", "gauge:{value:1}")]
    [InlineData("1209" + "09000000000000F03F" + "1200", "gauge:{value:1}")]
    [InlineData("2A09" + "09000000000000F03F" + "3005", "untyped:{value:1} timestamp_ms:5")]
    [InlineData("30FFFFFFFFFFFFFFFFFF01", "timestamp_ms:-1")]
    [InlineData("1A0F" + "1205" + "0A030A0161" + "1A06" + "0805" + "1007" + "1800",
        "counter:{exemplar:{label:{name:\"a\"}} created_timestamp:{seconds:5 nanos:7}}")]
    [InlineData("1A08" + "1A020805" + "1A021007", "counter:{created_timestamp:{seconds:5 nanos:7}}")]
    [InlineData("1A0E" + "1205" + "0A030A0161" + "1205" + "0A030A0162",
        "counter:{exemplar:{label:{name:\"a\"} label:{name:\"b\"}}}")]
    [InlineData("2202" + "0807" + "2202" + "1A00", "summary:{sample_count:7 quantile:{}}")]
    [InlineData("220B" + "1A09" + "090000000000000000", "summary:{quantile:{quantile:0}}")]
    [InlineData("220B" + "1A09" + "110000000000000000", "summary:{quantile:{value:0}}")]
    [InlineData("3A02" + "1A00", "histogram:{bucket:{}}")]
    [InlineData("3A0F" + "1A0B" + "0801" + "110000000000000000" + "1A00", "histogram:{bucket:{cumulative_count:1 upper_bound:0} bucket:{}}")]
    [InlineData("3A0A" + "6200" + "62020800" + "4A021000", "histogram:{negative_span:{length:0} positive_span:{} positive_span:{offset:0}}")]
    [InlineData("3A0B" + "28FFFFFFFFFFFFFFFFFF01", "histogram:{schema:-2147483648}")]
    public void TryParse_MetricFields_MergeAsProtobufSays(string metric, string expected)
    {
        MetricFamily family = Parsed(Name + Field("22", metric));

        Assert.Equal(expected, PrototextExposition.Describe(Assert.Single(family.Metrics)));
    }

    [Theory]
    [InlineData("5001" + "5002", "negative_delta:-1 negative_delta:1")]
    [InlineData("52020102", "negative_delta:-1 negative_delta:1")]
    [InlineData("52020102" + "5004" + "5200", "negative_delta:-1 negative_delta:1 negative_delta:2")]
    [InlineData("6A01" + "03", "positive_delta:-2")]
    [InlineData("59000000000000F03F", "negative_count:1")]
    [InlineData("5A08000000000000F03F", "negative_count:1")]
    [InlineData("7210" + "000000000000F03F" + "0000000000000040", "positive_count:1 positive_count:2")]
    public void TryParse_RepeatedNumbers_ArePackedOrNot(string histogram, string expected)
    {
        string message = Name + Field("22", Field("3A", histogram));

        Assert.Equal($"histogram:{{{expected}}}", PrototextExposition.Describe(Parsed(message).Metrics[0]));
    }

    [Theory]
    [InlineData("A001" + "AC02")]
    [InlineData("A901" + "3132333435363738")]
    [InlineData("B501" + "31323334")]
    [InlineData("BA01" + "03" + "FFFFFF")]
    [InlineData("A301" + "1001" + "A401")]
    [InlineData("A301" + "A301" + "0A03616263" + "A401" + "A401")]
    [InlineData("F8FFFFFF0F" + "00")] // the highest field number
    public void TryParse_UnknownFields_AreSkipped(string unknown)
    {
        string metric = unknown + Field("0A", "0A0161" + unknown) + Field("12", unknown);
        string message = Name + unknown + Field("22", metric) + unknown;

        Assert.Equal(
            "name:\"x\" type:COUNTER metric:{label:{name:\"a\"} gauge:{}}",
            PrototextExposition.Describe(Parsed(message)));
    }

    [Theory]
    [InlineData("05" + "0A0178")]
    [InlineData("80")]
    [InlineData("80808080808001")]
    [InlineData("FFFFFFFFFFFFFFFFFF01")]
    public void TryParse_BodyCutOffBetweenMessages_IsToldInTheWordsOfGo(string body) =>
        Assert.Equal("unexpected EOF", Refused(Convert.FromHexString(body)).Message);

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFFF02", "variable length integer overflow at byte 10")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF01", "variable length integer overflow at byte 10")]
    [InlineData("02" + "0000", "bad field number at byte 2")]
    [InlineData("06" + "F8FFFFFF1F00", "bad field number at byte 6")]
    [InlineData("02" + "0E00", "unexpected wire type 6 at byte 2")]
    [InlineData("02" + "0F00", "unexpected wire type 7 at byte 2")]
    [InlineData("02" + "0C00", "unexpected wire type 4 at byte 2")]
    [InlineData("03" + "0A0578", "unexpected EOF at byte 3")]
    [InlineData("03" + "2205" + "0A" + "01", "unexpected EOF at byte 3")]
    [InlineData("03" + "090000", "unexpected EOF at byte 2")]
    [InlineData("03" + "0D0000", "unexpected EOF at byte 2")]
    [InlineData("02" + "2380" + "01", "unexpected EOF at byte 3")]
    [InlineData("01" + "23", "unexpected EOF at byte 2")]
    [InlineData("02" + "232C", "unexpected wire type 4 at byte 3")]
    [InlineData("0A" + Name + "2205" + "1A03" + "1A0508", "unexpected EOF at byte 10")]
    public void TryParse_BrokenWireFormat_SaysWhatAndWhere(string body, string expected)
    {
        PushError error = Refused(Convert.FromHexString(body));

        Assert.Equal("proto: cannot parse invalid wire-format data: " + expected, error.Message);
    }

    [Theory]
    [InlineData("", "a metric family without a name")]
    [InlineData("2324", "a metric family without a name")]
    [InlineData("1801" + "2200", "a metric family without a name")]
    [InlineData("0A01FF", "the name of metric family \"\\xff\" is not UTF-8")]
    [InlineData(Name + "1201FF", "the help of metric family \"x\" is not UTF-8")]
    [InlineData(Name + "2A01FF", "the unit of metric family \"x\" is not UTF-8")]
    [InlineData(Name + "2205" + "0A03" + "0A01FF", "the label name \"\\xff\" is not UTF-8")]
    public void TryParse_TextThatWouldBreakTheScrape_IsRefused(string message, string expected)
    {
        Assert.Equal(expected, Refused(Delimited(message)).Message);
    }

    [Fact]
    public void TryParse_NoBytes_IsNoFamilies()
    {
        Assert.True(ProtobufParser.TryParse(Array.Empty<byte>(), out List<MetricFamily>? families, out _));
        Assert.Empty(families);
    }

    [Fact]
    public void TryParse_FamilyTwice_TheLaterOneReplaces()
    {
        byte[] body = [.. Delimited(Name + "1801"), .. Delimited("0A0179"), .. Delimited(Name + "1803")];

        Assert.True(ProtobufParser.TryParse(body, out List<MetricFamily>? families, out _));
        Assert.Equal(
            ["name:\"x\" type:UNTYPED", "name:\"y\" type:COUNTER"], families.Select(PrototextExposition.Describe));
    }

    [Theory]
    [InlineData("1801", "1209" + "09000000000000F03F" + "1A00", "gauge:{value:1}")]
    [InlineData("1801", "1A09" + "09000000000000F03F" + "1200", "gauge:{}")]
    [InlineData("1805", "1A00" + "3A020803", "histogram:{sample_count:3}")]
    [InlineData("1803", "3A00" + "1A09" + "09000000000000F03F", "histogram:{}")]
    public void TryParse_MetricOfSeveralValues_HoldsTheOneOfItsFamily(string type, string metric, string expected)
    {
        MetricFamily family = Parsed(Name + type + Field("22", metric));

        Assert.Equal(expected, PrototextExposition.Describe(Assert.Single(family.Metrics)));
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    [InlineData(1_000_000, false)]
    public void TryParse_NestedGroups_AreSkippedUpToADepth(int depth, bool expected)
    {
        byte[] message =
        [
            .. Convert.FromHexString(Name),
            .. Enumerable.Repeat((byte)0x7B, depth),
            .. Enumerable.Repeat((byte)0x7C, depth),
        ];
        byte[] body = [.. Length(message.Length), .. message];

        Assert.Equal(expected, ProtobufParser.TryParse(body, out _, out _));
    }

    [Fact]
    public void TryParse_BodyCutAnywhere_IsAnErrorUnlessBetweenFamilies()
    {
        byte[] first = Delimited(Name + "1801");
        byte[] rich = ProtobufExposition.Encode(Families.Rich());
        byte[] body = [.. first, .. Length(rich.Length), .. rich];
        Assert.True(ProtobufParser.TryParse(body, out _, out _));

        for (int length = 0; length < body.Length; length++)
        {
            bool isBetween = length == 0 || length == first.Length;

            Assert.Equal(isBetween, ProtobufParser.TryParse(body.AsMemory(0, length), out _, out _));
        }
    }

    /// <summary>Cuts the message as well as the body, so that fields of every depth are cut.</summary>
    [Fact]
    public void TryParse_MessageCutAnywhere_IsAnErrorOrAShorterFamily()
    {
        byte[] rich = ProtobufExposition.Encode(Families.Rich());
        for (int length = 0; length < rich.Length; length++)
        {
            byte[] body = [.. Length(length), .. rich.AsSpan(0, length)];

            if (ProtobufParser.TryParse(body, out List<MetricFamily>? families, out PushError? error))
            {
                Assert.InRange(Assert.Single(families).Metrics.Count, 0, 1);
            }
            else
            {
                Assert.NotEmpty(error.Message);
            }
        }
    }

    [Fact]
    public void TryParse_RichMessageWithAByteChanged_NeverThrows()
    {
        byte[] rich = ProtobufExposition.Encode(Families.Rich());
        byte[] body = [.. Length(rich.Length), .. rich];
        for (int position = 0; position < body.Length; position++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] changed = body.ToArray();
                changed[position] ^= (byte)(1 << bit);

                ParseAndUse(changed);
            }
        }
    }

    [Fact]
    public void TryParse_AnyBytes_NeverThrows() => Prop.ForAll<byte[]>(bytes =>
    {
        ParseAndUse(bytes);
        ParseAndUse([.. Length(bytes.Length), .. bytes]);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    /// <summary>Upstream: messages and protobuf scrapes show the fields that a label has, also those that are empty.</summary>
    [Theory]
    [InlineData("", "label:{}")]
    [InlineData("120161", "label:{value:\"a\"}")]
    [InlineData("0A00120161", "label:{name:\"\" value:\"a\"}")]
    [InlineData("0A0161", "label:{name:\"a\"}")]
    [InlineData("0A01611200", "label:{name:\"a\" value:\"\"}")]
    public void TryParse_LabelWithoutNameOrValue_KeepsWhichItHas(string label, string expected)
    {
        MetricFamily family = Parsed("0A0178" + Field("22", Field("0A", label)));
        var written = new ArrayBufferWriter<byte>();
        ProtobufExposition.Write(family, written);

        Assert.Equal(expected, PrototextExposition.Describe(Assert.Single(family.Metrics)));
        Assert.True(ProtobufParser.TryParse(written.WrittenMemory, out List<MetricFamily>? again, out _));
        Assert.Equal(expected, PrototextExposition.Describe(Assert.Single(again[0].Metrics)));
    }

    private static void ParseAndUse(byte[] body)
    {
        if (ProtobufParser.TryParse(body, out List<MetricFamily>? families, out _))
        {
            foreach (MetricFamily family in families)
            {
                PrototextExposition.Describe(family);
                foreach (Metric metric in family.Metrics)
                {
                    NativeHistogram.Enumerate(metric.Histogram ?? new Histogram());
                }
            }
        }
    }

    private static MetricFamily Parsed(string message)
    {
        Assert.True(ProtobufParser.TryParse(Delimited(message), out List<MetricFamily>? families, out PushError? error), error?.Message);
        return Assert.Single(families);
    }

    private static PushError Refused(byte[] body)
    {
        Assert.False(ProtobufParser.TryParse(body, out List<MetricFamily>? families, out PushError? error));
        Assert.Null(families);
        return error;
    }

    private static string Field(string tag, string content) =>
        tag + Convert.ToHexString(Length(content.Length / 2)) + content;

    private static byte[] Delimited(string message) =>
        [.. Length(message.Length / 2), .. Convert.FromHexString(message)];

    private static byte[] Length(int length) => length switch
    {
        < 0x80 => [(byte)length],
        < 0x4000 => [(byte)(length | 0x80), (byte)(length >> 7)],
        _ => [(byte)(length | 0x80), (byte)((length >> 7) | 0x80), (byte)((length >> 14) | 0x80), (byte)(length >> 21)],
    };
}
