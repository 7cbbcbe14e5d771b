using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Snapshot;

namespace PushGateway.Core.Persistence.Recovery;

/// <summary>Gathers what a restore has to report, and gives names to what it keeps aside.</summary>
internal sealed class RecoveryLog(DurableFolder folder, DateTimeOffset at)
{
    private readonly List<string> _sentences = [];
    private readonly List<PreservedFile> _preserved = [];
    private long _discardedRecords;
    private long _discardedBytes;

    /// <summary>Notes how a file ends. Gives the name to keep it under if it is damaged, else null.</summary>
    /// <param name="isLast">Only the last file that was written can be torn: those before were complete.</param>
    public string? RecordEnd(string name, SegmentReader reader, bool isLast)
    {
        if (reader.End == JournalEnd.Clean)
        {
            return null;
        }
        Discard(reader.CountTrailingRecords(), reader.TrailingBytes);
        if (reader.End == JournalEnd.Torn && isLast)
        {
            _sentences.Add($"the last record of {name} was not written to its end: {reader.TrailingBytes} bytes cut off");
            return null;
        }
        string reason =
            $"it is damaged at byte {reader.Offset}: nothing from there on was restored, {reader.TrailingBytes} bytes";
        return RecordCorrupt(name, reason);
    }

    /// <summary>Notes that the snapshot is missing which the journal goes on from.</summary>
    public void RecordMissing(string name) =>
        _sentences.Add($"{name} is missing: what it held is lost, and only the journal was restored");

    /// <summary>Notes that a file is damaged. Gives the name to keep it under.</summary>
    public string RecordCorrupt(string name, string reason) => Preserve(name, PreservedName(name, "corrupt"), reason);

    /// <summary>Renames a file of the journal that was not used, and notes it with all that it holds.</summary>
    public void PreserveUnused(SegmentInfo file, string why, string reason)
    {
        long records;
        using (DurableFile? opened = folder.TryOpen(file.Name))
        {
            records = opened is null ? 0 : new SegmentReader(opened, file.Length).CountTrailingRecords();
        }
        string aside = PreservedName(file.Name, why);
        folder.Rename(file.Name, aside);
        Preserve(file.Name, aside, reason);
        Discard(records, file.Length - SegmentHeader.Bytes);
    }

    public RecoveryReport Report(long records) =>
        new(records, _discardedRecords, _discardedBytes, [.. _sentences], [.. _preserved]);

    private string Preserve(string name, string aside, string reason)
    {
        _preserved.Add(new PreservedFile(aside, reason));
        _sentences.Add($"{name} is kept as {aside}: {reason}");
        return aside;
    }

    private void Discard(long records, long bytes)
    {
        _discardedRecords += records;
        _discardedBytes += Math.Max(0, bytes);
    }

    private string PreservedName(string name, string why) =>
        FileNames.PreservedName(name, why, at, [.. folder.List(), .. _preserved.Select(kept => kept.FileName)]);
}

/// <summary>What a restore has found on the disk.</summary>
/// <param name="Records">How many of the journal's records were given out to be applied.</param>
/// <param name="DiscardedRecords">
/// How many were not, as far as they can be counted: whole ones, and one for each place that is torn or damaged.
/// </param>
/// <param name="DiscardedBytes">How much of the journal was not applied.</param>
/// <param name="Findings">What was not as it should be, a sentence each, to be logged. Empty if all was well.</param>
/// <param name="KeptAside">Files that are kept though they are not used, or not wholly.</param>
public sealed record RecoveryReport(
    long Records,
    long DiscardedRecords,
    long DiscardedBytes,
    IReadOnlyList<string> Findings,
    IReadOnlyList<PreservedFile> KeptAside);

/// <summary>A file that is kept for a human to look at.</summary>
/// <param name="FileName">
/// Its new name. One that the state was restored from in part gets it only when the next snapshot is written, so that
/// a crash before that loses nothing: take one soon.
/// </param>
public sealed record PreservedFile(string FileName, string Reason);
