using System.Diagnostics;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Recovery;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>The files of a journal, as its thread writes them. Not thread-safe, but for the two counts.</summary>
internal sealed class SegmentWriter(JournalStartPoint start, JournalOptions options)
{
    private readonly DurableFolder _folder = start.Folder;
    private readonly string _name = start.Files.Journal;

    /// <summary>Those that are complete and in no snapshot yet.</summary>
    private readonly List<JournalSegment> _parts = [.. start.Parts];

    private DurableFile? _current;

    /// <summary>The one before, open until the current one is there: its lock keeps other gateways out.</summary>
    private DurableFile? _retired;

    private long _generation;
    private long _length;

    /// <summary>Up to where waiting pushes were told that all is well.</summary>
    private long _accepted;

    private long _synced;
    private long _records;
    private long _previous = start.Header.Previous;
    private long _previousLength = start.Header.PreviousLength;
    private long _totalBytes = start.Parts.Sum(part => part.Bytes);
    private long _totalRecords = start.Parts.Sum(part => part.Records);

    /// <summary>Whether the name is that of a file of another gateway.</summary>
    public bool IsNameTaken =>
        _current is null && !_parts.Exists(part => part.Name == _name) && _folder.List().Contains(_name);

    /// <summary>What the records take that no snapshot holds.</summary>
    public long TotalBytes => Volatile.Read(ref _totalBytes);

    public long TotalRecords => Volatile.Read(ref _totalRecords);

    public void Append(IReadOnlyList<ReadOnlyMemory<byte>> records, long bytes)
    {
        _current!.Write(records, _length);
        _length += bytes;
        _records += records.Count;
        if (options.Fsync == FsyncPolicy.Always)
        {
            Sync();
        }
        _accepted = _length;
        Count();
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
        _synced = _length;
    }

    /// <summary>Completes the current generation, if there is one, and begins another.</summary>
    /// <remarks>
    /// The name is freed durably before the new file takes it: were both changes lost but the second, the old records
    /// would have no name.
    /// </remarks>
    public void Begin(long generation)
    {
        Sync();
        Retire();
        FreeName();
        Create(generation);
    }

    /// <summary>
    /// Begins a generation after a failure, with nothing of the files before: a snapshot holds all up to
    /// <paramref name="covered"/>, and what may have come after it was never acknowledged.
    /// </summary>
    public void BeginAnew(long covered)
    {
        Retire();
        Drop(long.MaxValue);
        FreeName();
        (_previous, _previousLength) = (covered, 0);
        Create(covered + 1);
    }

    /// <summary>
    /// Deletes what a snapshot holds. What cannot be deleted does no harm, and is tried again the next time.
    /// </summary>
    public void Drop(long covered)
    {
        _parts.RemoveAll(part => part.Generation <= covered && TryDrop(part));
        Count();
    }

    /// <summary>After a failure: takes off what was not acknowledged, if the disk lets it.</summary>
    public void CutTail()
    {
        try
        {
            _current?.Truncate(_accepted);
        }
        catch (IOException)
        {
            // A restore finds a torn end, and cuts it off too.
        }
    }

    /// <summary>Leaves no file that holds nothing.</summary>
    public void Close()
    {
        _retired?.Dispose();
        _retired = null;
        if (_current is not { } file)
        {
            return;
        }
        try
        {
            if (_length == _accepted)
            {
                Sync();
            }
        }
        finally
        {
            file.Dispose();
            _current = null;
        }
        if (_records == 0)
        {
            _folder.Delete(_name);
        }
    }

    private void Create(long generation)
    {
        // Noted before anything can fail, so that what is left of it is dropped after a failure.
        _current = _folder.Create(_name);
        _generation = generation;
        _length = _accepted = _records = 0;

        SegmentHeader header = start.Header with
        {
            Generation = generation,
            Previous = _previous,
            PreviousLength = _previousLength,
        };
        _current.Write([header.Encode()], 0);
        _current.Sync();
        _folder.Sync();
        _length = _accepted = _synced = SegmentHeader.Bytes;
        _retired?.Dispose();
        _retired = null;
        Count();
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
        _parts.Add(new JournalSegment(_name, _generation, RecordBytes, _records, PreservedAs: null));
        (_previous, _previousLength) = (_generation, _length);
    }

    /// <summary>A part keeps the current one's name until another takes its place.</summary>
    private void FreeName()
    {
        int index = _parts.FindIndex(part => part.Name == _name);
        if (index < 0)
        {
            return;
        }
        string name = start.Files.Complete(_parts[index].Generation);
        _folder.Rename(_name, name);
        _parts[index] = _parts[index] with { Name = name };
        _folder.Sync();
    }

    private bool TryDrop(JournalSegment part)
    {
        try
        {
            if (part.PreservedAs is { } kept)
            {
                _folder.Rename(part.Name, kept);
            }
            else
            {
                _folder.Delete(part.Name);
            }
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private long RecordBytes => Math.Max(0, _length - SegmentHeader.Bytes);

    private void Count()
    {
        bool isOpen = _current is not null;
        Volatile.Write(ref _totalBytes, _parts.Sum(part => part.Bytes) + (isOpen ? RecordBytes : 0));
        Volatile.Write(ref _totalRecords, _parts.Sum(part => part.Records) + (isOpen ? _records : 0));
    }
}
