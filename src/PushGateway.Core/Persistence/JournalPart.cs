namespace PushGateway.Core.Persistence;

/// <summary>A complete file of the journal that no snapshot has taken in yet.</summary>
/// <param name="Bytes">What its records take.</param>
/// <param name="KeptAs">
/// The name to keep it under, since it is damaged; null to delete it once a snapshot has it.
/// </param>
public sealed record JournalSegment(string Name, long Generation, long Bytes, long Records, string? KeptAs);
