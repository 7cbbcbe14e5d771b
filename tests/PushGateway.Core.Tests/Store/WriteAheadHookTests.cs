using PushGateway.Core.Model;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Rendering;
using Xunit;

namespace PushGateway.Core.Tests.Store;

/// <summary>The write-ahead hook sees each change before it becomes visible, and can prevent it.</summary>
public class WriteAheadHookTests
{
    private readonly TestStore _store = new TestStore().With("job=a", "x 1\n").With("job=b", "y 1\n");

    public static TheoryData<string, string> Changes => new()
    {
        { "new values", "job=a;x 2" },
        { "new series", "job=a;x{l=\"1\"} 2" },
        { "new group", "job=c;x 2" },
        { "refused", "job=a;y{instance=\"\",job=\"b\"} 1\ny 2\ny 3" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Apply_PushThatIsNotKept_LeavesEverythingAsItWas(string what, string push)
    {
        string before = _store.ScrapeAll();
        (string Series, int Times)[] index = Index();

        CommandResult result = _store.Store.Apply(Push(push), (_, _) => false);

        Assert.False(result.IsLogged, what);
        Assert.Null(result.Error);
        Assert.Equal(before, _store.ScrapeAll());
        Assert.Equal(index, Index());
    }

    [Fact]
    public void Apply_DeleteOrWipeThatIsNotKept_LeavesEverythingAsItWas()
    {
        string before = _store.ScrapeAll();

        Assert.False(_store.Store.Apply(new DeleteCommand(TestStore.Key("job=a")), (_, _) => false).IsLogged);
        Assert.False(_store.Store.Apply(new WipeCommand(), (_, _) => false).IsLogged);

        Assert.Equal(before, _store.ScrapeAll());
    }

    [Fact]
    public void Apply_Commands_AreToldOnceEachWithWhatTheyDo()
    {
        var told = new List<WriteKind>();
        bool Keep(WriteKind kind, IReadOnlySet<GroupingKey>? spared)
        {
            told.Add(kind);
            return true;
        }

        _store.Store.Apply(Push("job=a;x 2"), Keep);
        _store.Store.Apply(Push("job=c;x 1\nx 1"), Keep);
        _store.Store.Apply(new DeleteCommand(TestStore.Key("job=nobody")), Keep);
        _store.Store.Apply(new DeleteCommand(TestStore.Key("job=b")), Keep);
        _store.Store.Apply(new WipeCommand(), Keep);

        WriteKind[] expected =
            [WriteKind.Applied, WriteKind.FailureRecorded, WriteKind.Applied, WriteKind.Applied, WriteKind.Applied];
        Assert.Equal(expected, told);
    }

    /// <summary>A restore group by group has the same values, times, failures and conflicts as the original store.</summary>
    [Fact]
    public void Apply_RestoreOfEachGroup_GivesTheSameStore()
    {
        _store.Post("job=b", "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\nz{b=\"2\"} 1\nz{b=\"1\"} -0\n");
        _store.Push("job=c", PushMode.Merge, PushCheck.Checked, TestStore.Parse("x 1\nx 1\n"));
        var restored = new TestStore();
        var assembly = new RestoredGroupBuilder();

        foreach (MetricGroup group in _store.Store.Snapshot.Groups)
        {
            assembly.Begin(group.Key);
            foreach (StoredFamily family in group.Families)
            {
                assembly.Add(family.Decode(), family.PushedAt);
            }
            restored.Store.Apply(new RestoreCommand(group.Key, assembly.Finish()));
        }

        Assert.Equal(_store.ScrapeAll(), restored.ScrapeAll());
        Assert.Equal("0/4", restored.Stamps("job=c"));
        Assert.False(restored.Store.Snapshot.MayBeInconsistent);
        Assert.Equal(
            _store.Store.Snapshot.Groups.SelectMany(group => group.Families.ToArray().Select(family => family.PushedAt)),
            restored.Store.Snapshot.Groups.SelectMany(group => group.Families.ToArray().Select(family => family.PushedAt)));
        Assert.Equal(Index(), restored.Store.Index.Series().Select(series => ($"{series.Series}", series.Times)).Order());
    }

    [Fact]
    public void Apply_RestoreOfAGroupThatClashes_SaysThatScrapesMayFail()
    {
        MetricFamily family = TestStore.Parse("# TYPE x counter\nx 1\n").Single();
        GroupingKey key = TestStore.Key("job=c");

        _store.Store.Apply(new RestoreCommand(key, FamilyRenderer.Render([family], key, pushedAt: 1)));

        Assert.True(_store.Store.Snapshot.MayBeInconsistent);
        Assert.NotEmpty(_store.GatherErrors());
    }

    [Fact]
    public void Apply_Fail_NotesTheTime()
    {
        _store.Store.Apply(new RecordFailureCommand(TestStore.Key("job=a"), 7 * TestStore.Second));
        _store.Store.Apply(new RecordFailureCommand(TestStore.Key("job=new"), 8 * TestStore.Second));

        Assert.Equal("1/7", _store.Stamps("job=a"));
        Assert.Equal("0/8", _store.Stamps("job=new"));
    }

    private static PushCommand Push(string push)
    {
        string[] parts = push.Split(';');
        return new PushCommand(
            TestStore.Key(parts[0]), PushMode.Merge, PushCheck.Checked, TestStore.Parse(parts[1] + "\n"), TestStore.Second);
    }

    private (string Series, int Times)[] Index() =>
        [.. _store.Store.Index.Series().Select(series => ($"{series.Series}", series.Times)).Order()];
}
