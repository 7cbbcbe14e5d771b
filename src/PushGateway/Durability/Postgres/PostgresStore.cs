namespace PushGateway.Durability.Postgres;

/// <summary>
/// The store of a replica. Accepts a change when the database has committed it, in one order with the changes of all other
/// replicas. <see cref="ReplicaService"/> writes the commands that are queued here.
/// </summary>
/// <remarks>A scrape shows a change only after its commit.</remarks>
internal sealed class PostgresStore(GroupStore store) : IDurableStore
{
    private volatile Outcome.Unavailable? _unavailability = Outcome.Unavailable.Briefly("restoring");

    /// <summary>The commands that wait to be written.</summary>
    public WriteQueue Queue { get; } = new();

    public Outcome.Unavailable? Unavailability => _unavailability;

    public ValueTask WaitForCapacityAsync(CancellationToken cancellation) => Queue.WaitForCapacityAsync(cancellation);

    public ValueTask<Outcome> ApplyAsync(StoreCommand command)
    {
        if (_unavailability is { } unavailability)
        {
            return ValueTask.FromResult<Outcome>(unavailability);
        }
        if (command is RecordParseErrorCommand parseError && store.Find(parseError.Key) is null)
        {
            // The group does not exist, and a flood of such commands would occupy the database.
            return ValueTask.FromResult<Outcome>(Outcome.Accepted.Done);
        }
        return new ValueTask<Outcome>(Queue.AddAsync(GroupStore.Prepare(command)));
    }

    public bool TryFindRepeat(IdempotencyKey key, long at, bool isDryRun, out ValueTask<Outcome> outcome)
    {
        bool isRepeated = store.IsRepeated(key, at, isDryRun);
        outcome = !isRepeated ? default
            : _unavailability is { } unavailability ? ValueTask.FromResult<Outcome>(unavailability)
            : new ValueTask<Outcome>(Queue.AddAsync(new RepeatedPush(key, at, isDryRun)));
        return isRepeated;
    }

    /// <summary>Begins to accept changes.</summary>
    public void Open() => _unavailability = null;

    /// <summary>Accepts no more changes, and completes the waiting ones as unavailable.</summary>
    public void Close(Outcome.Unavailable reason)
    {
        _unavailability = reason;
        Queue.CompleteAll(reason);
    }
}
