using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Snapshot;

namespace PushGateway.Core.Persistence.Recovery;

/// <summary>Finds those of a journal's files that go on from where a snapshot ends.</summary>
/// <remarks>
/// <para>A snapshot of this gateway says which generation is its last. One without that, from the Go Pushgateway, is
/// known by its length and checksum, which the journal that was begun on it has noted.</para>
/// <para>A snapshot that is whole but is none that the journal follows was put there by someone: the Go Pushgateway has
/// run meanwhile, or a backup was restored. The journal's changes are older than that, or of something else; to apply
/// them would bring back what was deleted and put old values in the place of new ones. They are kept aside and
/// reported, not applied.</para>
/// <para>Where the snapshot is damaged or missing, the journal is all that there is, and all of it is applied.</para>
/// <para>The newest file defines the history: each file names the one that it follows and how much of that counts. What
/// is not on the way from the newest one back to the snapshot was given up by an earlier restore.</para>
/// </remarks>
internal static class SegmentChain
{
    /// <summary>In the order in which they are to be applied; empty if none goes on from the snapshot.</summary>
    public static List<SegmentInfo> Find(IEnumerable<SegmentInfo> files, SnapshotInfo snapshot)
    {
        List<SegmentInfo> found =
        [
            .. files.Where(file => file.Header is not null && !IsCovered(file, snapshot))
                .OrderByDescending(file => file.Header!.JournalId)
                .ThenByDescending(file => file.Header!.Generation)
                .ThenByDescending(file => file.Length),
        ];
        if (found.Count == 0)
        {
            return [];
        }
        Predicate<SegmentHeader> follows = Follows(snapshot);
        List<SegmentInfo>? chain = Newest(found, follows);
        if (chain is null && (!snapshot.Exists || snapshot.Damage is not null))
        {
            chain = Newest(found, header => Before(found, header) is null);
        }
        return chain ?? [];
    }

    /// <summary>Whether a snapshot holds all of a file.</summary>
    public static bool IsCovered(SegmentInfo file, SnapshotInfo snapshot) =>
        file.Header is { } header
        && snapshot.Coverage is { } coverage
        && header.JournalId == coverage.JournalId
        && header.Generation <= coverage.Generation;

    private static Predicate<SegmentHeader> Follows(SnapshotInfo snapshot)
    {
        if (snapshot.Coverage is { } coverage)
        {
            return header => header.JournalId == coverage.JournalId && header.Previous <= coverage.Generation;
        }
        Fingerprint identity = snapshot.Identify();
        return header => header.Previous == 0 && header.Base == identity;
    }

    private static List<SegmentInfo>? Newest(List<SegmentInfo> found, Predicate<SegmentHeader> isFirst)
    {
        foreach (SegmentInfo last in found)
        {
            if (Back(found, last, isFirst) is { } chain)
            {
                return chain;
            }
        }
        return null;
    }

    /// <summary>The way from a file back to a first one; null if there is a gap in it.</summary>
    private static List<SegmentInfo>? Back(
        List<SegmentInfo> found, SegmentInfo last, Predicate<SegmentHeader> isFirst)
    {
        var chain = new List<SegmentInfo> { last };
        while (!isFirst(chain[0].Header!))
        {
            SegmentHeader header = chain[0].Header!;
            if (Before(found, header) is not { } before || before.Length < header.PreviousLength)
            {
                return null;
            }
            chain.Insert(0, before);
        }
        return chain;
    }

    private static SegmentInfo? Before(List<SegmentInfo> found, SegmentHeader header) => found.Find(file =>
        file.Header!.JournalId == header.JournalId && file.Header.Generation == header.Previous);
}
