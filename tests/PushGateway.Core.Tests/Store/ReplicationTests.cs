using PushGateway.Core.Model;
using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Store;

/// <summary>The operations of a replica on its store.</summary>
public class ReplicationTests
{
    [Fact]
    public void HideChanges_UntilTheyAreShown_ReadersSeeWhatWas()
    {
        TestStore store = new TestStore().With("job=a", "m 1\n");
        store.Store.HideChanges();
        store.With("job=a", "m 2\n").With("job=b", "m 3\n");

        Assert.Contains("m{instance=\"\",job=\"a\"} 1\n", store.Scrape());
        Assert.DoesNotContain("job=\"b\"", store.Scrape());
        Assert.NotNull(store.Store.Find(TestStore.Key("job=b")));

        store.Store.ShowChanges();

        Assert.Equal("# TYPE m untyped\nm{instance=\"\",job=\"a\"} 2\nm{instance=\"\",job=\"b\"} 3\n", store.Scrape());
    }

    [Fact]
    public void HideChanges_OfAPushToTheSameSeries_LeavesTheShownLinesAsTheyWere()
    {
        TestStore store = new TestStore().With("job=a", "m 1\n");
        store.Store.HideChanges();
        for (int i = 2; i < 100; i++)
        {
            store.With("job=a", $"m {i}\n");
        }

        Assert.Contains("m{instance=\"\",job=\"a\"} 1\n", store.Scrape());
    }

    /// <summary>Each alone would conflict with what the other one had.</summary>
    [Fact]
    public void Replace_OfTwoGroupsThatSwapTypes_IsConsistent()
    {
        TestStore store = new TestStore().With("job=a", "# TYPE m gauge\nm 1\n");
        TestStore other = new TestStore().With("job=b", "# TYPE m counter\nm 2\n");

        store.Store.Apply(new ReplaceGroupsCommand(
        [
            StateOf(other, "job=b"),
            new GroupState(TestStore.Key("job=a"), Families: null),
        ]));

        Assert.False(store.Store.Snapshot.MayBeInconsistent);
        Assert.Equal("# TYPE m counter\nm{instance=\"\",job=\"b\"} 2\n", store.Scrape());
    }

    [Theory]
    [InlineData("m 1\n", "m 2\n", true)]
    [InlineData("m 1\n", "m 1\nn 1\n", false)]
    [InlineData("m 1\n", "m{a=\"b\"} 1\n", false)]
    [InlineData("m 1\n", "# TYPE m gauge\nm 1\n", false)]
    public void Replace_OfAGroup_LeavesTheIndexOnlyIfItHasTheSameSeries(string body, string next, bool isSame)
    {
        TestStore store = new TestStore().With("job=a", body);
        TestStore other = new TestStore().With("job=a", next);
        long before = store.Store.Index.Operations;

        store.Store.Apply(new ReplaceGroupsCommand([StateOf(other, "job=a")]));

        Assert.Equal(isSame, store.Store.Index.Operations == before);
        Assert.Equal(other.ScrapeAll(), store.ScrapeAll());
        Assert.Equal(Content(other), Content(store));
    }

    [Fact]
    public void Replace_TellsTheListenerWhatCameAndWent()
    {
        var heard = new List<string>();
        TestStore store = new TestStore().With("job=a", "m 1\n");
        TestStore other = new TestStore().With("job=b", "m 2\n");
        store.Store.Listen(new GroupListener
        {
            Added = group => heard.Add($"+{group.Key}"),
            Removed = key => heard.Add($"-{key}"),
            Cleared = () => heard.Add("cleared"),
        });

        store.Store.Apply(new ReplaceGroupsCommand(
            [StateOf(other, "job=b"), new GroupState(TestStore.Key("job=a"), Families: null)]));
        store.Store.Apply(new ReplaceGroupsCommand([StateOf(other, "job=b")]));

        Assert.Equal(["+{job=\"b\"}", "-{job=\"a\"}"], heard);
    }

    [Theory]
    [InlineData("m 1\n", "")]
    [InlineData("m 1 5\n", "")]
    [InlineData("m 1\n", "sum")]
    public void Prepare_BeforeApply_GivesTheSame(string body, string merge)
    {
        TestStore plain = new TestStore().With("job=a", "m 1\n");
        TestStore prepared = new TestStore().With("job=a", "m 1\n");
        Assert.True(Core.Store.Merging.MergeRule.TryParse("sum", out Core.Store.Merging.MergeRule? sum));
        PushCommand Push() => new(TestStore.Key("job=a"), PushMode.Merge, PushCheck.Checked, TestStore.Parse(body), At: 9)
        {
            Merge = merge.Length > 0 ? sum : null,
        };

        CommandResult expected = plain.Store.Apply(Push());
        CommandResult result = prepared.Store.Apply(GroupStore.Prepare(Push()));

        Assert.Equal(expected.Error, result.Error);
        Assert.Equal(plain.ScrapeAll(), prepared.ScrapeAll());
    }

    [Fact]
    public void RememberKeys_OfAnotherReplica_RecognizesItsPushes()
    {
        var store = new GroupStore([]);
        GroupingKey key = TestStore.Key("job=a");
        var idempotencyKey = new IdempotencyKey(key, new Utf8String("k"));

        store.Apply(new RememberKeysCommand([new RememberedKey(idempotencyKey.Hash, At: 5)]));

        Assert.True(store.IsRepeated(idempotencyKey, at: 6));
    }

    /// <summary>The content of the index.</summary>
    private static string[] Content(TestStore store) =>
    [
        .. store.Store.Index.Families().Select(family => $"{family}").Order(),
        .. store.Store.Index.Series().Select(series => $"{series}").Order(),
    ];

    private static GroupState StateOf(TestStore store, string key) => new(
        TestStore.Key(key), [.. store.Store.Find(TestStore.Key(key))!.Families]);
}
