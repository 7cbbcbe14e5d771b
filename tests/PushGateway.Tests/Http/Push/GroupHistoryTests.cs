using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Http.Push;
using Xunit;

namespace PushGateway.Tests.Http.Push;

/// <summary>How many pushes are remembered, and which are forgotten.</summary>
public sealed class GroupHistoryTests
{
    private const int EntryBytes = 160;
    private const int GroupBytes = 120;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(21)]
    [InlineData(75)]
    public void Read_AfterSoMany_HasTheLastTwentyNewestFirst(int count)
    {
        var history = new GroupHistory(GroupHistory.DefaultMaxBytes);
        for (int i = 1; i <= count; i++)
        {
            history.Add(Key("a"), Push(i));
            history.Add(Key("b"), Push(-i));
        }

        Assert.Equal(Enumerable.Range(1, count).Reverse().Take(20), Times(history, "a"));
        Assert.Equal(Enumerable.Range(1, count).Reverse().Take(20).Select(i => -i), Times(history, "b"));
        Assert.Empty(history.Read(Key("c")));
    }

    [Fact]
    public void Add_BeyondTheMaximum_ForgetsTheOldestOfAllGroups()
    {
        var history = new GroupHistory((2 * GroupBytes) + (4 * EntryBytes));
        history.Add(Key("a"), Push(1));
        history.Add(Key("b"), Push(2));
        history.Add(Key("a"), Push(3));
        history.Add(Key("b"), Push(4));

        history.Add(Key("b"), Push(5));
        Assert.Equal("3 / 5 4 2", Show(history));

        history.Add(Key("b"), Push(6));
        Assert.Equal("3 / 6 5 4", Show(history));

        // The group a goes.
        history.Add(Key("b"), Push(7));
        Assert.Equal(" / 7 6 5 4", Show(history));
    }

    [Fact]
    public void Add_OfALongReason_TakesTheRoomOfOthers()
    {
        var history = new GroupHistory((2 * GroupBytes) + (4 * EntryBytes));
        history.Add(Key("a"), Push(1));
        history.Add(Key("a"), Push(2));
        history.Add(Key("a"), Push(3));

        history.Add(Key("b"), Push(4) with { Reason = new string('r', EntryBytes / 2) });

        Assert.Equal("3 2 / 4", Show(history));
    }

    /// <summary>Alone it is more than there is room for.</summary>
    [Fact]
    public void Add_OfTooLongAReason_IsForgotten()
    {
        var history = new GroupHistory(1_000);
        history.Add(Key("a"), Push(1));

        history.Add(Key("b"), Push(2) with { Reason = new string('r', 1_000) });
        Assert.Equal(" / ", Show(history));

        history.Add(Key("a"), Push(3));
        Assert.Equal("3 / ", Show(history));
    }

    [Fact]
    public void AddAndRead_OfSeveralThreads_LeaveTheLastOfEachGroup()
    {
        var history = new GroupHistory(50 * EntryBytes);
        Parallel.For(0, 4, thread =>
        {
            for (int i = 0; i < 5_000; i++)
            {
                history.Add(Key($"{(thread + i) % 7}"), Push(i));
                Assert.True(Times(history, $"{i % 7}").Length <= 20);
            }
        });
        history.Add(Key("a"), Push(1));

        Assert.Equal([1], Times(history, "a"));
    }

    private static string Show(GroupHistory history) =>
        $"{string.Join(' ', Times(history, "a"))} / {string.Join(' ', Times(history, "b"))}";

    private static int[] Times(GroupHistory history, string job) => [.. history.Read(Key(job)).Select(push => (int)push.At)];

    private static GroupingKey Key(string job) => new([new Label("job", job)]);

    private static PastPush Push(int at) => new(at, "PUT", 200, Reason: null, default, TimeSpan.Zero, Address: null, Port: 0);
}
