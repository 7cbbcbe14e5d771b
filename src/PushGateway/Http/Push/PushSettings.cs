using PushGateway.CommandLine;
using PushGateway.Core.Persistence.Journal;

namespace PushGateway.Http.Push;

/// <summary>The flags that decide what a push may do.</summary>
/// <param name="Names">Which names pushes may use.</param>
/// <param name="Check">Whether to reject inconsistent pushes.</param>
/// <param name="Limits">Limits of one push and of the store.</param>
/// <param name="MaxBodyBytes">Maximum size of a body, as sent and as decompressed.</param>
/// <param name="QuarantinesInconsistent">Whether scrapes omit inconsistent groups instead of failing.</param>
/// <param name="Times">How long to wait for clients.</param>
internal sealed record PushSettings(
    NameValidation Names, PushCheck Check, PushLimits Limits, long MaxBodyBytes, bool QuarantinesInconsistent, ClientTimeouts Times)
{
    /// <summary>The maximum body that fits into a journal record together with the longest grouping key.</summary>
    private const long MaxJournaledBodyBytes = EncodedRecord.MaxPayloadBytes - (1 << 20);

    /// <summary>The status of an accepted push.</summary>
    public int AcceptedStatus { get; init; } = StatusCodes.Status200OK;

    /// <summary>Whether to accept what common clients get wrong.</summary>
    public bool IsLenient { get; init; }

    /// <summary>The job of pushes without a job; empty if such paths do not exist.</summary>
    public string DefaultJob { get; init; } = "";

    /// <summary>Whether the header <see cref="IdempotencyHeader.Name"/> has an effect.</summary>
    public bool RecognizesRepeats { get; init; } = true;

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
        options.PersistenceFile.Length > 0 && options.EnableJournal
            ? Math.Min(options.MaxBodySize.Bytes, MaxJournaledBodyBytes)
            : options.MaxBodySize.Bytes,
        options.QuarantineInconsistent,
        times)
    {
        AcceptedStatus = options.LegacyAcceptedStatus || options.DisableConsistencyCheck
            ? StatusCodes.Status202Accepted
            : StatusCodes.Status200OK,
        IsLenient = options.Lenient,
        DefaultJob = options.DefaultJob,
        RecognizesRepeats = options.IdempotencyKeys.Count > 0,
    };
}
