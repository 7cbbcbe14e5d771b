using PushGateway.Core.Store.Rendering;

namespace PushGateway.Core.Store.Snapshots;

/// <summary>
/// What a push does to its group: the families that the index has to remove and add, and the resulting group.
/// </summary>
internal sealed class GroupChange
{
    private readonly MetricGroup? _present;
    private readonly byte[] _pushedBlock;
    private StoredFamily[] _families;
    private int _count;

    private GroupChange(MetricGroup? present, StoredFamily[] pushed, byte[] pushedBlock)
    {
        _present = present;
        _pushedBlock = pushedBlock;

        // A job usually pushes the same families again.
        _families = PushBufferCache.Families(present is null ? pushed.Length : present.Families.Length);
    }

    /// <summary>The families that the index has to remove.</summary>
    public List<StoredFamily> Removed { get; } = [];

    /// <summary>Those of <see cref="Families"/> that the index has to add, ascending.</summary>
    public List<AddedFamily> Added { get; } = [];

    /// <summary>The families of the resulting group.</summary>
    public ReadOnlySpan<StoredFamily> Families => _families.AsSpan(0, _count);

    /// <summary>Whether an added family has faults of its own.</summary>
    public bool HasFaults => Added.Exists(added => _families[added.Place].HasFaults);

    /// <summary>Whether the index needs no change.</summary>
    public bool IsIndexed => Removed.Count + Added.Count == 0;

    /// <summary>Whether one of <see cref="Families"/> has its lines in the block of the push.</summary>
    public bool IsPushed(in StoredFamily family) => ReferenceEquals(family.Block, _pushedBlock);

    /// <summary>Replaces the header of an added family by the shared one of the index.</summary>
    public void SetHeader(AddedFamily added, FamilyHeader header) =>
        _families[added.Place] = _families[added.Place] with { Header = header };

    /// <param name="present">The stored group, or null.</param>
    /// <param name="pushed">Sorted by name, with the push time, all in one block.</param>
    /// <param name="mayShareIndexed">
    /// Whether the index may stay unchanged for families that have the same series, type and help as before, as most
    /// families of a job have.
    /// </param>
    public static GroupChange Plan(
        PushCommand push, MetricGroup? present, StoredFamily[] pushed, bool mayShareIndexed)
    {
        // At least the push time has a line.
        byte[] block = Array.Find(pushed, family => family.LinesLength > 0).Block;
        if (present?.Find(PushTimestamps.Failure) is null)
        {
            // Upstream: the gateway's failure time replaces a pushed one in a new group, but not in an existing one.
            pushed = WithFailure(pushed, FamilyRenderer.Render([PushTimestamps.NeverFailed()], push.Key, push.At)[0]);
        }
        return Merge(present, pushed, block, push.Mode == PushMode.Merge, mayShareIndexed);
    }

    /// <summary>The group with a new failure time, otherwise unchanged.</summary>
    public static GroupChange PlanFailure(GroupingKey key, long at, MetricGroup? present, bool mayShareIndexed)
    {
        MetricFamily[] times = present?.Find(PushTimestamps.Success) is null
            ? [PushTimestamps.Failed(at), PushTimestamps.NeverSucceeded()]
            : [PushTimestamps.Failed(at)];
        StoredFamily[] failed = FamilyRenderer.Render(times, key, at);
        return Merge(present, failed, failed[0].Block, keepOthers: true, mayShareIndexed);
    }

    /// <summary>The group without one of its families.</summary>
    public static GroupChange PlanDeletion(MetricGroup present, Utf8String family)
    {
        var change = new GroupChange(present, pushed: [], pushedBlock: []);
        foreach (ref readonly StoredFamily old in present.Families)
        {
            if (old.Name == family)
            {
                change.Removed.Add(old);
            }
            else
            {
                change.Put(old);
            }
        }
        return change;
    }

    /// <summary>The resulting group, once the index has set the headers of the added families.</summary>
    /// <param name="terms">See <see cref="MetricGroup.Terms"/>.</param>
    public MetricGroup ToGroup(GroupingKey key, GroupTerms? terms)
    {
        StoredFamily[] families = _count == _families.Length ? _families : _families[.._count];
        if (IsIndexed && _present is not null)
        {
            // Each family replaces its older form. The group reuses the old hashes, and the new array can be recycled.
            UInt128[] pushed = Array.Find(families, family => IsPushed(family)).Hashes;
            ShareHashes(families, _present.Families);
            PushBufferCache.Return(pushed);
        }
        long retainedBytes = BlockCompaction.Compact(families, _pushedBlock, _present?.RetainedBytes ?? 0);
        byte[] ownBlock = Array.Exists(families, family => IsPushed(family)) ? _pushedBlock : [];
        return new MetricGroup(_present?.Key ?? key, families, retainedBytes, ownBlock) { Terms = terms };
    }

    private static void ShareHashes(StoredFamily[] families, ReadOnlySpan<StoredFamily> older)
    {
        for (int i = 0; i < families.Length; i++)
        {
            families[i] = families[i].WithIndexOf(older[i]);
        }
    }

    private static StoredFamily[] WithFailure(StoredFamily[] pushed, StoredFamily failure)
    {
        List<StoredFamily> families = [.. pushed];
        families.RemoveAll(family => family.Name == PushTimestamps.Failure);
        int place = families.FindIndex(family => family.Name > PushTimestamps.Failure);
        families.Insert(place < 0 ? families.Count : place, failure);
        return [.. families];
    }

    private static GroupChange Merge(
        MetricGroup? present, StoredFamily[] pushed, byte[] pushedBlock, bool keepOthers, bool mayShareIndexed)
    {
        ReadOnlySpan<StoredFamily> older = present is null ? default : present.Families;
        var change = new GroupChange(present, pushed, pushedBlock);
        int next = 0;
        foreach (ref readonly StoredFamily old in older)
        {
            while (next < pushed.Length && pushed[next].Name < old.Name)
            {
                change.Add(pushed[next++], keepsHelp: false);
            }
            if (next < pushed.Length && pushed[next].Name == old.Name)
            {
                change.Replace(old, pushed[next++], mayShareIndexed);
            }
            else if (keepOthers || PushTimestamps.IsPushTime(old.Name))
            {
                change.Put(old);
            }
            else
            {
                change.Removed.Add(old);
            }
        }
        while (next < pushed.Length)
        {
            change.Add(pushed[next++], keepsHelp: false);
        }
        return change;
    }

    private void Replace(in StoredFamily old, in StoredFamily pushed, bool mayShareIndexed)
    {
        if (mayShareIndexed && pushed.IsIndexedAs(old))
        {
            Put(pushed with { Header = old.Header });
        }
        else
        {
            Removed.Add(old);
            Add(pushed, keepsHelp: (old.Header.Help ?? default) == (pushed.Header.Help ?? default));
        }
    }

    private void Add(in StoredFamily pushed, bool keepsHelp)
    {
        Added.Add(new AddedFamily(_count, keepsHelp));
        Put(pushed);
    }

    private void Put(in StoredFamily family)
    {
        if (_count == _families.Length)
        {
            // A restored group may have no families.
            Array.Resize(ref _families, Math.Max(4, 2 * _count));
        }
        _families[_count++] = family;
    }
}

/// <summary>A family that the index has to add.</summary>
/// <param name="Place">Its index in <see cref="GroupChange.Families"/>.</param>
/// <param name="KeepsHelp">Whether the group already had it with the same help, so that conflicts were reported before.</param>
internal readonly record struct AddedFamily(int Place, bool KeepsHelp);
