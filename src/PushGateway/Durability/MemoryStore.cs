namespace PushGateway.Durability;

/// <summary>
/// Accepts changes in memory only, for a gateway without a persistence file, or with snapshots and no journal.
/// </summary>
internal sealed class MemoryStore(GroupStore store) : IDurableStore
{
    public Outcome.Unavailable? Unavailability => null;

    public ValueTask WaitForCapacityAsync(CancellationToken cancellation) => default;

    public ValueTask<Outcome> ApplyAsync(StoreCommand command) => ValueTask.FromResult(Outcome.Of(store.Apply(command)));

    public bool TryFindRepeat(IdempotencyKey key, long at, bool isDryRun, out ValueTask<Outcome> outcome)
    {
        outcome = ValueTask.FromResult(Outcome.Of(CommandResult.Repeated));
        return store.IsRepeated(key, at, isDryRun);
    }
}
