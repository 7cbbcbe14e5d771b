namespace PushGateway;

internal static class TimeProviderExtensions
{
    private const long NanosecondsPerTick = 100;

    /// <summary>The current time, in nanoseconds since 1970.</summary>
    public static long GetUnixNanoseconds(this TimeProvider time) =>
        (time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * NanosecondsPerTick;
}
