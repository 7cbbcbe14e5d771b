namespace PushGateway.Durability;

/// <summary>
/// The only way to change the store: applies a command, makes the change durable, and only then reports that it was
/// accepted. Endpoints, timers and replicas all use it. Readers take <see cref="GroupStore.Snapshot"/> instead.
/// </summary>
/// <remarks>
/// <para>Order: commands take effect one after another. If one takes effect before another, on any thread, it also becomes
/// durable first. A caller that awaits one command before it sends the next determines their order.</para>
/// <para>Atomicity: a command takes effect as a whole or not at all. <see cref="DeleteGroupsCommand"/> is one change of
/// several groups. Commands that must not overwrite a later push use compare-and-delete (<see cref="DeleteCommand.ExpectedGroup"/>).</para>
/// <para>Durability: the task of an accepted command completes when the change is as durable as the implementation
/// promises. A rejected push is a change too, of its group's failure time. Scrapes may show a change a moment before it
/// is durable.</para>
/// <para>Unavailability: <see cref="Outcome.Unavailable"/> means that the change must not be acknowledged. Usually it did not
/// take effect. If the disk failed after it did, scrapes show it, and it becomes durable if the disk recovers before
/// the process ends.</para>
/// <para>Ownership: the store takes ownership of the families of a push. The caller may reuse the memory of its body when the
/// task completes.</para>
/// <para>Concurrency: all members are thread-safe, and none blocks a thread on I/O.</para>
/// <para>After close, every command is unavailable.</para>
/// </remarks>
internal interface IDurableStore
{
    /// <summary>Why changes cannot be accepted now; null if they can.</summary>
    Outcome.Unavailable? Unavailability { get; }

    /// <summary>
    /// Waits while too many changes are not yet durable. Await it before reading a body, while the request holds no
    /// memory.
    /// </summary>
    ValueTask WaitForCapacityAsync(CancellationToken cancellation);

    /// <summary>Applies a command and waits until its change may be acknowledged.</summary>
    /// <returns>A task for the wait. Everything before that wait happens before this method returns.</returns>
    ValueTask<Outcome> ApplyAsync(StoreCommand command);

    /// <summary>
    /// Whether a push with the key was accepted before. <see cref="ApplyAsync"/> checks this too, but this method needs no body.
    /// </summary>
    /// <param name="at">The current time, in nanoseconds since 1970.</param>
    /// <param name="isDryRun">The repetition is not counted.</param>
    /// <param name="outcome">The outcome of the repeated push. Completes when the first push is durable.</param>
    bool TryFindRepeat(IdempotencyKey key, long at, bool isDryRun, out ValueTask<Outcome> outcome);
}

/// <summary>The outcome of a command.</summary>
internal abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>The change is as durable as the store promises.</summary>
    /// <param name="Result">Further information: help conflicts, and groups that had changed.</param>
    public sealed record Accepted(CommandResult Result) : Outcome
    {
        public static readonly Accepted Done = new(CommandResult.Done);
    }

    /// <summary>The push is invalid, inconsistent, or exceeds a limit. Its group's failure time is durable.</summary>
    /// <param name="Result">The result, whose <see cref="CommandResult.Error"/> is the reason.</param>
    public sealed record Rejected(CommandResult Result) : Outcome;

    /// <summary>The change cannot be made durable now.</summary>
    /// <param name="Reason">For the client and the operator.</param>
    /// <param name="RetryAfter">When the client should try again.</param>
    public sealed record Unavailable(string Reason, TimeSpan RetryAfter) : Outcome
    {
        /// <summary>The outcome for a cause that usually passes soon, such as a full disk or a start in progress.</summary>
        public static Unavailable Briefly(string reason) => new(reason, TimeSpan.FromSeconds(1));
    }

    /// <summary>The outcome of a command whose change is durable.</summary>
    public static Outcome Of(CommandResult result) =>
        result.Error is not null ? new Rejected(result)
        : ReferenceEquals(result, CommandResult.Done) ? Accepted.Done
        : new Accepted(result);
}
