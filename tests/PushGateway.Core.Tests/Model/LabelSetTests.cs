using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Model;

public class LabelSetTests
{
    private static readonly Label[] Shared = [new("a", "1"), new("b", "2"), new("c", "3"), new("d", "4")];

    [Fact]
    public void Span_PartOfAnArray_IsThatPart()
    {
        var labels = new LabelSet(Shared, 1, 2);

        Assert.Equal(2, labels.Length);
        Assert.Equal(Shared[1..3], labels.Span.ToArray());
        Assert.Equal(Shared[1..3], labels.AsEnumerable());
        Assert.Equal(Shared[2], labels[1]);
        Assert.Throws<IndexOutOfRangeException>(() => labels[2]);
    }

    [Fact]
    public void Span_Default_IsEmpty()
    {
        LabelSet labels = default;

        Assert.Equal(0, labels.Length);
        Assert.True(labels.Span.IsEmpty);
        Assert.Empty(labels);
    }

    [Fact]
    public void Create_CollectionExpression_HasItsLabels()
    {
        LabelSet labels = [Shared[3], .. new LabelSet(Shared, 0, 1)];

        Assert.Equal([Shared[3], Shared[0]], labels);
    }
}
