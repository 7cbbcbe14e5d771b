namespace PushGateway.Core.Persistence;

/// <summary>What a restore has found on the disk.</summary>
/// <param name="Records">How many of the journal's records were given out to be applied.</param>
/// <param name="DiscardedRecords">
/// How many were not, as far as they can be counted: whole ones, and one for each place that is torn or damaged.
/// </param>
/// <param name="DiscardedBytes">How much of the journal was not applied.</param>
/// <param name="Findings">What was not as it should be, a sentence each, to be logged. Empty if all was well.</param>
/// <param name="KeptAside">Files that are kept though they are not used, or not wholly.</param>
public sealed record RecoveryReport(
    long Records,
    long DiscardedRecords,
    long DiscardedBytes,
    IReadOnlyList<string> Findings,
    IReadOnlyList<PreservedFile> KeptAside);

/// <summary>A file that is kept for a human to look at.</summary>
/// <param name="FileName">
/// Its new name. One that the state was restored from in part gets it only when the next snapshot is written, so that
/// a crash before that loses nothing: take one soon.
/// </param>
public sealed record PreservedFile(string FileName, string Reason);
