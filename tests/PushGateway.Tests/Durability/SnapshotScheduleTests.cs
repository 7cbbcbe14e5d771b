using PushGateway.Durability;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Durability;

public sealed class SnapshotScheduleTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ALittle = TimeSpan.FromMilliseconds(1);

    private readonly ManualTime _time = new();
    private readonly SnapshotSchedule _schedule;

    public SnapshotScheduleTests() => _schedule = new SnapshotSchedule(Interval, _time);

    [Theory]
    [InlineData(-1, 10)]
    [InlineData(0, 10)]
    [InlineData(5, 10)]
    [InlineData(20, 20)]
    [InlineData(1_000, 1_000)]
    [InlineData(300_000, 1_000)]
    public void Tick_Interval_IsKeptUpWithButNotFasterThanSense(int interval, int tick) => Assert.Equal(
        TimeSpan.FromMilliseconds(tick), new SnapshotSchedule(TimeSpan.FromMilliseconds(interval), _time).Tick);

    [Fact]
    public void IsDue_IntervalIsOver_DependsOnChanges()
    {
        _time.Advance(Interval);

        Assert.True(_schedule.IsDue(isUrgent: false, () => true));
        Assert.False(_schedule.IsDue(isUrgent: false, () => false));
    }

    [Fact]
    public void IsDue_IntervalIsNotOver_DependsOnUrgencyAndDoesNotLookForChanges()
    {
        _time.Advance(Interval - ALittle);

        Assert.False(_schedule.IsDue(isUrgent: false, () => throw new InvalidOperationException("asked")));
        Assert.True(_schedule.IsDue(isUrgent: true, () => throw new InvalidOperationException("asked")));
    }

    [Fact]
    public void IsDue_AfterASuccess_WaitsForTheIntervalAgain()
    {
        _time.Advance(Interval);
        _schedule.Succeeded();
        _time.Advance(Interval - ALittle);

        Assert.False(_schedule.IsDue(isUrgent: false, () => true));
        _time.Advance(ALittle);
        Assert.True(_schedule.IsDue(isUrgent: false, () => true));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(30, 30)]
    public void IsDue_AfterAFailure_WaitsAsLongAsThatTookAndASecondAtLeast(int took, int pause)
    {
        _schedule.Failed(TimeSpan.FromSeconds(took));
        _time.Advance(TimeSpan.FromSeconds(pause) - ALittle);

        Assert.False(_schedule.IsDue(isUrgent: true, () => true));
        _time.Advance(ALittle);
        Assert.True(_schedule.IsDue(isUrgent: false, () => false));
    }
}
