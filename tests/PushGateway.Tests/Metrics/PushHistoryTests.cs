using PushGateway.Metrics;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Metrics;

/// <summary>The clock starts at 1,700,000,000 s, where a step of ten seconds begins.</summary>
public sealed class PushHistoryTests
{
    private readonly ManualTime _time = new();
    private readonly PushHistory _history;

    public PushHistoryTests() => _history = new PushHistory(_time);

    [Fact]
    public void Read_NothingPushed_IsAnHourOfNothing()
    {
        Advance(3);

        RecentPushes recent = _history.Read();

        Assert.Equal(1_700_000_010, recent.End);
        Assert.Equal(new long[360], recent.Accepted);
        Assert.Equal(new long[360], recent.Rejected);
    }

    [Fact]
    public void Read_Pushes_AreInTheStepsOfTheirTimes()
    {
        _history.AddAccepted();
        Advance(9);
        _history.AddAccepted();
        _history.AddRejected();
        Advance(1);
        _history.AddAccepted();
        Advance(10);

        RecentPushes recent = _history.Read();

        Assert.Equal([2, 1, 0], recent.Accepted[^3..]);
        Assert.Equal([1, 0, 0], recent.Rejected[^3..]);
        Assert.Equal(3, recent.Accepted.Sum());
    }

    [Fact]
    public void Read_AfterAnHour_HasForgotten()
    {
        _history.AddAccepted();

        Advance(3_599);
        Assert.Equal(1, _history.Read().Accepted[0]);
        Advance(1);
        Assert.Equal(0, _history.Read().Accepted.Sum());
    }

    [Theory]
    [InlineData(3_600)]
    [InlineData(3_610)]
    [InlineData(7_200)]
    [InlineData(1_000_000)]
    public void Add_AfterALongPause_DoesNotBringBackOldCounts(int pause)
    {
        for (int i = 0; i < 360; i++)
        {
            _history.AddRejected();
            Advance(10);
        }
        Advance(pause - 10);

        _history.AddAccepted();

        RecentPushes recent = _history.Read();
        Assert.Equal(1, recent.Accepted[^1]);
        Assert.Equal(1, recent.Accepted.Sum());
        Assert.Equal(0, recent.Rejected.Sum());
    }

    /// <summary>It counted nothing until the clock had caught up.</summary>
    [Theory]
    [InlineData(-86_400)]
    [InlineData(86_400)]
    public void Add_AfterTheClockWasSet_CountsOn(int seconds)
    {
        _history.AddAccepted();
        _time.Set(TimeSpan.FromSeconds(seconds));
        Advance(10);

        _history.AddAccepted();

        RecentPushes recent = _history.Read();
        Assert.Equal([1, 1], recent.Accepted[^2..]);
        Assert.Equal(1_700_000_020 + seconds, recent.End);
    }

    private void Advance(int seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
