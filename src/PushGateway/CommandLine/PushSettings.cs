using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Hosting;

namespace PushGateway.CommandLine;

/// <summary>What the flags mean to the endpoints.</summary>
/// <param name="Names">Which names pushes may use.</param>
/// <param name="Check">Whether pushes that do not fit are refused.</param>
/// <param name="Limits">What pushes may have, and bring the store to.</param>
/// <param name="MaxBodyBytes">What a body may have, as it is sent and as it is decoded.</param>
/// <param name="QuarantinesInconsistent">Whether groups that do not fit are left out of scrapes, which fail otherwise.</param>
/// <param name="Times">How long clients are waited for.</param>
internal sealed record PushSettings(
    NameValidation Names, PushCheck Check, PushLimits Limits, long MaxBodyBytes, bool QuarantinesInconsistent, ClientTimeouts Times)
{
    /// <summary>The status of a push that was taken.</summary>
    public int AcceptedStatus { get; init; } = StatusCodes.Status200OK;

    /// <summary>Whether what common clients get wrong is taken.</summary>
    public bool IsLenient { get; init; }

    public static PushSettings Of(GatewayOptions options, ClientTimeouts times) => new(
        options.EnableUtf8Names ? NameValidation.Utf8 : NameValidation.Legacy,
        options.DisableConsistencyCheck ? PushCheck.Unchecked : PushCheck.Checked,
        new PushLimits(
            options.MaxSeries.Count,
            options.MaxLabels.Count,
            options.MaxNameLength.Bytes,
            options.MaxValueLength.Bytes,
            options.MaxStoredSeries.Count,
            options.MaxStoredGroups.Count),
        options.MaxBodySize.Bytes,
        options.QuarantineInconsistent,
        times)
    {
        AcceptedStatus = options.LegacyAcceptedStatus || options.DisableConsistencyCheck
            ? StatusCodes.Status202Accepted
            : StatusCodes.Status200OK,
        IsLenient = options.Lenient,
    };
}

internal static class RequestSource
{
    /// <summary>Address and port of the client; a unix socket has neither.</summary>
    public static string Source(this HttpContext context) => context.Connection.RemoteIpAddress is { } address
        ? $"{address}:{context.Connection.RemotePort}"
        : "unix";
}

internal static class TimeProviderExtensions
{
    private const long NanosecondsPerTick = 100;

    /// <summary>Now, in nanoseconds since 1970.</summary>
    public static long GetUnixNanoseconds(this TimeProvider time) =>
        (time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * NanosecondsPerTick;
}
