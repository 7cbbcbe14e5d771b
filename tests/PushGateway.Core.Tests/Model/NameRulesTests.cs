using System.Text;
using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Model;

public class NameRulesTests
{
    [Theory]
    [InlineData("x", true, true)]
    [InlineData("_", true, true)]
    [InlineData("aZ_09", true, true)]
    [InlineData("__name__", true, true)]
    [InlineData(":", true, false)]
    [InlineData("a:b", true, false)]
    [InlineData("", false, false)]
    [InlineData("0a", false, false)]
    [InlineData("a.b", false, false)]
    [InlineData("a-b", false, false)]
    [InlineData("a b", false, false)]
    [InlineData("aé", false, false)]
    [InlineData("a\n", false, false)]
    public void IsLegacy_Name_IsToldByItsBytes(string name, bool metric, bool label)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);

        Assert.Equal(metric, NameRules.IsLegacyMetricName(bytes));
        Assert.Equal(label, NameRules.IsLegacyLabelName(bytes));
        Assert.Equal(metric, NameRules.IsValidMetricName(new(bytes), NameValidation.Legacy));
        Assert.Equal(label, NameRules.IsValidLabelName(new(bytes), NameValidation.Legacy));
    }

    [Theory]
    [InlineData("78", true)]
    [InlineData("30", true)]
    [InlineData("612E62", true)]
    [InlineData("C3A9", true)]
    [InlineData("00", true)]
    [InlineData("", false)]
    [InlineData("FF", false)]
    [InlineData("78C3", false)]
    [InlineData("EDA080", false)]
    public void IsValid_Utf8Allowed_IsAnyTextButNone(string name, bool expected)
    {
        var text = new Utf8String(Convert.FromHexString(name));

        Assert.Equal(expected, NameRules.IsValidMetricName(text, NameValidation.Utf8));
        Assert.Equal(expected, NameRules.IsValidLabelName(text, NameValidation.Utf8));
    }
}
