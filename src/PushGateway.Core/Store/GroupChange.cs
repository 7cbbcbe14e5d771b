using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>What a push does to its group: the families that go, those that come, and the group that results.</summary>
internal sealed class GroupChange
{
    private GroupChange(GroupingKey key, List<StoredFamily> kept, List<StoredFamily> removed, List<StoredFamily> added)
    {
        Removed = removed;
        Added = added;
        StoredFamily[] families = [.. kept, .. added];
        Array.Sort(families, (a, b) => a.Name.CompareTo(b.Name));
        Result = new MetricGroup(key, families);
    }

    /// <summary>What the index has to take out.</summary>
    public List<StoredFamily> Removed { get; }

    /// <summary>What the index has to take in. Sorted by name.</summary>
    public List<StoredFamily> Added { get; }

    public MetricGroup Result { get; }

    /// <summary>
    /// Leaves out of <see cref="Removed"/> and <see cref="Added"/> the families whose new form has the series, type and
    /// help of the old one, as most of a job's pushes have: the index need not change for them.
    /// </summary>
    public void KeepIndexed()
    {
        int kept = 0;
        for (int i = 0; i < Added.Count; i++)
        {
            StoredFamily added = Added[i];
            int old = Removed.FindIndex(family => family.Name == added.Name);
            if (old >= 0 && added.TryShareIndexed(Removed[old]))
            {
                Removed.RemoveAt(old);
            }
            else
            {
                Added[kept++] = added;
            }
        }
        Added.RemoveRange(kept, Added.Count - kept);
    }

    /// <param name="present">The group as it is; null if there is none.</param>
    /// <param name="pushed">The pushed families, but for the push time, which is never the client's.</param>
    public static GroupChange Plan(
        PushCommand push, MetricGroup? present, List<PreparedFamily> pushed, StoredFamily pushTime)
    {
        bool hasFailure = present?.Find(PushTimes.Failure) is not null;
        var added = new SortedList<Utf8String, StoredFamily>(pushed.Count + 2) { [pushTime.Name] = pushTime };
        foreach (PreparedFamily family in pushed)
        {
            added[family.Stored.Name] = family.Stored;
        }
        if (!hasFailure)
        {
            // Upstream: a failure time that was pushed is overridden in a new group, but stays in an old one.
            added[PushTimes.Failure] = PushTimes.NeverFailed(push.Key, push.At);
        }
        return Replace(push.Key, present, added, keepOthers: push.Mode == PushMode.Merge);
    }

    /// <summary>The group with a new failure time and nothing else changed.</summary>
    public static GroupChange PlanFailure(PushCommand push, MetricGroup? present, StoredFamily failed)
    {
        var added = new SortedList<Utf8String, StoredFamily>(2) { [failed.Name] = failed };
        if (present?.Find(PushTimes.Success) is null)
        {
            added[PushTimes.Success] = PushTimes.NeverSucceeded(push.Key, push.At);
        }
        return Replace(push.Key, present, added, keepOthers: true);
    }

    private static GroupChange Replace(
        GroupingKey key, MetricGroup? present, SortedList<Utf8String, StoredFamily> added, bool keepOthers)
    {
        var kept = new List<StoredFamily>();
        var removed = new List<StoredFamily>();
        foreach (StoredFamily family in present?.Families ?? [])
        {
            bool keep = !added.ContainsKey(family.Name) && (keepOthers || PushTimes.IsPushTime(family.Name));
            (keep ? kept : removed).Add(family);
        }
        return new GroupChange(present?.Key ?? key, kept, removed, [.. added.Values]);
    }
}
