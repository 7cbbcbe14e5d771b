namespace PushGateway.Tests.EndToEnd.Kill;

/// <summary>When something happened, as far as is known, in seconds of Unix time.</summary>
internal readonly record struct Moment(double From, double To)
{
    /// <summary>What a scrape's numbers lose of the nanoseconds.</summary>
    private const double RoundingSeconds = 1e-6;

    /// <summary>As the gateway shows it.</summary>
    public static Moment Never => default;

    public static Moment At(double seconds) => new(seconds, seconds);

    public static double Now() => TimeProvider.System.GetUtcNow().Subtract(DateTimeOffset.UnixEpoch).TotalSeconds;

    public bool Includes(Moment other) =>
        other.From >= From - RoundingSeconds && other.To <= To + RoundingSeconds;
}
