using PushGateway.Core.Model;
using PushGateway.Core.Store;

namespace PushGateway.Http;

/// <summary>What the flags mean to the endpoints.</summary>
/// <param name="Names">Which names pushes may use.</param>
/// <param name="Check">Whether pushes that do not fit are refused.</param>
/// <param name="Limits">What pushes may have, and bring the store to.</param>
/// <param name="MaxBodyBytes">What a body may have, as it is sent and as it is decoded.</param>
/// <param name="QuarantinesInconsistent">Whether groups that do not fit are left out of scrapes, which fail otherwise.</param>
/// <param name="Times">How long clients are waited for.</param>
internal sealed record GatewaySettings(
    NameValidation Names, PushCheck Check, PushLimits Limits, long MaxBodyBytes, bool QuarantinesInconsistent, TimeLimits Times);

internal static class TimeProviderExtensions
{
    private const long NanosecondsPerTick = 100;

    /// <summary>Now, in nanoseconds since 1970.</summary>
    public static long GetUnixNanoseconds(this TimeProvider time) =>
        (time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * NanosecondsPerTick;
}
