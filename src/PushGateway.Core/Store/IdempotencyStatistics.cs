namespace PushGateway.Core.Store;

/// <summary>The use of idempotency keys since the start.</summary>
/// <param name="Keys">How many keys the store holds now.</param>
/// <param name="Repeats">How many pushes changed nothing, since one of the same key was accepted before.</param>
/// <param name="Evictions">How many keys were forgotten before their time, to make room for others.</param>
public readonly record struct IdempotencyStatistics(int Keys, long Repeats, long Evictions);
