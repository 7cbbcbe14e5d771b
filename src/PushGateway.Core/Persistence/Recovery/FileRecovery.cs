using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Snapshot;
using PushGateway.Core.Store;

namespace PushGateway.Core.Persistence.Recovery;

/// <summary>
/// Recovers every acknowledged change after a shutdown or crash: first the content of the snapshot, then the records of
/// the journal in order.
/// </summary>
/// <remarks>
/// Call in this order: <see cref="Begin"/>, <see cref="OpenSnapshot"/>, <see cref="ReportSnapshotDamage"/> if decoding
/// fails, <see cref="OpenSnapshot"/> again if <see cref="IsSnapshotSuspect"/>, <see cref="Records"/> to the end,
/// <see cref="Finish"/>. Only <see cref="Finish"/> changes files, except that
/// <see cref="Begin"/> completes a snapshot whose rename a crash prevented. Disk failures throw
/// <see cref="IOException"/>; problems within files are findings of the report.
/// </remarks>
public sealed class FileRecovery
{
    private readonly DurableFolder _folder;
    private readonly FileNames _files;
    private readonly long _at;
    private readonly RecoveryLog _log;
    private readonly SnapshotInfo _snapshot;
    private readonly List<SegmentInfo> _segments;
    private readonly HashSet<SegmentInfo> _disposed = [];

    /// <summary>The segments whose records were returned.</summary>
    private readonly List<JournalSegment> _replayed = [];

    /// <summary>The segments that the snapshot covers. The next snapshot deletes them.</summary>
    private readonly List<JournalSegment> _covered = [];

    private List<SegmentInfo> _chain = [];
    private string? _snapshotPreservedAs;

    private FileRecovery(DurableFolder folder, FileNames files, DateTimeOffset at)
    {
        _folder = folder;
        _files = files;
        _at = at.UtcTicks;
        _log = new RecoveryLog(folder, at);
        _snapshot = SnapshotInfo.Inspect(folder, files.Snapshot);
        _segments = [.. folder.List().Where(files.IsSegment).Select(name => SegmentInfo.Inspect(folder, name))];
    }

    /// <summary>Whether a snapshot or a segment exists.</summary>
    public bool HasFiles => _snapshot.Exists || _segments.Count > 0;

    /// <summary>
    /// The identifier in the snapshot's trailer, unchecked; null without a trailer: the Go Pushgateway wrote the file,
    /// or its end or the file itself is missing.
    /// </summary>
    public CheckpointId? SnapshotTrailer => _snapshot.TrailerId;

    /// <summary>The idempotency keys in the snapshot; empty without any, or if they are damaged.</summary>
    public IReadOnlyList<RememberedKey> Keys => _snapshot.Keys;

    /// <param name="fileName">The name of the persistence file, without a folder. It need not exist.</param>
    /// <param name="at">The current time, for the names of preserved files.</param>
    public static FileRecovery Begin(DurableFolder folder, string fileName, DateTimeOffset at)
    {
        var files = new FileNames(fileName);
        CompleteInterruptedSnapshot(folder, files);
        return new FileRecovery(folder, files, at);
    }

    /// <summary>The snapshot's content in Go's gob format; null without a file. Data after its end is damage.</summary>
    public Stream? OpenSnapshot() => _snapshot.Open();

    /// <summary>Reports that the content could not be decoded completely.</summary>
    public void ReportSnapshotDamage(string reason) => _snapshot.Damage ??= reason;

    /// <summary>
    /// Whether the content that was read may differ from the content that was written. A file of the Go Pushgateway has
    /// no checksum, and counts as written unless it is damaged. Call it after reading the content.
    /// </summary>
    public bool IsSnapshotSuspect()
    {
        _snapshot.CheckContent();
        return _snapshot is { Damage: not null, IsContentIntact: false };
    }

    /// <summary>The changes since the snapshot, read during enumeration. Each record owns its memory.</summary>
    public IEnumerable<JournalRecord> Records()
    {
        _snapshot.CheckContent();
        _chain = SegmentChain.Find(_segments, _snapshot);
        if (!_snapshot.Exists && _chain.Count > 0 && _chain[0].Header!.FollowsSnapshot)
        {
            _log.RecordMissing(_files.Snapshot);
        }
        for (int i = 0; i < _chain.Count; i++)
        {
            SegmentInfo segment = _chain[i];
            bool isLast = i == _chain.Count - 1;
            long limit = isLast ? segment.Length : _chain[i + 1].Header!.PreviousLength;
            using DurableFile file = _folder.Open(segment.Name);
            var reader = new SegmentReader(file, limit);
            long count = 0;
            while (reader.TryRead(out JournalRecord? record))
            {
                count++;
                yield return record;
            }
            string? damagedAs = _log.RecordEnd(segment.Name, reader, isLast && !IsFollowed(segment));
            string? preservedAs = damagedAs ?? (limit < segment.Length ? PreservedNameIfDamaged(segment) : null);
            long bytes = reader.Offset - SegmentHeader.Bytes;
            _replayed.Add(new JournalSegment(segment.Name, segment.Header!.Generation, bytes, count, preservedAs));
            if (damagedAs is not null)
            {
                yield break;
            }
        }
    }

