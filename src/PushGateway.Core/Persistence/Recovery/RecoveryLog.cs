using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Snapshot;

namespace PushGateway.Core.Persistence.Recovery;

/// <summary>Collects the findings of a recovery, and names the files to preserve.</summary>
internal sealed class RecoveryLog(DurableFolder folder, DateTimeOffset at)
{
    private readonly List<string> _findings = [];
    private readonly List<PreservedFile> _preserved = [];
    private long _discardedRecords;
    private long _discardedBytes;

    /// <summary>Records how a segment ends. Returns the name to preserve it under if it is damaged.</summary>
    /// <param name="isLast">Whether it is the newest segment, the only one that can have a torn end.</param>
    public string? RecordEnd(string name, SegmentReader reader, bool isLast)
    {
        if (reader.End == JournalEnd.Clean)
        {
            return null;
        }
        Discard(reader.CountTrailingRecords(), reader.TrailingBytes);
        if (reader.End == JournalEnd.Torn && isLast)
        {
            _findings.Add($"the last record of {name} is incomplete: {reader.TrailingBytes} bytes discarded");
            return null;
        }
        return RecordCorrupt(name, $"{reader.Fault}, {reader.TrailingBytes} bytes not restored");
    }

    /// <summary>Records that the snapshot before the journal is missing.</summary>
    public void RecordMissing(string name) =>
        _findings.Add($"{name} is missing: its content is lost, only the journal was restored");

    /// <summary>Records that a file is damaged. Returns the name to preserve it under.</summary>
    public string RecordCorrupt(string name, string reason) => Preserve(name, PreservedName(name, "corrupt"), reason);

    /// <summary>Renames an unused segment, and records its content as discarded.</summary>
    public void PreserveUnused(SegmentInfo segment, string cause, string reason)
    {
        long records;
        using (DurableFile file = folder.Open(segment.Name))
        {
            records = new SegmentReader(file, segment.Length).CountTrailingRecords();
        }
        string newName = PreservedName(segment.Name, cause);
        folder.Rename(segment.Name, newName);
        // Recorded after the rename, since the caller retries if it fails.
        Preserve(segment.Name, newName, reason);
        Discard(records, segment.Length - SegmentHeader.Bytes);
    }

    public RecoveryReport Report(long records) =>
        new(records, _discardedRecords, _discardedBytes, [.. _findings], [.. _preserved]);

    private string Preserve(string name, string newName, string reason)
    {
        _preserved.Add(new PreservedFile(newName, reason));
        _findings.Add($"{name} is preserved as {newName}: {reason}");
        return newName;
    }

    private void Discard(long records, long bytes)
    {
        _discardedRecords += records;
        _discardedBytes += Math.Max(0, bytes);
    }

    private string PreservedName(string name, string cause) =>
        FileNames.PreservedName(name, cause, at, [.. folder.List(), .. _preserved.Select(file => file.FileName)]);
}

/// <summary>What a recovery found on the disk.</summary>
/// <param name="Records">The number of journal records to apply.</param>
/// <param name="DiscardedRecords">
/// The number of discarded records, as far as known: complete ones, and one for each torn or damaged place.
/// </param>
/// <param name="DiscardedBytes">The discarded bytes of the journal.</param>
/// <param name="Findings">One sentence for the log for each problem; empty if all files are intact.</param>
/// <param name="PreservedFiles">Files that were not used, or only in part.</param>
public sealed record RecoveryReport(
    long Records,
    long DiscardedRecords,
    long DiscardedBytes,
    IReadOnlyList<string> Findings,
    IReadOnlyList<PreservedFile> PreservedFiles);

/// <summary>A file that is preserved for inspection.</summary>
/// <param name="FileName">
/// The new name. A partly restored file is renamed only by the next snapshot, so that a crash before that loses
/// nothing: write a snapshot soon.
/// </param>
public sealed record PreservedFile(string FileName, string Reason);
