namespace PushGateway.Core.Store;

/// <summary>The <see cref="IdempotencyKey.Hash"/> of an accepted push.</summary>
/// <param name="At">The time of the push, in nanoseconds since 1970.</param>
public readonly record struct RememberedKey(UInt128 Hash, long At);