    /// <summary>Preserves or deletes unused files. Call it again if the disk fails.</summary>
    public RecoveredState Finish()
    {
        if (_snapshot.Damage is { } damage)
        {
            _snapshotPreservedAs ??= _log.RecordCorrupt(_files.Snapshot, damage);
        }
        while (_replayed is [.., { Records: 0, PreservedAs: null } empty] && TryDelete(empty.Name))
        {
            _disposed.Add(_chain[_replayed.Count - 1]);
            _replayed.RemoveAt(_replayed.Count - 1);
        }
        TryDelete(_files.UnfinishedSnapshot);
        foreach (SegmentInfo segment in _segments.Where(segment => !_disposed.Contains(segment)))
        {
            DisposeOf(segment);
            _disposed.Add(segment);
        }
        _folder.Sync();
        return new RecoveredState(
            _log.Report(_replayed.Sum(segment => segment.Records)),
            new SnapshotFile(_folder, _files, _snapshotPreservedAs),
            new JournalStartPoint(_folder, _files, NextHeader(), [.. _covered, .. _replayed]));
    }

    /// <summary>Renames a complete new snapshot, if a crash came after the damaged old one was renamed.</summary>
    private static void CompleteInterruptedSnapshot(DurableFolder folder, FileNames files)
    {
        var unfinished = SnapshotInfo.Inspect(folder, files.UnfinishedSnapshot);
        unfinished.CheckContent();
        if (unfinished is { Coverage: not null, Damage: null } && !folder.List().Contains(files.Snapshot))
        {
            folder.Rename(files.UnfinishedSnapshot, files.Snapshot);
            folder.Sync();
        }
    }

    private void DisposeOf(SegmentInfo segment)
    {
        if (_replayed.Exists(replayed => replayed.Name == segment.Name))
        {
            return;
        }
        if (segment.IsEmpty)
        {
            if (!TryDelete(segment.Name))
            {
                // Generation 0, so that renaming it cannot collide with the name of another segment.
                _covered.Add(new JournalSegment(segment.Name, Generation: 0, 0, 0, PreservedAs: null));
            }
        }
        else if (segment.Header is not { } header)
        {
            _log.PreserveUnused(segment, "corrupt", segment.Fault!);
        }
        else if (SegmentChain.IsCovered(segment, _snapshot))
        {
            _covered.Add(new JournalSegment(segment.Name, header.Generation, 0, 0, PreservedNameIfDamaged(segment)));
        }
        else
        {
            bool followsDamage = _chain.Exists(other => other == segment || IsLater(header, other));
            _log.PreserveUnused(segment, "unapplied", followsDamage
                ? "its records follow damaged ones"
                : $"its records do not follow {_files.Snapshot}, which was replaced");
        }
    }

    /// <summary>Whether a later segment exists, which means that this one was complete.</summary>
    private bool IsFollowed(SegmentInfo segment) =>
        _segments.Exists(other => other.Header is { } header && header.Previous == segment.Header!.Generation
            && IsLater(header, segment));

    private static bool IsLater(SegmentHeader header, SegmentInfo segment) =>
        header.JournalId == segment.Header!.JournalId && header.Generation > segment.Header.Generation;

    /// <summary>Deletes a file without content. On a read-only disk it remains until the next snapshot.</summary>
    private bool TryDelete(string name)
    {
        try
        {
            _folder.Delete(name);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// The name to preserve a segment under that an earlier recovery found damaged but did not rename.
    /// </summary>
    private string? PreservedNameIfDamaged(SegmentInfo segment)
    {
        using DurableFile file = _folder.Open(segment.Name);
        var reader = new SegmentReader(file, segment.Length);
        while (reader.TryRead(out _))
        {
        }
        return reader.End == JournalEnd.Damaged
            ? _log.RecordCorrupt(segment.Name, $"{reader.Fault}, the rest is not used")
            : null;
    }

    private SegmentHeader NextHeader()
    {
        SegmentHeader? previous = _replayed.Count > 0 ? _chain[_replayed.Count - 1].Header : null;
        long? id = previous?.JournalId ?? _snapshot.Coverage?.JournalId;
        if (id is null)
        {
            return new SegmentHeader(_at, 1, Previous: 0, PreviousLength: 0, _snapshot.ComputeFingerprint());
        }
        long covered = _snapshot.Coverage is { } coverage && coverage.JournalId == id ? coverage.Generation : 0;
        long newest = _segments.Where(file => file.Header?.JournalId == id).Max(file => file.Header?.Generation) ?? 0;
        return new SegmentHeader(
            id.Value,
            Math.Max(covered, newest) + 1,
            Previous: previous?.Generation ?? covered,
            PreviousLength: _replayed.Count > 0 ? SegmentHeader.Bytes + _replayed[^1].Bytes : 0,
            previous?.Base ?? Fingerprint.None);
    }
}
