using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>
/// What must be known of all stored families to tell whether one more fits: the types that each name has, and all
/// series. Each operation takes time for the family it is about, whatever else is stored.
/// </summary>
/// <remarks>
/// Families without metrics are never scraped, so that they neither clash nor count. Not safe for several threads: the
/// store's lock guards it.
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

    /// <summary>How many families and series were added or removed so far: what tests count instead of seconds.</summary>
    public long Operations { get; private set; }

    /// <summary>All that it holds, in no order, for tests to compare.</summary>
    public IEnumerable<(FamilyHeader Header, int Groups)> Families() =>
        _families.Values.SelectMany(entry => entry.Counts());

    /// <inheritdoc cref="Families"/>
    public IEnumerable<(UInt128 Series, int Times)> Series() => _series.Counts();

    /// <summary>Adds a family and reports what does not fit, with what was there before or within itself.</summary>
    /// <param name="conflicts">Conflicts are added to it. The family is added to the index all the same.</param>
    /// <param name="helps">A help that is new to the name, while others have another, is added to it.</param>
    /// <returns>The header to use from now on: shared with other groups, in memory of its own.</returns>
    public FamilyHeader Add(in StoredFamily family, List<Conflict> conflicts, List<HelpConflict> helps)
    {
        if (family.MetricCount == 0)
        {
            return family.Header.Copy();
        }
        Operations += 1 + family.MetricCount;
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

    public void Remove(MetricGroup group)
    {
        foreach (ref readonly StoredFamily family in group.Families)
        {
            Remove(family);
        }
    }

    /// <summary>Gives what does not fit; the index is changed either way.</summary>
    public List<Conflict> Apply(GroupChange change, List<HelpConflict> helps)
    {
        change.Removed.ForEach(family => Remove(family));
        var conflicts = new List<Conflict>();
        foreach (int added in change.Added)
        {
            change.SetHeader(added, Add(change.Families[added], conflicts, helps));
        }
        return conflicts;
    }

    public void Revert(GroupChange change)
    {
        foreach (int added in change.Added)
        {
            Remove(change.Families[added]);
        }
        change.Removed.ForEach(family => Add(family, [], []));
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
