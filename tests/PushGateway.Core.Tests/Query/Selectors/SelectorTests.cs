using PushGateway.Core.Model;
using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Query.Selectors;

public class SelectorTests
{
    [Theory]
    [InlineData("{job=\"a\"}", true)]
    [InlineData("{job=\"A\"}", false)]
    [InlineData("{job=~\"a|b\"}", true)]
    [InlineData("{job=~\"b|ab?\"}", true)]
    [InlineData("{job=~\"b\"}", false)]
    [InlineData("{job=\"a\",team=\"x\"}", true)]
    [InlineData("{job=\"a\",team=\"y\"}", false)]
    [InlineData("{job=\"a\",team!=\"y\"}", true)]
    [InlineData("{job=\"a\",team!~\"x.*\"}", false)]
    [InlineData("{job=\"a\",none=\"\"}", true)]
    [InlineData("{job=\"a\",none!=\"\"}", false)]
    [InlineData("{job=\"a\",none=~\".+\"}", false)]
    [InlineData("{job=\"a\",none!=\"x\"}", true)]
    [InlineData("{job=\"a\",instance=\"\"}", true)]
    public void SelectsKey_MatchersOfLabels_HaveToHoldAllOfThem(string text, bool isSelected)
    {
        Assert.True(SelectorParser.TryParse(text, out Selector? selector, out _));
        var key = new GroupingKey([new Label("job", "a"), new Label("team", "x")]);

        Assert.Equal(isSelected, selector.SelectsKey(key));
        Assert.False(selector.NamesMetrics);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("up{job=\"a\"}")]
    [InlineData("{__name__=~\"u.\",job=\"a\"}")]
    public void NamesMetrics_MatcherOfTheName_IsTrue(string text)
    {
        Assert.True(SelectorParser.TryParse(text, out Selector? selector, out _));
        Assert.True(selector.NamesMetrics);
    }
}
