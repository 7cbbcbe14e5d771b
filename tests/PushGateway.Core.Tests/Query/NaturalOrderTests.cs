using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Model;
using PushGateway.Core.Query;
using PushGateway.Core.Store;
using PushGateway.Core.Tests.Store;
using Xunit;

namespace PushGateway.Core.Tests.Query;

public class NaturalOrderTests
{
    [Theory]
    [InlineData("host2", "host10")]
    [InlineData("host2", "host10a")]
    [InlineData("host2b", "host10")]
    [InlineData("host", "host1")]
    [InlineData("host9", "hosta")]
    [InlineData("a1b2", "a1b10")]
    [InlineData("a1b", "a12")]
    [InlineData("1x3", "12")]
    [InlineData("a1.9.0", "a1.10.0")]
    [InlineData("1", "01")]
    [InlineData("1", "001")]
    [InlineData("01b", "1c")]
    [InlineData("1c", "01c")]
    [InlineData("a01b1", "a1b2")]
    [InlineData("0", "00")]
    [InlineData("", "0")]
    [InlineData("a", "b")]
    [InlineData("z", "é")]
    [InlineData("10.0.0.9", "10.0.0.10")]
    [InlineData("99999999999999999999999999999999999998", "99999999999999999999999999999999999999")]
    [InlineData("99999999999999999999", "100000000000000000000")]
    public void Compare_TheFirstWithTheSecond_IsBefore(string first, string second)
    {
        Assert.True(NaturalOrder.Comparer.Compare(new Utf8String(first), new Utf8String(second)) < 0);
        Assert.True(NaturalOrder.Comparer.Compare(new Utf8String(second), new Utf8String(first)) > 0);
        Assert.Equal(0, NaturalOrder.Comparer.Compare(new Utf8String(first), new Utf8String(first)));
    }

    [Fact]
    public void Compare_AnyTexts_IsAnOrder() => Prop.ForAll(
        Gen.Elements("", "0", "1", "01", "10", "a", "b", "00").ArrayOf(3).Select(string.Concat).Three().ToArbitrary(),
        texts =>
        {
            Utf8String[] sorted = [new(texts.Item1), new(texts.Item2), new(texts.Item3)];
            Array.Sort(sorted, NaturalOrder.Comparer);
            (Utf8String a, Utf8String b, Utf8String c) = (sorted[0], sorted[1], sorted[2]);

            Assert.True(Order(a, b) <= 0 && Order(b, c) <= 0 && Order(a, c) <= 0);
            Assert.Equal(Math.Sign(Order(a, b)), -Math.Sign(Order(b, a)));
            Assert.Equal(a == c, Order(a, c) == 0);
        }).Check(PropertyTests.Settings.WithMaxTest(2_000));

    [Fact]
    public void Compare_Keys_LooksAtTheJobAndThenAsExpositionsDo()
    {
        string[] sorted =
        [
            "job=a2", "instance=2,job=a10", "instance=10,job=a10", "job=a10,zone=1", "instance=1,job=a10,zone=2",
            "instance=1,job=a10,zone=10", "job=b",
        ];
        GroupingKey[] keys = [.. sorted.Reverse().Select(TestStore.Key)];

        Array.Sort(keys, NaturalOrder.Comparer);

        Assert.Equal(sorted, keys.Select(key => string.Join(',', key.Labels.Select(label => $"{label.Name}={label.Value}"))));
    }

    private static int Order(Utf8String left, Utf8String right) => NaturalOrder.Comparer.Compare(left, right);
}
