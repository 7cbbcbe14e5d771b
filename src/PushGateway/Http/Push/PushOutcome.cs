using PushGateway.Durability;

namespace PushGateway.Http.Push;

/// <summary>The size of a push, as far as it was read.</summary>
/// <param name="Bytes">The bytes of its decompressed body.</param>
/// <param name="Series">The metrics of its families; 0 if they did not parse.</param>
/// <param name="HasSamples">Whether one of them has a sample.</param>
internal readonly record struct PushSize(long Bytes, int Series = 0, bool HasSamples = false)
{
    /// <summary>The size of a parsed push. Call it before the store takes ownership of the families.</summary>
    public static PushSize Of(PushCommand push, long bytes)
    {
        int series = 0;
        for (int i = 0; i < push.Families.Count; i++)
        {
            series += push.Families[i].Metrics.Count;
        }
        return new PushSize(bytes, series, push.HasSamples);
    }
}

/// <summary>The outcome of a push request. <see cref="PushResponder"/> records and answers it.</summary>
internal abstract record PushOutcome
{
    private PushOutcome()
    {
    }

    public PushSize Size { get; init; }

    /// <summary>The push is durable.</summary>
    /// <param name="Uses">The deviations in the body that <c>--push.lenient</c> accepted.</param>
    public sealed record Accepted(
        GroupingKey Key, IReadOnlyList<HelpConflict> HelpConflicts, Leniency Uses) : PushOutcome;

    /// <summary>The push was accepted before, is durable, and changed nothing this time.</summary>
    public sealed record Repeated(GroupingKey Key) : PushOutcome;

    /// <summary>The URL has no valid grouping key, so no group has a failure to record.</summary>
    public sealed record InvalidUrl(string Message) : PushOutcome;

    /// <summary>The body is too large, or does not parse.</summary>
    public sealed record InvalidBody(GroupingKey Key, PushError Error) : PushOutcome
    {
        /// <summary>The status, unless a limit is exceeded.</summary>
        public int Status { get; init; } = StatusCodes.Status400BadRequest;

        /// <summary>The error, unless a limit is exceeded.</summary>
        public RejectionKind Kind { get; init; } = RejectionKind.Syntax;

        public RejectionCause Cause => new(Error.Limit == LimitKind.None ? Kind : RejectionKind.Limit)
        {
            Line = Error.Line,
            Hint = Error.Hint,
        };
    }

    /// <summary>The store rejected the push, and recorded the failure.</summary>
    /// <param name="Result">The result, whose <see cref="CommandResult.Error"/> is the reason.</param>
    public sealed record Rejected(CommandResult Result) : PushOutcome;

    /// <summary>The push cannot be made durable now.</summary>
    public sealed record Unavailable(Outcome.Unavailable Cause) : PushOutcome;
}
