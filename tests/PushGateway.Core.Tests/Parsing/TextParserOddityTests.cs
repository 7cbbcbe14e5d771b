using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using Xunit;

namespace PushGateway.Core.Tests.Parsing;

/// <summary>Unusual input, parsed like the Go Pushgateway.</summary>
public class TextParserOddityTests
{
    [Theory]
    [InlineData("# TYPE a gau\\ge\na 1\n", MetricType.Gauge)]
    [InlineData("# TYPE a \\\\counter\\\na 1\n", MetricType.Counter)]
    public void TryParse_BackslashesInType_ArePassedOver(string body, MetricType expected)
    {
        Assert.True(TextParser.TryParse(
            Encoding.UTF8.GetBytes(body), NameValidation.Legacy, out List<MetricFamily>? families, out _));
        Assert.Equal(expected, Assert.Single(families).Type);
    }

    [Fact]
    public void TryParse_BackslashesInUnknownType_AreNotShown()
    {
        Assert.False(TextParser.TryParse("# TYPE a inf\\o\n"u8.ToArray(), NameValidation.Legacy, out _, out PushError? error));
        Assert.Equal("text format parsing error in line 1: unknown metric type \"info\"", error.Message);
    }

    /// <summary>Half a megabyte of such lines used to need more than 20 GB, since each copied the labels of all previous lines.</summary>
    [Theory]
    [InlineData("a{b=\"c\"} 1\n{d=\"e\"} 2\n{f=\"g\"} 3\n")]
    [InlineData("# TYPE a histogram\na_sum 1\n{d=\"e\"} 2\n{f=\"g\"} 3\n")]
    public void TryParse_NamelessSamplesThatKeepAddingLabels_AreRefused(string body)
    {
        Assert.False(TextParser.TryParse(
            Encoding.UTF8.GetBytes(body), NameValidation.Legacy, out _, out PushError? error));
        Assert.EndsWith("invalid metric name", error.Message);
    }
}
