using System.Buffers;
using System.Text;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Exposition;

public class PrototextExpositionTests
{
    [Fact]
    public void WriteCompact_EveryField_IsOneLineInTheOrderOfTheDeclaration()
    {
        var output = new ArrayBufferWriter<byte>();

        PrototextExposition.WriteCompact(Families.Rich(), output);

        const string exemplar =
            "{label:{name:\"trace\" value:\"x\\\"y\"} value:1.5 timestamp:{seconds:-5 nanos:7}}";
        Assert.Equal(
            "name:\"zz\" help:\"a \\\"help\\\"\\n\\\\x\" type:HISTOGRAM metric:{" +
            "label:{name:\"a\" value:\"b\"} label:{name:\"instance\" value:\"\"} histogram:{" +
            "sample_count:3 sample_count_float:3.5 sample_sum:2.5 " +
            $"bucket:{{cumulative_count:1 cumulative_count_float:2.5 upper_bound:1 exemplar:{exemplar}}} " +
            "bucket:{upper_bound:inf} created_timestamp:{seconds:1 nanos:2} schema:-2 " +
            "zero_threshold:1e-128 zero_count:1 zero_count_float:0 " +
            "negative_span:{offset:-3 length:1} negative_delta:-1 negative_delta:2 " +
            "negative_count:1 negative_count:2 positive_span:{offset:1 length:2} " +
            "positive_span:{offset:0 length:4000000000} positive_delta:3 positive_delta:-4 " +
            $"positive_count:0.5 exemplars:{exemplar} exemplars:{{}}}}}}\n",
            Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void WriteIndented_Family_IsALineAFieldAndABlankLine()
    {
        var family = new MetricFamily
        {
            Name = new("q"),
            Type = MetricType.Summary,
            Metrics =
            [
                new()
                {
                    Labels = [new("a", "b")],
                    ValueType = MetricType.Summary,
                    Summary = new() { SampleCount = 1, Quantiles = [new(0.5, 2)], Created = new(0, 0) },
                },
                new(),
            ],
        };
        var output = new ArrayBufferWriter<byte>();

        PrototextExposition.WriteIndented(family, output);

        Assert.Equal(
            """
            name: "q"
            type: SUMMARY
            metric: {
              label: {
                name: "a"
                value: "b"
              }
              summary: {
                sample_count: 1
                quantile: {
                  quantile: 0.5
                  value: 2
                }
                created_timestamp: {}
              }
            }
            metric: {}


            """,
            Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData(MetricType.Counter, "COUNTER")]
    [InlineData(MetricType.Gauge, "GAUGE")]
    [InlineData(MetricType.Summary, "SUMMARY")]
    [InlineData(MetricType.Untyped, "UNTYPED")]
    [InlineData(MetricType.Histogram, "HISTOGRAM")]
    [InlineData(MetricType.GaugeHistogram, "GAUGE_HISTOGRAM")]
    public void Describe_FamilyType_IsTheNameInTheDeclaration(MetricType type, string expected)
    {
        var family = new MetricFamily { Name = new("x"), Type = type, Unit = new("s") };

        Assert.Equal($"name:\"x\" type:{expected} unit:\"s\"", PrototextExposition.Describe(family));
    }

    [Theory]
    [InlineData(MetricType.Gauge, "gauge:{value:1} timestamp_ms:-7")]
    [InlineData(MetricType.Untyped, "untyped:{value:1} timestamp_ms:-7")]
    [InlineData(MetricType.Counter, "counter:{value:1} timestamp_ms:-7")]
    [InlineData(MetricType.Summary, "summary:{} timestamp_ms:-7")]
    [InlineData(MetricType.Histogram, "histogram:{} timestamp_ms:-7")]
    [InlineData(null, "timestamp_ms:-7")]
    public void Describe_MetricOfAnyValueType_ShowsThatValue(MetricType? type, string expected)
    {
        var metric = new Metric
        {
            ValueType = type,
            Number = 1,
            Summary = type == MetricType.Summary ? new() : null,
            Histogram = type == MetricType.Histogram ? new() : null,
            TimestampMs = -7,
        };

        Assert.Equal(expected, PrototextExposition.Describe(metric));
    }

    [Fact]
    public void Describe_CounterWithExemplarAndCreated_ShowsBoth()
    {
        var metric = new Metric
        {
            ValueType = MetricType.Counter,
            Number = 7,
            Exemplar = new() { Value = 0.5 },
            Created = new(5, 0),
        };

        Assert.Equal(
            "counter:{value:7 exemplar:{value:0.5} created_timestamp:{seconds:5}}",
            PrototextExposition.Describe(metric));
    }

    [Theory]
    [InlineData(1e21, "1e+21")]
    [InlineData(123456789, "1.23456789e+08")]
    [InlineData(999999, "999999")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(-0.0, "-0")]
    [InlineData(double.NaN, "nan")]
    [InlineData(double.PositiveInfinity, "inf")]
    [InlineData(double.NegativeInfinity, "-inf")]
    public void Describe_Number_IsInGosForm(double value, string expected)
    {
        var metric = new Metric { ValueType = MetricType.Gauge, Number = value };

        Assert.Equal($"gauge:{{value:{expected}}}", PrototextExposition.Describe(metric));
    }

    [Theory]
    [InlineData("7061696E", "pain")]
    [InlineData("FF", @"\xff")]
    [InlineData("61FF62C3", @"a\xffb\xc3")]
    [InlineData("EDA080F4908080", @"\xed\xa0\x80\xf4\x90\x80\x80")]
    [InlineData("0001090A0B0D1F", @"\x00\x01\t\n\x0b\r\x1f")]
    [InlineData("7F22275C", @"\x7f\""'\\")]
    [InlineData("C3A9E282ACF09F9880", "é€😀")]
    [InlineData("C280C29FC2A0", "\\u0080\\u009f\u00a0")]
    [InlineData("E2808BE280A8EFBBBFEFBFBD", "\u200b\u2028\ufeff\ufffd")]
    public void Describe_LabelValueOfAnyBytes_IsEscapedAsGoDoes(string bytes, string expected)
    {
        var metric = new Metric { Labels = [new(new Utf8String("l"), new Utf8String(Convert.FromHexString(bytes)))] };

        Assert.Equal($"label:{{name:\"l\" value:\"{expected}\"}}", PrototextExposition.Describe(metric));
    }
}
