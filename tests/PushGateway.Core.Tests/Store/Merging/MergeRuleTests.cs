using PushGateway.Core.Store.Merging;
using Xunit;

namespace PushGateway.Core.Tests.Store.Merging;

public class MergeRuleTests
{
    [Theory]
    [InlineData("family", MergeMode.Family, GaugeRule.Last, "family")]
    [InlineData("series", MergeMode.Series, GaugeRule.Last, "series")]
    [InlineData("sum", MergeMode.Sum, GaugeRule.Last, "sum")]
    [InlineData(" sum ", MergeMode.Sum, GaugeRule.Last, "sum")]
    [InlineData("sum,gauges=max", MergeMode.Sum, GaugeRule.Max, "sum, gauges=max")]
    [InlineData("sum, gauges=min", MergeMode.Sum, GaugeRule.Min, "sum, gauges=min")]
    [InlineData("sum ,  gauges=sum", MergeMode.Sum, GaugeRule.Sum, "sum, gauges=sum")]
    [InlineData("sum, gauges=last", MergeMode.Sum, GaugeRule.Last, "sum")]
    public void TryParse_Rule_IsReadAndPrinted(string text, MergeMode mode, GaugeRule gauges, string printed)
    {
        Assert.True(MergeRule.TryParse(text, out MergeRule? rule));

        Assert.Equal(new MergeRule(mode, gauges), rule);
        Assert.Equal(printed, rule.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Sum")]
    [InlineData("1")]
    [InlineData("add")]
    [InlineData("sum,")]
    [InlineData("sum, max")]
    [InlineData("sum, gauges")]
    [InlineData("sum, gauges=")]
    [InlineData("sum, gauges=avg")]
    [InlineData("sum, gauges = max")]
    [InlineData("sum, gauges=max, gauges=min")]
    [InlineData("series, gauges=max")]
    [InlineData("family, gauges=last")]
    public void TryParse_OtherText_IsNoRule(string text) => Assert.False(MergeRule.TryParse(text, out _));
}
