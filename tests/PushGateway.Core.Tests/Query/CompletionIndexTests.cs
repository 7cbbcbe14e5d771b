using PushGateway.Core.Query;
using PushGateway.Core.Store;
using PushGateway.Core.Tests.Store;
using Xunit;

namespace PushGateway.Core.Tests.Query;

public class CompletionIndexTests
{
    private readonly TestStore _store = new TestStore()
        .With("job=nightly,instance=b", "x 1\ny 1\n")
        .With("job=nightly,instance=a", "x{l=\"1\"} 1\nx{l=\"2\"} 1\n")
        .With("job=Night", "x 1\n")
        .With("job=été", "Xa 1\n");

    [Fact]
    public void Of_Groups_CountsWhatTheyHave()
    {
        CompletionIndex index = IndexOf(_store);

        Assert.Equal("job=4 instance=2", Show(index.Labels));
        Assert.Equal("nightly=2 Night=1 été=1", Show(index.ValuesOf("job")));
        Assert.Equal("a=1 b=1", Show(index.ValuesOf("instance")));
        Assert.Equal("", Show(index.ValuesOf("l")));
        Assert.Equal("x=3 Xa=1 y=1", Show(index.Metrics));
    }

    [Theory]
    [InlineData("", 9, "nightly=2 Night=1 été=1")]
    [InlineData("", 2, "nightly=2 Night=1")]
    [InlineData("", 0, "")]
    [InlineData("NIGHT", 9, "nightly=2 Night=1")]
    [InlineData("nightl", 9, "nightly=2")]
    [InlineData("nightlyy", 9, "")]
    [InlineData("ét", 9, "été=1")]
    [InlineData("éT", 9, "")]
    [InlineData("ight", 9, "")]
    public void Find_WithAPrefix_IsWhatBeginsWithItInEitherCase(string prefix, int limit, string expected) =>
        Assert.Equal(expected, Show(CompletionIndex.Find(IndexOf(_store).ValuesOf("job"), prefix, limit)));

    [Fact]
    public void IsOf_ASnapshotAfterPushes_IsFalseOnceGroupsOrFamiliesHaveChanged()
    {
        CompletionIndex index = IndexOf(_store);
        Assert.True(index.IsOf(_store.Store.Snapshot));

        _store.With("job=Night", "x 2\n");
        Assert.True(index.IsOf(_store.Store.Snapshot));

        _store.With("job=Night", "z 2\n");
        Assert.False(index.IsOf(_store.Store.Snapshot));

        index = IndexOf(_store);
        _store.Delete("job=Night");
        Assert.False(index.IsOf(_store.Store.Snapshot));
    }

    [Fact]
    public void Of_MoreValuesThanItHolds_HasTheFirst()
    {
        var store = new TestStore();
        store.Store.Apply(new ReplaceGroupsCommand([.. Enumerable.Range(0, CompletionIndex.MaxTexts + 10)
            .Select(i => new GroupState(TestStore.Key($"job={i}"), []))]));

        CompletionIndex index = IndexOf(store);

        Assert.Equal($"job={CompletionIndex.MaxTexts + 10}", Show(index.Labels));
        Assert.Equal(CompletionIndex.MaxTexts, index.ValuesOf("job").Count);
    }

    private static CompletionIndex IndexOf(TestStore store) => CompletionIndex.Of(store.Store.Snapshot, CancellationToken.None);

    private static string Show(IEnumerable<Completion> completions) =>
        string.Join(' ', completions.Select(completion => $"{completion.Text}={completion.Groups}"));
}
