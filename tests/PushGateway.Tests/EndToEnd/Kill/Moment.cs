namespace PushGateway.Tests.EndToEnd.Kill;

/// <summary>The time of an event, as far as known, in seconds of Unix time.</summary>
internal readonly record struct Moment(double From, double To)
{
    /// <summary>The precision of times in a scrape, compared with nanoseconds.</summary>
    private const double RoundingSeconds = 1e-6;

    /// <summary>As the gateway shows it.</summary>
    public static Moment Never => default;

    public static Moment At(double seconds) => new(seconds, seconds);

    public static double Now() => TimeProvider.System.GetUtcNow().Subtract(DateTimeOffset.UnixEpoch).TotalSeconds;

    public bool Includes(Moment other) =>
        other.From >= From - RoundingSeconds && other.To <= To + RoundingSeconds;
}
