namespace PushGateway.Tests.TestServer;

/// <summary>A clock that advances only when the test advances it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private TimeSpan _elapsed;
    private TimeSpan _setBy;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000) + _elapsed + _setBy;

    public void Advance(TimeSpan time) => _elapsed += time;

    /// <summary>Sets the wall clock forward or back; the monotonic clock goes on.</summary>
    public void Set(TimeSpan by) => _setBy += by;
}
