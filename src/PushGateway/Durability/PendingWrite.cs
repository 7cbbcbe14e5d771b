using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Store;

namespace PushGateway.Durability;

/// <summary>A change on its way into the store and the journal. Made before the store's lock is taken.</summary>
/// <param name="journal">Null without a journal: then there is nothing to keep and to wait for.</param>
/// <param name="change">What is kept if the change is made.</param>
/// <param name="key">Whose failure is kept if it is refused; null if it cannot be.</param>
internal sealed class PendingWrite(JournalWriter? journal, JournalRecord? change, GroupingKey? key) : IDisposable
{
    public static readonly PendingWrite Nowhere = new(null, null, null);

    private readonly EncodedRecord? _record =
        change is not null && EncodedRecord.Fits(change) ? EncodedRecord.Of(change) : null;

    private JournalTicket _ticket;

    /// <summary>Whether it is larger than can be kept: then it must not be made.</summary>
    public bool IsTooLarge => change is not null && _record is null;

    /// <summary>For <see cref="GroupStore.Apply"/>.</summary>
    public bool Log(WriteKind kind)
    {
        if (journal is null)
        {
            return true;
        }
        if (kind == WriteKind.Applied)
        {
            return journal.TryAppend(_record!, out _ticket);
        }
        using var failure = EncodedRecord.Of(new FailureRecord(key!, change!.At));
        return journal.TryAppend(failure, out _ticket);
    }

    /// <summary>Completes when the change may be acknowledged.</summary>
    /// <exception cref="JournalFailedException">It may not be.</exception>
    public ValueTask WaitUntilDurableAsync() => _ticket.WaitDurableAsync();

    public void Dispose() => _record?.Dispose();
}
