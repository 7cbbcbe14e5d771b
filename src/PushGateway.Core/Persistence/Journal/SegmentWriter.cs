using System.Diagnostics;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Recovery;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>Writes the segments of a journal. Only the totals and <see cref="Room"/> are thread-safe.</summary>
internal sealed class SegmentWriter(JournalStartPoint start, JournalOptions options)
{
    private readonly DurableFolder _folder = start.Folder;
    private readonly string _name = start.Files.Journal;

    /// <summary>The completed segments that no snapshot covers.</summary>
    private readonly List<JournalSegment> _segments = [.. start.Segments];

    private DurableFile? _current;

    /// <summary>The previous segment, open until the current one exists: its lock excludes other gateways.</summary>
    private DurableFile? _retired;

    private long _generation;
    private long _length;

    /// <summary>The end of the last acknowledged record.</summary>
    private long _acknowledged;

    private long _synced;
    private long _records;
    private long _previous = start.Header.Previous;
    private long _previousLength = start.Header.PreviousLength;
    private long _totalBytes = start.Segments.Sum(segment => segment.Bytes);
    private long _totalRecords = start.Segments.Sum(segment => segment.Records);

    private long _room = long.MaxValue;

    /// <summary>Whether another gateway, or somebody else, has created the current file.</summary>
    public bool IsNameTaken =>
        _current is null or { IsInPlace: false }
        && !_segments.Exists(segment => segment.Name == _name)
        && _folder.List().Contains(_name);

    /// <summary>The size of the records that no snapshot covers.</summary>
    public long TotalBytes => Volatile.Read(ref _totalBytes);

    public long TotalRecords => Volatile.Read(ref _totalRecords);

    /// <summary>The free bytes of the disk for the journal and its share of the next snapshot.</summary>
    public long Room => Volatile.Read(ref _room);

    /// <summary>Reserves space on the disk for the next snapshot; null reserves none.</summary>
    public void LeaveRoom(long? bytes) =>
        Volatile.Write(ref _room, bytes is not null && _folder.FreeBytes is { } free ? free - bytes.Value : long.MaxValue);

    public void Append(IReadOnlyList<ReadOnlyMemory<byte>> records, long bytes)
    {
        TakeRoom(bytes);
        _current!.Write(records, _length);
        _length += bytes;
        _records += records.Count;
        if (options.Fsync == FsyncPolicy.Always)
        {
            Sync();
        }
        _acknowledged = _length;
        UpdateTotals();
    }

    public void Sync()
    {
        if (_current is null || _synced == _length)
        {
            return;
        }
        long started = Stopwatch.GetTimestamp();
        _current.Sync();
        options.SyncTook?.Invoke(Stopwatch.GetElapsedTime(started));
        CheckInPlace();
        _synced = _length;
    }

    /// <summary>Fails if somebody removed or replaced the current file: no restart would find its records.</summary>
    public void CheckInPlace()
    {
        if (_current is { IsInPlace: false })
        {
            throw new IOException($"{_name} was removed or replaced");
        }
    }

    /// <summary>Completes the current segment, if any, and begins another.</summary>
    /// <remarks>
    /// The rename of the old segment is durable before the new file takes its name: if a power failure preserved only the
    /// creation, the old records would be lost.
    /// </remarks>
    public void Begin(long generation)
    {
        Sync();
        CheckInPlace();
        Retire();
        RenameCompleted();
        Create(generation);
    }

    /// <summary>
    /// Begins a segment after a failure, and deletes all others: a snapshot covers them up to generation
    /// <paramref name="covered"/>, and later records were not acknowledged.
    /// </summary>
    public void RestartAfterFailure(long covered)
    {
        LeaveRoom(null);
        Retire();
        DeleteCovered(long.MaxValue);
        RenameCompleted();
        (_previous, _previousLength) = (covered, 0);
        Create(covered + 1);
    }

    /// <summary>
    /// Deletes the segments up to generation <paramref name="covered"/>. Retries those that it cannot delete next time.
    /// </summary>
    public void DeleteCovered(long covered)
    {
        _segments.RemoveAll(segment => segment.Generation <= covered && TryRemove(segment));
        UpdateTotals();
    }

    /// <summary>Removes the records that a failure left unacknowledged, if possible.</summary>
    public void TruncateUnacknowledged()
    {
        try
        {
            _current?.Truncate(_acknowledged);
        }
        catch (IOException)
        {
            // Recovery discards the torn end as well.
        }
    }

    /// <summary>Closes the current segment, and deletes it if it is empty.</summary>
    public void Close()
    {
        _retired?.Dispose();
        _retired = null;
        if (_current is not { } file)
        {
            return;
        }
        bool isInPlace = file.IsInPlace;
        try
        {
            if (_length == _acknowledged)
            {
                Sync();
            }
        }
        finally
        {
            file.Dispose();
            _current = null;
        }
        if (_records == 0 && isInPlace)
        {
            _folder.Delete(_name);
        }
    }

    private void TakeRoom(long bytes)
    {
        if (_room == long.MaxValue)
        {
            return;
        }

        // Once for the journal, once for the snapshot.
        long left = _room - (2 * bytes);
        if (left < 0)
        {
            throw new IOException("No space left on device, except what the next snapshot needs");
        }
        Volatile.Write(ref _room, left);
    }

    private void Create(long generation)
    {
        // Set before the writes below can fail, so that a restart after the failure deletes the file.
        _current = _folder.Create(_name);
        _generation = generation;
        _length = _acknowledged = _records = 0;

        SegmentHeader header = start.Header with
        {
            Generation = generation,
            Previous = _previous,
            PreviousLength = _previousLength,
        };
        _current.Write([header.Encode()], 0);
        _current.Sync();
        _folder.Sync();
        _length = _acknowledged = _synced = SegmentHeader.Bytes;
        _retired?.Dispose();
        _retired = null;
        UpdateTotals();
    }

    private void Retire()
    {
        if (_current is null)
        {
            return;
        }
        _retired?.Dispose();
        _retired = _current;
        _current = null;
        if (_retired.IsInPlace)
        {
            _segments.Add(new JournalSegment(_name, _generation, RecordBytes, _records, PreservedAs: null));
        }
        (_previous, _previousLength) = (_generation, _length);
    }

    /// <summary>Frees the name of the current file, which a completed segment has until the next begins.</summary>
    private void RenameCompleted()
    {
        int index = _segments.FindIndex(segment => segment.Name == _name);
        if (index < 0)
        {
            return;
        }
        string name = start.Files.CompletedSegment(_segments[index].Generation);
        _folder.Rename(_name, name);
        _segments[index] = _segments[index] with { Name = name };
        _folder.Sync();
    }

    private bool TryRemove(JournalSegment segment)
    {
        try
        {
            if (segment.PreservedAs is { } newName)
            {
                _folder.Rename(segment.Name, newName);
            }
            else
            {
                _folder.Delete(segment.Name);
            }
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private long RecordBytes => Math.Max(0, _length - SegmentHeader.Bytes);

    private void UpdateTotals()
    {
        bool isOpen = _current is not null;
        Volatile.Write(ref _totalBytes, _segments.Sum(segment => segment.Bytes) + (isOpen ? RecordBytes : 0));
        Volatile.Write(ref _totalRecords, _segments.Sum(segment => segment.Records) + (isOpen ? _records : 0));
    }
}
