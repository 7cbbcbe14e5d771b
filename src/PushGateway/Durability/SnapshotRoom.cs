using PushGateway.Core.Persistence.Journal;

namespace PushGateway.Durability;

/// <summary>
/// Reserves space on the disk for the snapshot that empties the journal. Otherwise, a journal that fills the disk would block
/// itself until somebody frees space.
/// </summary>
/// <remarks>If no snapshot fits beside the last one anyway, the journal may use all space.</remarks>
internal sealed class SnapshotRoom(JournalWriter journal, GroupStore store)
{
    /// <summary>The reserve for each series before the first snapshot.</summary>
    private const long BytesPerSeries = 256;

    private const long MinBytes = 64 << 10;
    private const int MarginDivisor = 8;

    private long _bytes;
    private int _series;

    /// <summary>The journal's space right after the last snapshot.</summary>
    private long _first;

    /// <summary>Whether to write a snapshot before the journal has to fail.</summary>
    public bool IsShort => journal.Records > 0 && journal.Room < _first / 2;

    private long NextBytes
    {
        get
        {
            int series = store.SeriesCount;
            double bytes = _series > 0 && _bytes > 0 ? (double)_bytes / _series * series : BytesPerSeries * series;
            return (long)bytes + ((long)bytes / MarginDivisor) + journal.Bytes + MinBytes;
        }
    }

    /// <summary>A snapshot of the store was written or restored.</summary>
    /// <param name="bytes">The size of the snapshot; 0 if there is none.</param>
    public async Task BeginAsync(long bytes)
    {
        (_bytes, _series) = (bytes, store.SeriesCount);
        await LeaveAsync(() => NextBytes);
        if (journal.Room <= 0)
        {
            await LeaveAsync(() => null);
        }
        _first = journal.Room;
    }

    /// <summary>Updates the reserve from the current free space.</summary>
    /// <param name="written">The bytes of a snapshot in progress that are already written.</param>
    public Task UpdateAsync(Func<long> written) =>
        _first == long.MaxValue ? Task.CompletedTask : LeaveAsync(() => Math.Max(0, NextBytes - written()));

    /// <summary>Updates the journal. The journal itself reports a failure.</summary>
    private async Task LeaveAsync(Func<long?> bytes) =>
        await journal.LeaveRoomAsync(bytes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
