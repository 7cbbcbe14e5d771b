using PushGateway.Core.Model;
using PushGateway.Core.Store;

namespace PushGateway.Http;

/// <summary>What the flags mean to the endpoints.</summary>
/// <param name="Names">Which names pushes may use.</param>
/// <param name="Check">Whether pushes that do not fit are refused.</param>
internal sealed record GatewaySettings(NameValidation Names, PushCheck Check);

internal static class TimeProviderExtensions
{
    private const long NanosecondsPerTick = 100;

    /// <summary>Now, in nanoseconds since 1970.</summary>
    public static long GetUnixNanoseconds(this TimeProvider time) =>
        (time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * NanosecondsPerTick;
}
