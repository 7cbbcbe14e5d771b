using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Recovery;

namespace PushGateway.Durability;

/// <summary>Loads a store from a snapshot file and a journal.</summary>
internal static class StoreLoader
{
    /// <summary>After this much of a snapshot, its total number of series is estimated.</summary>
    private const long GuessAfterBytes = 8 << 20;

    /// <summary>Approximate size of the parts in which a journal is decoded.</summary>
    private const long PartBytes = 1 << 18;

    private const int MaxPartRecords = 1000;

    /// <summary>Fills an empty store, first from the snapshot, then from the later journal records.</summary>
    /// <param name="left">Receives the omitted data.</param>
    /// <remarks>
    /// If the snapshot is damaged, restores it again: only groups with correct checksums, or, from a file without checksums of
    /// groups, all groups that pass every check. Nothing inconsistent enters the store. If that fails too, restores only the
    /// journal.
    /// </remarks>
    /// <exception cref="IOException">The disk fails.</exception>
    public static async Task<RecoveredState> RestoreAllAsync(
        FileRecovery recovery, GroupStore store, LeftOut left, CancellationToken cancellation)
    {
        string? damage = await RestoreSnapshotAsync(recovery, store, PushCheck.Unchecked, left, cancellation);
        if (damage is not null)
        {
            recovery.ReportSnapshotDamage(damage);
        }
        bool isSuspect = recovery.IsSnapshotSuspect();
        if (damage is not null || isSuspect)
        {
            store.Apply(new WipeCommand());
            left.Clear();
            await RestoreSnapshotAsync(recovery, store, PushCheck.Checked, left, cancellation);
        }
        store.Apply(new RestoreKeysCommand(recovery.Keys));
        await ReplayAsync(recovery.Records(), store, left.Changes, cancellation);
        return recovery.Finish();
    }

    private static async Task<string?> RestoreSnapshotAsync(
        FileRecovery recovery, GroupStore store, PushCheck check, LeftOut left, CancellationToken cancellation)
    {
        using Stream? snapshot = recovery.OpenSnapshot();
        return snapshot is null ? null : await RestoreAsync(snapshot, store, check, left, cancellation);
    }

    /// <summary>Restores a snapshot. Returns a description of the damage, or null.</summary>
    /// <param name="check">Whether to omit inconsistent groups.</param>
    /// <param name="left">Receives the omitted data.</param>
    public static async Task<string?> RestoreAsync(
        Stream snapshot, GroupStore store, PushCheck check, LeftOut left, CancellationToken cancellation)
    {
        try
        {
            bool isReserved = false;
            long end = 0;
            await foreach (DecodedPiece piece in ParallelReader.Of(
                GobSnapshotReader.ReadChunks(snapshot), piece => Decode(piece, check)))
            {
                foreach (RestoredGroup group in piece.Groups)
                {
                    cancellation.ThrowIfCancellationRequested();
                    Restore(group, store, check, left);
                }
                if (piece.Damage is not null)
                {
                    return piece.Damage;
                }
                end = piece.End;
                if (!isReserved && end >= GuessAfterBytes)
                {
                    double series = store.SeriesCount * ((double)snapshot.Length / end);
                    store.EnsureCapacity((int)Math.Min(series, Array.MaxLength));
                    isReserved = true;
                }
            }
            return end == snapshot.Length ? null : $"{snapshot.Length - end} bytes follow its end";
        }
        catch (GobFormatException exception)
        {
            return exception.Message;
        }
        catch (Exception exception)
            when (exception is not (IOException or OperationCanceledException or OutOfMemoryException))
        {
            // Damage that no check foresees, so the content of the store is suspect.
            store.Apply(new WipeCommand());
            left.Groups.Add($"all groups are omitted: {Describe(exception)}");
            return Describe(exception);
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
        await foreach (List<ReplayedChange> part in ParallelReader.Of(Parts(records), part => part.ConvertAll(TryToChange)))
        {
            foreach (ReplayedChange change in part)
            {
                cancellation.ThrowIfCancellationRequested();
                if ((change.Command is { } command ? FindFault(store, command) : change.Fault) is { } fault)
                {
                    faults.Add(fault);
                }
            }
        }
    }

    private static ReplayedChange TryToChange(JournalRecord record)
    {
        try
        {
            return ToChange(record);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return new ReplayedChange(null, $"a change could not be restored: {Describe(exception)}");
        }
    }

    /// <summary>Applies a change. An exception is a bug, which must not prevent the start.</summary>
    private static string? FindFault(GroupStore store, StoreCommand command)
    {
        try
        {
            PushError? error = store.Apply(command).Error;
            return error is { IsOfMerge: true } && command is PushCommand { Key: var key }
                ? $"a push to {key} could not be restored: {error.Message}"
                : null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            string what = command is PushCommand push ? $"a push to {push.Key}" : "a change";
            return $"{what} could not be restored: {Describe(exception)}";
        }
    }

    private static string Describe(Exception exception) => $"{exception.GetType().Name}: {exception.Message}";

    private static void Restore(RestoredGroup group, GroupStore store, PushCheck check, LeftOut left)
    {
        left.Families.AddRange(group.Unreadable);
        string? fault = group.Fault;
        if (fault is null && group is { Families.Length: 0, Unreadable.Count: > 0 })
        {
            fault = "none of its families is readable";
        }
        fault ??= store.Apply(new RestoreCommand(group.Key, group.Families, check) { Terms = group.Terms }).Error?.Message;
        if (fault is not null)
        {
            left.Groups.Add($"the group {group.Key} is omitted: {fault}");
        }
    }

    private static DecodedPiece Decode(SnapshotChunk piece, PushCheck check)
    {
        var groups = new List<RestoredGroup>();
        try
        {
            piece.Decode(groups, verify: check == PushCheck.Checked);
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
        DeleteFamilyRecord delete => new ReplayedChange(new DeleteFamilyCommand(delete.Key, delete.Family)),
        DeleteGroupsRecord delete => new ReplayedChange(
            new DeleteGroupsCommand([.. delete.Keys.Select(key => new DeleteCommand(key))])),
        WipeRecord => new ReplayedChange(new WipeCommand()),
        _ => throw new ArgumentOutOfRangeException(nameof(record)),
    };

    /// <summary>Unchecked, since the push was accepted, even if a newer gateway would reject it.</summary>
    private static ReplayedChange ToChange(PushRecord push)
    {
        if (!new PushBody(push.Format, push.Body).TryParse(BodyLimits.None, out List<MetricFamily>? families, out PushError? error))
        {
            return new ReplayedChange(
                null, $"a push to {push.Key} that was accepted does not parse any more: {error.Message}");
        }

        // A lenient gateway accepts a push with timestamps by dropping them.
        TextBodyRepair.DropTimestamps(families);
        return new ReplayedChange(
            new PushCommand(push.Key, push.Mode, PushCheck.Unchecked, families, push.At)
            {
                IsReplay = true,
                Terms = push.Terms,
                Merge = push.Merge,
                IdempotencyKey = push.IdempotencyKey,
            });
    }

    /// <param name="Groups">The groups before any damage.</param>
    /// <param name="End">The offset in the file after them.</param>
    private sealed record DecodedPiece(List<RestoredGroup> Groups, long End, string? Damage);

    /// <param name="Command">Null if the record cannot be replayed.</param>
    private readonly record struct ReplayedChange(StoreCommand? Command, string? Fault = null);
}
