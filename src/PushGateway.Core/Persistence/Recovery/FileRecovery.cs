using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Snapshot;

namespace PushGateway.Core.Persistence.Recovery;

/// <summary>
/// Finds what was acknowledged before the gateway ended, however it ended: first the snapshot's content, then the
/// journal's records, in the order in which they were made.
/// </summary>
/// <remarks>
/// To be used in this order: <see cref="Begin"/>, <see cref="OpenSnapshot"/>, <see cref="SnapshotIsDamaged"/> if its
/// content cannot be decoded to the end, <see cref="Records"/> to their end, <see cref="Finish"/>. No file is changed
/// before <see cref="Finish"/>, but for a snapshot that a crash has left without its name. All of them throw
/// <see cref="IOException"/> if the disk fails; whatever the files hold is no exception but a finding.
/// </remarks>
public sealed class FileRecovery
{
    private readonly DurableFolder _folder;
    private readonly FileNames _files;
    private readonly long _at;
    private readonly RecoveryLog _findings;
    private readonly SnapshotInfo _snapshot;
    private readonly List<SegmentInfo> _found;
    private readonly HashSet<SegmentInfo> _settled = [];

    /// <summary>Those that the records come from, as far as they were read.</summary>
    private readonly List<JournalSegment> _read = [];

    /// <summary>Those whose records the snapshot holds; they are deleted with the next one.</summary>
    private readonly List<JournalSegment> _covered = [];

    private List<SegmentInfo> _chain = [];
    private string? _snapshotPreservedAs;

    private FileRecovery(DurableFolder folder, FileNames files, DateTimeOffset at)
    {
        _folder = folder;
        _files = files;
        _at = at.UtcTicks;
        _findings = new RecoveryLog(folder, at);
        _snapshot = SnapshotInfo.Inspect(folder, files.Snapshot);
        _found = [.. folder.List().Where(files.IsJournal).Select(name => SegmentInfo.Inspect(folder, name))];
    }

    /// <summary>Whether there is a snapshot, or a part of a journal.</summary>
    public bool HasFiles => _snapshot.Exists || _found.Count > 0;

    /// <summary>
    /// What the snapshot's trailer says, unchecked; null if there is none: the Go Pushgateway has written it, or its end is
    /// missing, or there is no snapshot.
    /// </summary>
    public CheckpointId? SnapshotTrailer => _snapshot.Stated;

    /// <param name="fileName">The persistence file, which need not be there; without a folder.</param>
    /// <param name="at">Now; part of the names of files that are kept aside.</param>
    public static FileRecovery Begin(DurableFolder folder, string fileName, DateTimeOffset at)
    {
        var files = new FileNames(fileName);
        FinishSnapshot(folder, files);
        return new FileRecovery(folder, files, at);
    }

    /// <summary>
    /// The snapshot's content, which is Go's gob; null if there is none. What lies behind its end is damage.
    /// </summary>
    public Stream? OpenSnapshot() => _snapshot.Open();

    /// <summary>Says that the content could not be decoded, or not to its end.</summary>
    public void SnapshotIsDamaged(string reason) => _snapshot.Damage = reason;

    /// <summary>
    /// The changes to apply to what the snapshot held. They may be kept, and are read as they are asked for.
    /// </summary>
    public IEnumerable<JournalRecord> Records()
    {
        _snapshot.CheckContent();
        _chain = SegmentChain.Find(_found, _snapshot);
        if (!_snapshot.Exists && _chain.Count > 0 && _chain[0].Header!.FollowsSnapshot)
        {
            _findings.RecordMissing(_files.Snapshot);
        }
        for (int i = 0; i < _chain.Count; i++)
        {
            SegmentInfo part = _chain[i];
            bool isLast = i == _chain.Count - 1;
            long limit = isLast ? part.Length : _chain[i + 1].Header!.PreviousLength;
            using DurableFile file = Open(part);
            var reader = new SegmentReader(file, limit);
            long count = 0;
            while (reader.TryRead(out JournalRecord? record))
            {
                count++;
                yield return record;
            }
            string? damagedKeptAs = _findings.RecordEnd(part.Name, reader, isLast && !IsFollowed(part));
            string? keptAs = damagedKeptAs ?? (limit < part.Length ? NameIfDamaged(part) : null);
            long bytes = reader.Offset - SegmentHeader.Bytes;
            _read.Add(new JournalSegment(part.Name, part.Header!.Generation, bytes, count, keptAs));
            if (damagedKeptAs is not null)
            {
                yield break;
            }
        }
    }

