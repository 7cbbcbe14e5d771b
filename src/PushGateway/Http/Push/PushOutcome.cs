using PushGateway.Durability;

namespace PushGateway.Http.Push;

/// <summary>What came of a push request. <see cref="PushResponder"/> records and answers each.</summary>
internal abstract record PushOutcome
{
    private PushOutcome()
    {
    }

    /// <summary>The push is durable.</summary>
    /// <param name="Uses">What <c>--push.lenient</c> forgave in the body.</param>
    public sealed record Accepted(
        GroupingKey Key, bool HasSamples, IReadOnlyList<HelpConflict> HelpConflicts, Leniency Uses) : PushOutcome;

    /// <summary>The push was accepted before, is durable, and changed nothing now.</summary>
    public sealed record Repeated(GroupingKey Key) : PushOutcome;

    /// <summary>The URL has no valid grouping key, so no group has a failure to record.</summary>
    public sealed record InvalidUrl(string Message) : PushOutcome;

    /// <summary>The body is too large, or does not parse.</summary>
    public sealed record InvalidBody(GroupingKey Key, PushError Error) : PushOutcome
    {
        /// <summary>The status that says so, unless a limit is exceeded.</summary>
        public int Status { get; init; } = StatusCodes.Status400BadRequest;

        /// <summary>What is wrong, unless a limit is exceeded.</summary>
        public RejectionKind Kind { get; init; } = RejectionKind.Syntax;

        public RejectionCause Cause => new(Error.Limit == LimitKind.None ? Kind : RejectionKind.Limit)
        {
            Line = Error.Line,
            Hint = Error.Hint,
        };
    }

    /// <summary>The store rejected the push, and recorded the failure.</summary>
    /// <param name="Result">Its <see cref="CommandResult.Error"/> is the reason.</param>
    public sealed record Rejected(CommandResult Result) : PushOutcome;

    /// <summary>The push cannot be made durable now.</summary>
    public sealed record Unavailable(Outcome.Unavailable Cause) : PushOutcome;
}
