using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store.Consistency;

/// <summary>
/// Decides whether a family is consistent with all stored ones: knows the types of each name and all series. The cost
/// of an operation depends on its family only, not on the size of the store.
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
    /// The number of families and series added or removed so far, which tests count instead of seconds.
    /// </summary>
    public long Operations { get; private set; }

    /// <summary>The whole content, unordered, for tests to compare.</summary>
    public IEnumerable<(FamilyHeader Header, int Groups)> Families() =>
        _families.Values.SelectMany(entry => entry.Counts());

    /// <inheritdoc cref="Families"/>
    public IEnumerable<(UInt128 Series, int Times)> Series() => _series.Counts();

    /// <summary>Adds a family and reports its conflicts with the stored ones and within itself.</summary>
    /// <param name="conflicts">Receives the conflicts. The index contains the family either way.</param>
    /// <param name="helps">Receives a help that is new to the name, if other groups have another; null for none.</param>
    /// <returns>The header to store: shared between groups, in its own memory.</returns>
    public FamilyHeader Add(in StoredFamily family, List<Conflict> conflicts, List<HelpConflict>? helps)
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

/// <summary>The types and helps that groups have for a name, each with the number of groups.</summary>
internal sealed class FamilyEntry
{
    private HeaderCount _first;

    /// <summary>Null if all groups have the same type and help.</summary>
    private Dictionary<FamilyHeader, HeaderCount>? _others;

    /// <param name="header">The header of the first group, in its own memory.</param>
    public FamilyEntry(FamilyHeader header) => _first = new HeaderCount(header);

    public Utf8String Name => _first.Header.Name;

    public MetricType Type => _first.Header.Type;

    /// <summary>Each header with the number of groups that have it.</summary>
    public IEnumerable<(FamilyHeader Header, int Groups)> Counts() =>
        (_others?.Values ?? Enumerable.Empty<HeaderCount>()).Prepend(_first).Select(count => (count.Header, count.Groups));

    /// <summary>Counts a group and returns the shared header that equals its own.</summary>
    /// <param name="helps">Receives a help that no group has yet; null for none.</param>
    public FamilyHeader Add(FamilyHeader header, List<HelpConflict>? helps)
    {
        HeaderCount? count = Find(header);
        if (count is null)
        {
            count = new HeaderCount(new FamilyHeader(Name, header.Type, header.Help?.Copy()));
            if (helps is not null && !HasHelp(header.Help))
            {
                helps.Add(new HelpConflict(Name, count.Header.Help ?? default, _first.Header.Help ?? default));
            }
            _others ??= [];
            _others.Add(count.Header, count);
        }
        count.Groups++;
        return count.Header;
    }

    /// <summary>Stops counting a group. True if none is left.</summary>
    public bool Remove(FamilyHeader header)
    {
        HeaderCount count = Find(header)!;
        if (--count.Groups > 0)
        {
            return false;
        }
        if (count != _first)
        {
            _others!.Remove(header);
        }
        else if (_others is { Count: > 0 })
        {
            _first = _others.Values.First();
            _others.Remove(_first.Header);
        }
        return _first.Groups == 0;
    }

    private HeaderCount? Find(FamilyHeader header) =>
        ReferenceEquals(_first.Header, header) || _first.Header == header ? _first : _others?.GetValueOrDefault(header);

    /// <summary>Whether a group has the help, with any type.</summary>
    private bool HasHelp(Utf8String? help) =>
        Enum.GetValues<MetricType>().Any(type => Find(new FamilyHeader(Name, type, help)) is not null);

    private sealed class HeaderCount(FamilyHeader header)
    {
        public FamilyHeader Header => header;

        public int Groups { get; set; }
    }
}
