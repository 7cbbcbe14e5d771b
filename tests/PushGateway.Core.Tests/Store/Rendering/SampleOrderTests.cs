using PushGateway.Core.Model;
using PushGateway.Core.Store.Rendering;
using Xunit;

namespace PushGateway.Core.Tests.Store.Rendering;

public class SampleOrderTests
{
    private static readonly Label[] None = [];

    [Fact]
    public void Compare_NumberOfLabels_ComesFirst()
    {
        Assert.True(SampleOrder.Compare([new("z", "z")], [new("a", "a"), new("b", "b")]) < 0);
        Assert.True(SampleOrder.Compare([new("a", "")], None) > 0);
        Assert.Equal(0, SampleOrder.Compare(None, None));
    }

    [Fact]
    public void Compare_Values_CountOneAfterTheOtherAndNamesDoNot()
    {
        Assert.True(SampleOrder.Compare([new("z", "1"), new("z", "9")], [new("a", "2"), new("a", "0")]) < 0);
        Assert.True(SampleOrder.Compare([new("a", "1"), new("b", "3")], [new("a", "1"), new("b", "2")]) > 0);
        Assert.Equal(0, SampleOrder.Compare([new("a", "1")], [new("b", "1")]));
        Assert.True(SampleOrder.Compare([new("a", "\uffff")], [new("a", "😀")]) < 0);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("a", null)]
    [InlineData("a b b c", null)]
    [InlineData("b a", "1 0")]
    [InlineData("b c a b a", "2 4 0 3 1")] // equal ones stay in order
    public void Sort_Metrics_SaysWhereEachPlaceFindsIts(string values, string? expected)
    {
        List<Metric> metrics = [.. values.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(value => new Metric { Labels = [new("l", value)] })];

        int[]? order = SampleOrder.Sort(metrics);

        Assert.Equal(expected, order is null ? null : string.Join(" ", order));
    }
}
