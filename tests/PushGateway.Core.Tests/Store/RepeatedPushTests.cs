using PushGateway.Core.Model;
using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Store;

public class RepeatedPushTests
{
    private const long Day = IdempotencyKeys.Lifetime;

    private readonly TestStore _store = new();
    private int _logged;

    [Theory]
    [InlineData("x 1\n")]
    [InlineData("x 1\ny 2\n")]
    [InlineData("# TYPE x counter\nx 1\n")]
    public void Push_OfAnAcceptedKey_ChangesNothingAndIsNotLogged(string body)
    {
        Assert.Same(CommandResult.Done, Push("job=a", "k", "x 1\n"));
        StoreSnapshot before = _store.Store.Snapshot;

        CommandResult repeated = Push("job=a", "k", body);

        Assert.True(repeated.IsRepeated);
        Assert.Null(repeated.Error);
        Assert.Same(before, _store.Store.Snapshot);
        Assert.Equal(1, _logged);
    }

    [Fact]
    public void Push_OfAnotherKeyOrGroup_IsAnother()
    {
        Push("job=a", "k", "x 1\n");

        Assert.False(Push("job=a", "K", "x 2\n").IsRepeated);
        Assert.False(Push("job=b", "k", "x 3\n").IsRepeated);

        Assert.Equal(3, _logged);
        Assert.Equal(3, _store.Store.CountIdempotencyKeys(Day).Keys);
    }

    /// <summary>Otherwise a client could not correct its push.</summary>
    [Theory]
    [InlineData("y 1 1\n")]
    [InlineData("# TYPE x counter\nx 1\n")]
    [InlineData("z 1\nz 1\n")]
    public void Push_AfterARejectedOneOfTheKey_IsAccepted(string body)
    {
        _store.With("job=other", "x 1\n");
        Assert.NotNull(Push("job=a", "k", body).Error);

        Assert.Same(CommandResult.Done, Push("job=a", "k", "y 2\n"));

        Assert.Contains("y{instance=\"\",job=\"a\"} 2\n", _store.Scrape(), StringComparison.Ordinal);
    }

    [Fact]
    public void Push_InvalidRepetition_IsAnsweredAsTheFirst()
    {
        _store.With("job=other", "x 1\n");
        Push("job=a", "k", "y 1\n");
        StoreSnapshot before = _store.Store.Snapshot;

        Assert.True(Push("job=a", "k", "y 1 1\n").IsRepeated);
        Assert.True(Push("job=a", "k", "# TYPE x counter\nx 1\n").IsRepeated);
        Assert.True(Push("job=a", "k", "y 1\nz 1\n", new PushLimits(1, 9, 9, 9, 9, 9)).IsRepeated);

        Assert.Same(before, _store.Store.Snapshot);
    }

    [Fact]
    public void Push_RepeatedBeyondALimitAfterADeletion_IsAnsweredAsTheFirst()
    {
        Push("job=a", "k", "y 1\n");
        _store.Delete("job=a");

        Assert.True(Push("job=a", "k", "y 1\nz 1\n", new PushLimits(1, 9, 9, 9, 9, 9)).IsRepeated);
    }

    [Fact]
    public void Push_ThatIsNotLogged_IsNotRemembered()
    {
        Assert.False(Push("job=a", "k", "x 1\n", keep: false).IsLogged);
        Assert.Same(CommandResult.Done, Push("job=a", "k", "x 1\n"));
        Assert.False(Push("job=a", "l", "x 2\n", keep: false).IsLogged);
        Assert.Same(CommandResult.Done, Push("job=a", "l", "x 2\n"));
    }

    /// <summary>A late repetition must not bring a group back.</summary>
    [Fact]
    public void Push_RepeatedAfterADeletion_ChangesNothing()
    {
        Push("job=a", "k", "x 1\n");
        Push("job=b", "k", "x 1\n");
        _store.Delete("job=a");
        _store.Store.Apply(new WipeCommand());

        Assert.True(Push("job=a", "k", "x 1\n").IsRepeated);
        Assert.True(Push("job=b", "k", "x 1\n").IsRepeated);

        Assert.Equal(0, _store.Store.Snapshot.GroupCount);
    }

    [Fact]
    public void Push_ReplayOfARememberedKey_IsAppliedAndRemembered()
    {
        Push("job=a", "k", "x 1\n", isReplay: true);
        Assert.False(Push("job=a", "k", "x 2\n", isReplay: true).IsRepeated);

        Assert.True(Push("job=a", "k", "x 3\n").IsRepeated);

        Assert.Contains("} 2\n", _store.Scrape(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_ManyAtOnceWithOneKey_IsAppliedOnce()
    {
        const int Threads = 4;
        for (int round = 0; round < 200; round++)
        {
            string key = $"k{round}";
            using var start = new Barrier(Threads);
            CommandResult[] results = await Task.WhenAll(Enumerable.Range(0, Threads).Select(i => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return Push("job=a", key, $"x {i}\n");
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));

            Assert.Single(results, result => !result.IsRepeated);
        }
        Assert.Equal(200, _logged);
        Assert.Equal(200 * (Threads - 1), _store.Store.CountIdempotencyKeys(Day).Repeats);
    }

    private CommandResult Push(
        string group, string key, string body, PushLimits? limits = null, bool keep = true, bool isReplay = false)
    {
        GroupingKey groupingKey = TestStore.Key(group);
        return _store.Store.Apply(
            new PushCommand(groupingKey, PushMode.Merge, PushCheck.Checked, TestStore.Parse(body), At: TestStore.Second)
            {
                IdempotencyKey = new IdempotencyKey(groupingKey, new Utf8String(key)),
                Limits = limits ?? PushLimits.None,
                IsReplay = isReplay,
            },
            (kind, _) =>
            {
                _logged += keep && kind == WriteKind.Applied ? 1 : 0;
                return keep;
            });
    }
}
