using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Logging;

namespace PushGateway.Durability;

/// <summary>Loads a store from a snapshot file and a journal.</summary>
internal static class StoreLoader
{
    /// <summary>After this much of a snapshot, its total number of series is estimated.</summary>
    private const long GuessAfterBytes = 8 << 20;

    /// <summary>Approximate size of the parts in which a journal is decoded.</summary>
    private const long PartBytes = 1 << 18;

    private const int MaxPartRecords = 1000;

    /// <summary>Fills an empty store: the snapshot first, then the journal records after it.</summary>
    /// <param name="unreadable">Receives the families that were left out.</param>
    /// <param name="faults">Receives the reasons why records could not be replayed.</param>
    public static async Task<RecoveredState> RestoreAllAsync(
        FileRecovery restore,
        GroupStore store,
        List<UnreadableFamily> unreadable,
        List<string> faults,
        CancellationToken cancellation)
    {
        using (Stream? snapshot = restore.OpenSnapshot())
        {
            if (snapshot is not null && await RestoreAsync(snapshot, store, unreadable, cancellation) is { } damage)
            {
                restore.ReportSnapshotDamage(damage);
            }
        }
        await ReplayAsync(restore.Records(), store, faults, cancellation);
        return restore.Finish();
    }

    /// <summary>Restores a snapshot. Returns what is damaged, or null.</summary>
    /// <param name="unreadable">Receives the families that were left out.</param>
    public static async Task<string?> RestoreAsync(
        Stream snapshot, GroupStore store, List<UnreadableFamily> unreadable, CancellationToken cancellation)
    {
        try
        {
            bool isExpected = false;
            await foreach (DecodedPiece piece in ParallelReader.Of(GobSnapshotReader.ReadChunks(snapshot), Decode))
            {
                foreach (RestoredGroup group in piece.Groups)
                {
                    cancellation.ThrowIfCancellationRequested();
                    unreadable.AddRange(group.Unreadable);
                    store.Apply(new RestoreCommand(group.Key, group.Families));
                }
                if (piece.Damage is not null)
                {
                    return piece.Damage;
                }
                if (!isExpected && piece.End >= GuessAfterBytes)
                {
                    store.EnsureCapacity((int)Math.Min(store.SeriesCount * ((double)snapshot.Length / piece.End), Array.MaxLength));
                    isExpected = true;
                }
            }
            return snapshot.ReadByte() < 0 ? null : "something stands behind its end";
        }
        catch (GobFormatException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Applies the records of a journal.</summary>
    /// <param name="faults">Receives the reasons why records could not be replayed.</param>
    public static async Task ReplayAsync(
        IEnumerable<JournalRecord> records,
        GroupStore store,
        ICollection<string> faults,
        CancellationToken cancellation)
    {
        await foreach (List<ReplayedChange> part in ParallelReader.Of(Parts(records), part => part.ConvertAll(ToChange)))
        {
            foreach (ReplayedChange change in part)
            {
                cancellation.ThrowIfCancellationRequested();
                if (change.Command is { } command)
                {
                    store.Apply(command);
                }
                else
                {
                    faults.Add(change.Fault!);
                }
            }
        }
    }

    private static DecodedPiece Decode(SnapshotChunk piece)
    {
        var groups = new List<RestoredGroup>();
        try
        {
            piece.Decode(groups);
            return new DecodedPiece(groups, piece.End, Damage: null);
        }
        catch (GobFormatException exception)
        {
            return new DecodedPiece(groups, piece.End, exception.Message);
        }
    }

    private static IEnumerable<List<JournalRecord>> Parts(IEnumerable<JournalRecord> records)
    {
        var part = new List<JournalRecord>();
        long bytes = 0;
        foreach (JournalRecord record in records)
        {
            part.Add(record);
            bytes += record is PushRecord push ? push.Body.Length : 0;
            if (bytes >= PartBytes || part.Count == MaxPartRecords)
            {
                yield return part;
                part = [];
                bytes = 0;
            }
        }
        yield return part;
    }

    private static ReplayedChange ToChange(JournalRecord record) => record switch
    {
        PushRecord push => ToChange(push),
        FailureRecord failure => new ReplayedChange(new RecordFailureCommand(failure.Key, failure.At)),
        DeleteRecord delete => new ReplayedChange(new DeleteCommand(delete.Key)),
        DeleteGroupsRecord delete => new ReplayedChange(
            new DeleteGroupsCommand([.. delete.Keys.Select(key => new DeleteCommand(key))])),
        WipeRecord => new ReplayedChange(new WipeCommand()),
        _ => throw new ArgumentOutOfRangeException(nameof(record)),
    };

    /// <summary>Unchecked: the push was accepted, whatever a newer gateway would answer.</summary>
    private static ReplayedChange ToChange(PushRecord push)
    {
        if (!new PushBody(push.Format, push.Body).TryParse(out List<MetricFamily>? families, out PushError? error))
        {
            return new ReplayedChange(
                null, $"a push to {push.Key} that was accepted does not parse any more: {error.Message}");
        }

        // A lenient gateway accepted a push with timestamps by dropping them.
        TextBodyRepair.DropTimestamps(families);
        return new ReplayedChange(
            new PushCommand(push.Key, push.Mode, PushCheck.Unchecked, families, push.At) { IsReplay = true });
    }

    /// <param name="Groups">The groups before any damage.</param>
    /// <param name="End">The offset in the file behind them.</param>
    private sealed record DecodedPiece(List<RestoredGroup> Groups, long End, string? Damage);

    /// <param name="Command">Null if the record cannot be replayed.</param>
    private readonly record struct ReplayedChange(StoreCommand? Command, string? Fault = null);
}

/// <summary>Restores the store of a running gateway, and logs what is wrong with its files.</summary>
internal sealed class StoreRecovery(GroupStore store, TimeProvider time, ILogger logger)
{
    /// <summary>Fills the store, which must be empty.</summary>
    /// <param name="path">The full path of the persistence file.</param>
    /// <exception cref="IOException">The disk failed. The store may hold a part; wipe it.</exception>
    /// <exception cref="OperationCanceledException">The same; no file has changed.</exception>
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

/// <summary>The result of a restore.</summary>
/// <param name="Records">Number of journal records replayed.</param>
/// <param name="DiscardedRecords">Number of journal records that could not be replayed.</param>
internal sealed record RecoveredStore(RecoveredState Files, long Records, long DiscardedRecords);
