using PushGateway.Core.Model;
using PushGateway.Core.Store.Rendering;
using Xunit;

namespace PushGateway.Core.Tests.Store.Rendering;

public class LabelMergeTests
{
    [Theory]
    [InlineData("", "job=a", "instance=,job=a")]
    [InlineData("b=1", "job=a", "b=1,instance=,job=a")]
    [InlineData("z=1,b=2,k=3", "job=a", "b=2,instance=,job=a,k=3,z=1")]
    [InlineData("instance=i", "job=a", "instance=i,job=a")]
    [InlineData("instance=", "job=a", "instance=,job=a")]
    [InlineData("instance=i", "job=a,instance=k", "instance=k,job=a")]
    [InlineData("instance=i", "job=a,instance=", "instance=,job=a")]
    [InlineData("job=p", "job=a", "instance=,job=a")]
    [InlineData("z=p,job=q", "z=r,job=a", "instance=,job=a,z=r")]
    [InlineData("b=2,b=1", "job=a", "b=2,b=1,instance=,job=a")] // rejected later, in this order
    [InlineData("job=p,job=q", "job=a", "instance=,job=a,job=q")]
    public void Merge_OwnAndGroupLabels_AreSortedAndTheGroupWins(string own, string key, string expected) =>
        Assert.Equal(expected, Merged(own, key));

    [Theory]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(200)]
    public void Merge_ManyLabels_AreSortedAlike(int count)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(i => $"l{i * 7919 % 1000:d4}=x{i}")];

        string merged = Merged(string.Join(",", names) + ",twice=1,twice=2", "job=a");

        Assert.Equal(
            string.Join(",", names.Concat(["instance=", "job=a", "twice=1", "twice=2"])
                .OrderBy(label => label.Split('=')[0], StringComparer.Ordinal)),
            merged);
    }

    /// <summary>They stand in an array with those of other metrics.</summary>
    [Fact]
    public void Merge_Labels_AreLeftAsTheyWerePushed()
    {
        Label[] shared = [new("z", "1"), new("a", "2"), new("z", "3"), new("a", "4")];

        LabelSet merged = LabelMerge.Merge(new LabelSet(shared, 2, 2), TestStore.Key("job=a"));

        Assert.Equal([new("a", "4"), new("instance", ""), new("job", "a"), new("z", "3")], merged);
        Assert.Equal([new("z", "1"), new("a", "2"), new("z", "3"), new("a", "4")], shared);
    }

    private static string Merged(string own, string key)
    {
        Label[] labels = own.Length == 0 ? [] : [.. own.Split(',')
            .Select(label => new Label(label.Split('=')[0], label.Split('=')[1]))];
        return string.Join(",", LabelMerge.Merge(labels, TestStore.Key(key))
            .Select(label => $"{label.Name}={label.Value}"));
    }
}