    /// <summary>
    /// Puts away what was not used, and tells where to go on. If the disk fails, it can be called again.
    /// </summary>
    public RecoveredState Finish()
    {
        if (_snapshot.Damage is { } damage && _snapshotPreservedAs is null)
        {
            _snapshotPreservedAs = _findings.RecordCorrupt(_files.Snapshot, damage);
        }
        while (_read is [.., { Records: 0, PreservedAs: null } empty] && TryDelete(empty.Name))
        {
            _settled.Add(_chain[_read.Count - 1]);
            _read.RemoveAt(_read.Count - 1);
        }
        TryDelete(_files.Unfinished);
        foreach (SegmentInfo file in _found.Where(file => !_settled.Contains(file)))
        {
            DisposeOf(file);
            _settled.Add(file);
        }
        _folder.Sync();
        return new RecoveredState(
            _findings.Report(_read.Sum(part => part.Records)),
            new SnapshotFile(_folder, _files, _snapshotPreservedAs),
            new JournalStartPoint(_folder, _files, NextHeader(), [.. _covered, .. _read]));
    }

    /// <summary>
    /// A crash may have come when a snapshot was whole, and the one before had made way, being damaged.
    /// </summary>
    private static void FinishSnapshot(DurableFolder folder, FileNames files)
    {
        var unfinished = SnapshotInfo.Inspect(folder, files.Unfinished);
        unfinished.CheckContent();
        if (unfinished is { Coverage: not null, Damage: null } && !folder.List().Contains(files.Snapshot))
        {
            folder.Rename(files.Unfinished, files.Snapshot);
            folder.Sync();
        }
    }

    /// <summary>Decides what becomes of a file.</summary>
    private void DisposeOf(SegmentInfo file)
    {
        if (_read.Exists(part => part.Name == file.Name))
        {
            return;
        }
        if (file.IsEmpty)
        {
            if (!TryDelete(file.Name))
            {
                // As no generation of anyone's, lest it get a name that is another's.
                _covered.Add(new JournalSegment(file.Name, Generation: 0, 0, 0, PreservedAs: null));
            }
        }
        else if (file.Header is null)
        {
            _findings.PreserveUnused(file, "corrupt", file.Fault!);
        }
        else if (SegmentChain.IsCovered(file, _snapshot))
        {
            _covered.Add(new JournalSegment(file.Name, file.Header.Generation, 0, 0, NameIfDamaged(file)));
        }
        else
        {
            _findings.PreserveUnused(file, "unapplied", _chain.Exists(part => part == file || IsLater(file.Header, part))
                ? "its changes follow others that are damaged"
                : $"its changes do not follow what {_files.Snapshot} holds, which has been replaced since");
        }
    }

    /// <summary>
    /// Whether another file was begun behind this one, which was complete then, so that what is missing was there.
    /// </summary>
    private bool IsFollowed(SegmentInfo part) =>
        _found.Exists(file => file.Header is { } header && header.Previous == part.Header!.Generation
            && IsLater(header, part));

    private static bool IsLater(SegmentHeader header, SegmentInfo part) =>
        header.JournalId == part.Header!.JournalId && header.Generation > part.Header.Generation;

    /// <summary>What holds nothing may stay where the disk is read-only: it is dropped with the next snapshot.</summary>
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
    /// An earlier restore has gone on without the rest of a file, and ended before the file was renamed.
    /// </summary>
    private string? NameIfDamaged(SegmentInfo file)
    {
        using DurableFile opened = Open(file);
        var reader = new SegmentReader(opened, file.Length);
        while (reader.TryRead(out _))
        {
        }
        return reader.End == JournalEnd.Damaged
            ? _findings.RecordCorrupt(file.Name, $"it is damaged at byte {reader.Offset}, and was gone on without")
            : null;
    }

    private SegmentHeader NextHeader()
    {
        SegmentHeader? followed = _read.Count > 0 ? _chain[_read.Count - 1].Header : null;
        long? id = followed?.JournalId ?? _snapshot.Coverage?.JournalId;
        if (id is null)
        {
            return new SegmentHeader(_at, 1, Previous: 0, PreviousLength: 0, _snapshot.Identify());
        }
        long covered = _snapshot.Coverage is { } coverage && coverage.JournalId == id ? coverage.Generation : 0;
        long newest = _found.Where(file => file.Header?.JournalId == id).Max(file => file.Header?.Generation) ?? 0;
        return new SegmentHeader(
            id.Value,
            Math.Max(covered, newest) + 1,
            Previous: followed?.Generation ?? covered,
            PreviousLength: _read.Count > 0 ? SegmentHeader.Bytes + _read[^1].Bytes : 0,
            followed?.Base ?? Fingerprint.None);
    }

    private DurableFile Open(SegmentInfo file) =>
        _folder.TryOpen(file.Name) ?? throw new IOException($"{file.Name} has disappeared");
}
