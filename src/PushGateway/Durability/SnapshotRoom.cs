using PushGateway.Core.Persistence.Journal;

namespace PushGateway.Durability;

/// <summary>
/// Has the journal leave room on the disk for the snapshot that empties it: otherwise a journal that fills the disk would stay
/// there until somebody makes room.
/// </summary>
/// <remarks>Where no snapshot fits beside the last one, the journal may take what there is.</remarks>
internal sealed class SnapshotRoom(JournalWriter journal, GroupStore store)
{
    /// <summary>Before there is a snapshot.</summary>
    private const long BytesPerSeries = 256;

    private const long MinBytes = 64 << 10;
    private const int MarginDivisor = 8;

    private long _bytes;
    private int _series;

    /// <summary>The room right after the last snapshot.</summary>
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
    /// <param name="bytes">Its size; 0 if there is none.</param>
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

    /// <summary>Looks again how much is free.</summary>
    /// <param name="written">How much of a snapshot is written by now, if one is.</param>
    public Task UpdateAsync(Func<long> written) =>
        _first == long.MaxValue ? Task.CompletedTask : LeaveAsync(() => Math.Max(0, NextBytes - written()));

    /// <summary>A failure is the journal's, which reports it itself.</summary>
    private async Task LeaveAsync(Func<long?> bytes) =>
        await journal.LeaveRoomAsync(bytes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
