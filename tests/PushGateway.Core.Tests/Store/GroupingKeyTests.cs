using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Store;

public class GroupingKeyTests
{
    [Fact]
    public void Equals_LabelsInAnotherOrder_AreTheSameKey()
    {
        GroupingKey key = TestStore.Key("job=a,z=1,b=2");

        Assert.Equal(TestStore.Key("b=2,job=a,z=1"), key);
        Assert.Equal(TestStore.Key("b=2,job=a,z=1").GetHashCode(), key.GetHashCode());
        Assert.True(key == TestStore.Key("z=1,b=2,job=a"));
        Assert.Equal(["b", "job", "z"], key.Labels.Select(label => $"{label.Name}"));
    }

    [Theory]
    [InlineData("job=b")]
    [InlineData("job=a,instance=")]
    [InlineData("job=a,b=c")]
    [InlineData("jo=ba")]
    [InlineData("job=")]
    public void Equals_OtherLabels_AreAnotherKey(string other)
    {
        GroupingKey key = TestStore.Key("job=a");

        Assert.NotEqual(TestStore.Key(other), key);
        Assert.True(key != TestStore.Key(other));
        Assert.NotEqual(0, key.CompareTo(TestStore.Key(other)));
    }

    [Theory]
    [InlineData("job=a", true, "instance=,job=a")]
    [InlineData("job=a,z=1", true, "instance=,job=a,z=1")]
    [InlineData("job=a,a=1", true, "a=1,instance=,job=a")]
    [InlineData("job=a,instance=i", false, "instance=i,job=a")]
    [InlineData("job=a,instance=", false, "instance=,job=a")]
    public void SeriesLabels_Key_HasAnInstance(string key, bool adds, string expected)
    {
        Assert.Equal(adds, TestStore.Key(key).AddsInstance);
        Assert.Equal(
            expected, string.Join(",", TestStore.Key(key).SeriesLabels.Select(label => $"{label.Name}={label.Value}")));
    }

    /// <summary>The order of the push times of groups in the Go Pushgateway.</summary>
    [Fact]
    public void CompareTo_Keys_AreInTheOrderOfTheirPushTimes()
    {
        string[] inOrder =
        [
            "job=", "job=B", "job=a", "job=a,instance=", "job=\uffff", "job=😀", "job=a,instance=i",
            "job=z,a=", "job=b,z=a", "job=a,a=b", "job=a,a=b,c=d",
        ];

        Assert.Equal(inOrder, inOrder.Reverse().OrderBy(TestStore.Key));
    }

    [Fact]
    public void ToString_Key_ShowsItsLabels() =>
        Assert.Equal("""{b="\"",job="a"}""", TestStore.Key("job=a,b=\"").ToString());

    /// <summary>With --push.enable-utf8-names, names can contain anything, and messages with names appear in logs and terminals.</summary>
    [Fact]
    public void ToString_NameThatIsNoIdentifier_IsQuoted() =>
        Assert.Equal("""{"a\n b"="c",job="a"}""", TestStore.Key("job=a,a\n b=c").ToString());
}
