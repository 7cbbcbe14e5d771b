using PushGateway.Metrics;
using Xunit;

namespace PushGateway.Tests.Metrics;

public sealed class PushHistoryTests
{
    private const long Second = 1_000_000_000;

    private readonly PushHistory _history = new();

    [Fact]
    public void Read_NothingPushed_IsAnHourOfNothing()
    {
        RecentPushes recent = _history.Read(1_700_000_003 * Second);

        Assert.Equal(1_700_000_010, recent.End);
        Assert.Equal(new long[360], recent.Accepted);
        Assert.Equal(new long[360], recent.Rejected);
    }

    [Fact]
    public void Read_Pushes_AreInTheStepsOfTheirTimes()
    {
        _history.AddAccepted(1_000 * Second);
        _history.AddAccepted(1_009 * Second);
        _history.AddRejected(1_009 * Second);
        _history.AddAccepted(1_010 * Second);

        RecentPushes recent = _history.Read(1_020 * Second);

        Assert.Equal([2, 1, 0], recent.Accepted[^3..]);
        Assert.Equal([1, 0, 0], recent.Rejected[^3..]);
        Assert.Equal(3, recent.Accepted.Sum());
    }

    [Fact]
    public void Read_AfterAnHour_HasForgotten()
    {
        _history.AddAccepted(10_000 * Second);

        Assert.Equal(1, _history.Read(13_599 * Second).Accepted[0]);
        Assert.Equal(0, _history.Read(13_600 * Second).Accepted.Sum());
    }

    [Theory]
    [InlineData(3_600)]
    [InlineData(3_610)]
    [InlineData(7_200)]
    [InlineData(1_000_000)]
    public void Add_AfterALongPause_DoesNotBringBackWhatWas(long pause)
    {
        for (int i = 0; i < 360; i++)
        {
            _history.AddRejected((10_000 + (10 * i)) * Second);
        }
        long later = 10_000 + 3_590 + pause;

        _history.AddAccepted(later * Second);

        RecentPushes recent = _history.Read(later * Second);
        Assert.Equal(1, recent.Accepted[^1]);
        Assert.Equal(1, recent.Accepted.Sum());
        Assert.Equal(0, recent.Rejected.Sum());
    }

    [Fact]
    public void Add_WithTheClockSetBack_CountsWhereItIsThen()
    {
        _history.AddAccepted(10_000 * Second);
        _history.AddAccepted(9_000 * Second);
        _history.AddAccepted(1_000 * Second); // more than an hour: not counted

        Assert.Equal(1, _history.Read(9_000 * Second).Accepted[^1]);
        Assert.Equal(2, _history.Read(10_000 * Second).Accepted.Sum());
        Assert.Equal(0, _history.Read(1_000 * Second).Accepted.Sum());
    }
}
