namespace PushGateway.Core.Store;

/// <summary>Counts of idempotency keys since the start.</summary>
/// <param name="Keys">The number of keys in the store.</param>
/// <param name="Repeats">The number of pushes that changed nothing, since one with the same key was accepted before.</param>
/// <param name="Evictions">The number of keys that were forgotten early because of the maximum.</param>
public readonly record struct IdempotencyStatistics(int Keys, long Repeats, long Evictions);
