using PushGateway.Core.Store;
using PushGateway.Lifecycle;
using Xunit;

namespace PushGateway.Tests.Lifecycle;

public sealed class ExpiryQueueTests
{
    private readonly ExpiryQueue _queue = new();

    [Fact]
    public void TakeDue_SomeAreDue_TakesThemInOrder()
    {
        _queue.Add(Key("late"), 30);
        _queue.Add(Key("first"), 10);
        _queue.Add(Key("second"), 20);
        _queue.Add(Key("third"), 21);

        Assert.Equal(["first", "second"], Take(21, max: 2));
        Assert.Equal(["third"], Take(21, max: 2));
        Assert.Equal([], Take(29));
        Assert.Equal(["late"], Take(30));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void Add_GroupThatIsThere_MovesItForwardOnly()
    {
        _queue.Add(Key("a"), 20);
        _queue.Add(Key("a"), 30);
        Assert.Equal([], Take(19));
        _queue.Add(Key("a"), 10);

        Assert.Equal(1, _queue.Count);
        Assert.Equal(["a"], Take(10));
        Assert.Equal([], Take(100));
    }

    [Fact]
    public void Remove_Group_TakesItOut()
    {
        _queue.Add(Key("a"), 10);
        _queue.Add(Key("b"), 10);
        _queue.Remove(Key("a"));
        _queue.Remove(Key("c"));
        _queue.Add(Key("a"), 50);

        Assert.Equal(["b"], Take(49));
        Assert.Equal(["a"], Take(50));
    }

    [Fact]
    public async Task WaitAsync_EmptyQueue_EndsWithTheFirstGroup()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        _queue.Add(Key("gone"), 1);
        _queue.Clear();
        Task waiting = _queue.WaitAsync(cancellation);
        Assert.False(waiting.IsCompleted);

        _queue.Add(Key("a"), 10);

        await waiting;
        Assert.True(_queue.WaitAsync(cancellation).IsCompleted);
        Take(10);
        Assert.False(_queue.WaitAsync(cancellation).IsCompleted);
    }

    private static GroupingKey Key(string job) => new([new("job", job)]);

    /// <summary>Added and removed groups must not fill the memory until their expiry.</summary>
    [Fact]
    public void Remove_ManyGroups_KeepsFewOfTheirEntries()
    {
        for (int i = 0; i < 10_000; i++)
        {
            _queue.Add(Key($"gone {i}"), 1000 + i);
            _queue.Remove(Key($"gone {i}"));
            _queue.Add(Key("moved"), 100_000 - i);
        }
        _queue.Add(Key("back"), 30);
        _queue.Remove(Key("back"));
        _queue.Add(Key("back"), 30);
        _queue.Add(Key("back"), 20);

        Assert.InRange(_queue.Entries, 2, 1100);
        Assert.Equal(2, _queue.Count);
        Assert.Equal(["back"], Take(30));
        Assert.Equal([], Take(90_000));
        Assert.Equal(["moved"], Take(100_000));
    }

    private IEnumerable<string> Take(long now, int max = 10) => _queue.TakeDue(now, max).Select(key => key.Labels[0].Value.ToString());
}
