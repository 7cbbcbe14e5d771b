using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Persistence.Snapshot;
using PushGateway.Durability;

namespace PushGateway.Tools;

/// <summary>The data that a start with a persistence file and its journal would restore. Reading it changes no file.</summary>
/// <param name="Trailer">The part of the journal that the file covers; null if the Go Pushgateway wrote the file.</param>
/// <param name="Journal">Its segments, oldest first.</param>
/// <param name="Unreadable">Families that a start would omit.</param>
/// <param name="Findings">The damage and inconsistencies that a start would log.</param>
internal sealed record PersistedStore(
    GroupStore Store,
    CheckpointId? Trailer,
    IReadOnlyList<JournalSegment> Journal,
    IReadOnlyList<UnreadableFamily> Unreadable,
    IReadOnlyList<string> Findings)
{
    /// <param name="realPath">The file, without symbolic links: see <see cref="FileLock.RealPath"/>.</param>
    /// <param name="maxKeys">The maximum idempotency keys to remember.</param>
    /// <returns>Null if neither the file nor a journal exists.</returns>
    /// <exception cref="IOException">The disk fails.</exception>
    public static async Task<PersistedStore?> ReadAsync(string realPath, int maxKeys)
    {
        var folder = new ReadOnlyFolder(Path.GetDirectoryName(realPath) ?? "/");
        var recovery = FileRecovery.Begin(folder, Path.GetFileName(realPath), TimeProvider.System.GetUtcNow());
        if (!recovery.HasFiles)
        {
            return null;
        }
        var store = new GroupStore([], maxKeys);
        var left = new LeftOut();
        RecoveredState state = await StoreLoader.RestoreAllAsync(recovery, store, left, CancellationToken.None);
        return new PersistedStore(
            store,
            recovery.SnapshotTrailer,
            state.Journal.Segments,
            left.Families,
            [.. state.Report.Findings, .. left.Findings]);
    }
}
