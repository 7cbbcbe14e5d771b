using PushGateway.Core.Persistence.Journal;

namespace PushGateway.Durability;

/// <summary>
/// Accepts a change when the journal has written it, as durable as <see cref="FsyncPolicy"/> says. The store queues each record
/// under its lock, so the journal has the order of the store. Many requests then wait together for one sync.
/// </summary>
internal sealed class JournaledStore(GroupStore store, TimeProvider time) : IDurableStore
{
    private static readonly Outcome.Unavailable Restoring = Outcome.Unavailable.Briefly("restoring");

    private volatile JournalWriter? _journal;

    public Outcome.Unavailable? Unavailability =>
        _journal is not { } journal ? Restoring
        : journal.Failure is { } failure ? Outcome.Unavailable.Briefly(failure.Message)
        : null;

    /// <summary>Begins to accept changes. Call it when the store is restored.</summary>
    public void Open(JournalWriter journal) => _journal = journal;

    public ValueTask WaitForCapacityAsync(CancellationToken cancellation) =>
        _journal?.WaitForCapacityAsync(cancellation) ?? default;

    public ValueTask<Outcome> ApplyAsync(StoreCommand command)
    {
        if (_journal is not { } journal)
        {
            return ValueTask.FromResult<Outcome>(Restoring);
        }
        if (command is RecordParseErrorCommand or PushCommand { IsDryRun: true })
        {
            // Neither needs a record: a restart forgets the first, and the second changes nothing.
            return ValueTask.FromResult(Outcome.Of(store.Apply(command)));
        }
        using var write = new PendingWrite(journal, ToRecord(command), (command as PushCommand)?.Key);
        CommandResult result = store.Apply(command, write.TryLog);
        return result.IsRepeated ? WaitForFirstAsync(journal) : WaitUntilDurableAsync(result, write.Ticket);
    }

    public bool TryFindRepeat(IdempotencyKey key, long at, bool isDryRun, out ValueTask<Outcome> outcome)
    {
        bool isRepeated = store.IsRepeated(key, at, isDryRun);
        outcome = !isRepeated ? default
            : _journal is { } journal ? WaitForFirstAsync(journal)
            : ValueTask.FromResult<Outcome>(Restoring);
        return isRepeated;
    }

    /// <summary>The outcome of a repeated push. The first push's record is among the records queued before.</summary>
    private ValueTask<Outcome> WaitForFirstAsync(JournalWriter journal) => WaitUntilDurableAsync(
        journal.TryGetTicket(out JournalTicket ticket) ? CommandResult.Repeated : CommandResult.NotLogged, ticket);

    private async ValueTask<Outcome> WaitUntilDurableAsync(CommandResult result, JournalTicket ticket)
    {
        if (!result.IsLogged)
        {
            return Unavailability ?? Outcome.Unavailable.Briefly("journal unavailable");
        }
        try
        {
            await ticket.WaitDurableAsync();
            return Outcome.Of(result);
        }
        catch (JournalFailedException exception)
        {
            return Outcome.Unavailable.Briefly(exception.Message);
        }
    }

    private JournalRecord ToRecord(StoreCommand command) => command switch
    {
        PushCommand push => new PushRecord(push.Key, push.Mode, push.Check, push.Body.Format, push.Body.Bytes, push.At)
        {
            Terms = push.Terms,
            Merge = push.Merge,
            IdempotencyKey = push.IdempotencyKey,
        },
        RecordFailureCommand failure => new FailureRecord(failure.Key, failure.At),
        DeleteCommand delete => new DeleteRecord(delete.Key, Now()),
        DeleteFamilyCommand delete => new DeleteFamilyRecord(delete.Key, delete.Family, Now()),
        DeleteGroupsCommand delete => new DeleteGroupsRecord([.. delete.Deletions.Select(one => one.Key)], Now()),
        WipeCommand => new WipeRecord(Now()),
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    private long Now() => time.GetUnixNanoseconds();

    /// <summary>A record on its way into the journal, encoded before the store's lock is acquired.</summary>
    /// <param name="key">The group of a push, whose failure is logged if the store rejects the push.</param>
    private sealed class PendingWrite(JournalWriter journal, JournalRecord change, GroupingKey? key) : IDisposable
    {
        private readonly EncodedRecord _record = EncodedRecord.Of(change);
        private JournalTicket _ticket;

        /// <summary>The ticket of the record. If the store logged nothing, the default ticket, which is durable at once.</summary>
        public JournalTicket Ticket => _ticket;

        /// <summary>A <see cref="WriteAheadHook"/>.</summary>
        public bool TryLog(WriteKind kind, IReadOnlySet<GroupingKey>? spared)
        {
            if (kind == WriteKind.FailureRecorded)
            {
                return TryLog(new FailureRecord(key!, change.At));
            }
            return change is DeleteGroupsRecord deletion && spared is { Count: > 0 }
                ? TryLog(deletion with { Keys = [.. deletion.Keys.Where(key => !spared.Contains(key))] })
                : journal.TryAppend(_record, out _ticket);
        }

        private bool TryLog(JournalRecord other)
        {
            using var record = EncodedRecord.Of(other);
            return journal.TryAppend(record, out _ticket);
        }

        public void Dispose() => _record.Dispose();
    }
}
