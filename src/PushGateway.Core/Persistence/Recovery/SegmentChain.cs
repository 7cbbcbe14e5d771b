using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Snapshot;

namespace PushGateway.Core.Persistence.Recovery;

/// <summary>Finds the segments that continue from a snapshot.</summary>
/// <remarks>
/// <para>A snapshot of this gateway names the last segment that it covers. A snapshot of the Go Pushgateway is
/// identified by its fingerprint, which the header of a journal based on it contains.</para>
/// <para>An intact snapshot that no segment follows has replaced the previous one: the Go Pushgateway has run, or
/// someone restored a backup. Applying the older journal would bring back deleted groups and overwrite newer values. So
/// its segments are preserved and reported.</para>
/// <para>If the snapshot is damaged or missing, the whole journal is applied.</para>
/// <para>The newest segment determines the chain: each segment names its predecessor and the valid length of it. An
/// earlier recovery has dropped the segments outside the chain.</para>
/// </remarks>
internal static class SegmentChain
{
    /// <summary>In the order of application; empty if no segment follows the snapshot.</summary>
    public static List<SegmentInfo> Find(IEnumerable<SegmentInfo> segments, SnapshotInfo snapshot)
    {
        List<SegmentInfo> newestFirst =
        [
            .. segments.Where(segment => segment.Header is not null && !IsCovered(segment, snapshot))
                .OrderByDescending(segment => segment.Header!.JournalId)
                .ThenByDescending(segment => segment.Header!.Generation)
                .ThenByDescending(segment => segment.Length),
        ];
        if (newestFirst.Count == 0)
        {
            return [];
        }
        List<SegmentInfo>? chain = FindNewest(newestFirst, Follows(snapshot));
        if (chain is null && (!snapshot.Exists || snapshot.Damage is not null))
        {
            chain = FindNewest(newestFirst, header => FindPrevious(newestFirst, header) is null);
        }
        return chain ?? [];
    }

    /// <summary>Whether a snapshot contains all records of a segment.</summary>
    public static bool IsCovered(SegmentInfo segment, SnapshotInfo snapshot) =>
        segment.Header is { } header
        && snapshot.Coverage is { } coverage
        && header.JournalId == coverage.JournalId
        && header.Generation <= coverage.Generation;

    private static Predicate<SegmentHeader> Follows(SnapshotInfo snapshot)
    {
        if (snapshot.Coverage is { } coverage)
        {
            return header => header.JournalId == coverage.JournalId && header.Previous <= coverage.Generation;
        }
        Fingerprint fingerprint = snapshot.ComputeFingerprint();
        return header => header.Previous == 0 && header.Base == fingerprint;
    }

    private static List<SegmentInfo>? FindNewest(List<SegmentInfo> newestFirst, Predicate<SegmentHeader> isFirst) =>
        newestFirst.Select(last => TraceBack(newestFirst, last, isFirst)).FirstOrDefault(chain => chain is not null);

    /// <summary>The chain from a first segment to the last; null if a segment is missing or too short.</summary>
    private static List<SegmentInfo>? TraceBack(
        List<SegmentInfo> segments, SegmentInfo last, Predicate<SegmentHeader> isFirst)
    {
        var chain = new List<SegmentInfo> { last };
        while (!isFirst(chain[0].Header!))
        {
            SegmentHeader header = chain[0].Header!;
            if (FindPrevious(segments, header) is not { } previous || previous.Length < header.PreviousLength)
            {
                return null;
            }
            chain.Insert(0, previous);
        }
        return chain;
    }

    private static SegmentInfo? FindPrevious(List<SegmentInfo> segments, SegmentHeader header) =>
        segments.Find(segment =>
            segment.Header!.JournalId == header.JournalId && segment.Header.Generation == header.Previous);
}
