using PushGateway.Core.Persistence;
using PushGateway.Core.Store;
using PushGateway.Telemetry;

namespace PushGateway.Persistence;

/// <summary>Fills the store with what the disk holds: the snapshot, then what the journal has since.</summary>
internal sealed class StoreRecovery(GroupStore store, TimeProvider time, ILogger logger)
{
    /// <summary>Puts everything into the store, which must be empty. What is wrong with the files is logged.</summary>
    /// <param name="path">The persistence file, in full.</param>
    /// <exception cref="IOException">The disk fails. The store may hold a part, and is to be emptied.</exception>
    /// <exception cref="OperationCanceledException">Likewise. No file was changed.</exception>
    public async Task<RecoveredStore> RunAsync(
        string path, Func<string, DurableFolder> openFolder, CancellationToken cancellation)
    {
        DurableFolder folder = openFolder(Path.GetDirectoryName(path) ?? "/");
        var restore = FileRecovery.Begin(folder, Path.GetFileName(path), time.GetUtcNow());
        var unreadable = new List<UnreadableFamily>();
        var faults = new List<string>();
        RecoveredState files = await StoreLoader.RestoreAllAsync(restore, store, unreadable, faults, cancellation);
        foreach (UnreadableFamily family in unreadable)
        {
            logger.FamilyNotRestored(family.Name.ToString(), family.Error.Message);
        }
        faults.ForEach(logger.RestoreFinding);
        foreach (string finding in files.Report.Findings)
        {
            logger.RestoreFinding(finding);
        }
        return new RecoveredStore(
            files, files.Report.Records - faults.Count, files.Report.DiscardedRecords + faults.Count);
    }
}

/// <summary>What a restore has given.</summary>
/// <param name="Records">How many of the journal's changes were made again.</param>
/// <param name="DiscardedRecords">How many could not be.</param>
internal sealed record RecoveredStore(RecoveredState Files, long Records, long DiscardedRecords);
