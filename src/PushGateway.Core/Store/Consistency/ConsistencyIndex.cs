using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store.Consistency;

/// <summary>
/// Decides whether a family is consistent with all stored ones. Contains the types of each name and all series. The cost
/// of an operation depends only on its family, not on the size of the store.
/// </summary>
/// <remarks>
/// Ignores families without metrics, which are never scraped. Not thread-safe: the store's lock guards it.
/// </remarks>
internal sealed class ConsistencyIndex
{
    private readonly Dictionary<Utf8String, ReservedFamily> _reserved;
    private readonly Dictionary<Utf8String, FamilyEntry> _families = [];
    private readonly SeriesSet _series = new();

    /// <param name="reserved">The gateway's own families, which count as stored.</param>
    public ConsistencyIndex(IEnumerable<ReservedFamily> reserved) =>
        _reserved = reserved.ToDictionary(family => family.Name);

    public int SeriesCount => _series.Count;

    /// <summary>
    /// The number of families and series added or removed so far. Tests measure it instead of time.
    /// </summary>
    public long Operations { get; private set; }

    /// <summary>Whether the name is that of one of the gateway's own families. The answer never changes.</summary>
    public bool IsReserved(Utf8String name) => _reserved.ContainsKey(name);

    /// <summary>The whole content, unordered, for tests to compare.</summary>
    public IEnumerable<(FamilyHeader Header, int Groups)> Families() =>
        _families.Values.SelectMany(entry => entry.Counts());

    /// <inheritdoc cref="Families"/>
    public IEnumerable<(UInt128 Series, int Times)> Series() => _series.Counts();

    /// <summary>Adds a family and reports its conflicts with the stored ones and within itself.</summary>
    /// <param name="conflicts">Receives the conflicts. The index contains the family either way.</param>
    /// <param name="helps">Receives a help that is new to the name and differs from that of other groups; null for none.</param>
    /// <returns>The header to store: shared between groups, in its own memory.</returns>
    public FamilyHeader Add(in StoredFamily family, List<Conflict> conflicts, List<HelpConflict>? helps)
    {
        if (family.MetricCount == 0)
        {
            return family.Header.Copy();
        }
        Operations += 1 + family.MetricCount;
        _series.ReserveForMore(family.MetricCount);
        int before = conflicts.Count;
        FindFamilyConflict(family.Header, conflicts);
        bool wholeFamily = conflicts.Count > before;

        FamilyHeader shared = EntryFor(family.Header).Add(family.Header, helps);
        for (int i = 0; i < family.Series.Length; i++)
        {
            if (!_series.Add(family.Series[i]) && !wholeFamily)
            {
                conflicts.Add(new Conflict(ConflictKind.Series, shared, i));
            }
        }
        return shared;
    }

    /// <inheritdoc cref="SeriesSet.Reserve"/>
    public void Reserve(int series) => _series.Reserve(series);

    public void Remove(in StoredFamily family)
    {
        if (family.MetricCount == 0)
        {
            return;
        }
        Operations += 1 + family.MetricCount;
        if (_families[family.Name].Remove(family.Header))
        {
            _families.Remove(family.Name);
        }
        foreach (UInt128 series in family.Series)
        {
            _series.Remove(series);
        }
    }

    public void Remove(MetricGroup group) => RemoveAll([group]);

    public void RemoveAll(IEnumerable<MetricGroup> groups)
    {
        int before = _series.Count;
        foreach (MetricGroup group in groups)
        {
            foreach (ref readonly StoredFamily family in group.Families)
            {
                Remove(family);
            }
        }
        _series.TrimAfter(before - _series.Count);
    }

    /// <summary>Replaces the content by that of these groups, which is faster than removing most families.</summary>
    public void Rebuild(IEnumerable<MetricGroup> groups)
    {
        Clear();
        var conflicts = new List<Conflict>();
        foreach (MetricGroup group in groups)
        {
            foreach (ref readonly StoredFamily family in group.Families)
            {
                Add(family, conflicts, helps: null);
            }
        }
    }

    /// <summary>Applies a change and returns its conflicts. The index is changed either way.</summary>
    /// <param name="helps">Receives the helps that are new to the group and conflict; null for none.</param>
    public List<Conflict> Apply(GroupChange change, List<HelpConflict>? helps)
    {
        change.Removed.ForEach(family => Remove(family));
        var conflicts = new List<Conflict>();
        foreach (AddedFamily added in change.Added)
        {
            FamilyHeader header = Add(change.Families[added.Place], conflicts, added.KeepsHelp ? null : helps);
            change.SetHeader(added, header);
        }
        return conflicts;
    }

    public void Revert(GroupChange change)
    {
        foreach (AddedFamily added in change.Added)
        {
            Remove(change.Families[added.Place]);
        }
        change.Removed.ForEach(family => Add(family, [], helps: null));
    }

    public void Clear()
    {
        _families.Clear();
        _series.Clear();
    }

    private FamilyEntry EntryFor(FamilyHeader header)
    {
        if (_families.TryGetValue(header.Name, out FamilyEntry? entry))
        {
            return entry;
        }
        entry = new FamilyEntry(header.Copy());
        _families.Add(entry.Name, entry);
        return entry;
    }

    private void FindFamilyConflict(FamilyHeader family, List<Conflict> conflicts)
    {
        if (_reserved.TryGetValue(family.Name, out ReservedFamily? reserved))
        {
            if (FullConsistencyCheck.ReservedConflict(family, reserved) is { } conflict)
            {
                conflicts.Add(conflict);
            }
            return;
        }

        MetricType? present = TypeOf(family.Name);
        if (present is { } type)
        {
            if (!MetricRules.Fits(type, family.Type))
            {
                conflicts.Add(new Conflict(ConflictKind.Type, family, OtherType: type));
            }
            return;
        }
        if (ReservedSuffixes.FindConflict(family, TypeOf) is { } suffixConflict)
        {
            conflicts.Add(suffixConflict);
        }
    }

    private MetricType? TypeOf(Utf8String name) =>
        _reserved.TryGetValue(name, out ReservedFamily? reserved) ? reserved.Type
        : _families.TryGetValue(name, out FamilyEntry? entry) ? entry.Type
        : null;
}
