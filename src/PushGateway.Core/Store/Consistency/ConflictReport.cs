using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store.Consistency;

/// <summary>A push that is inconsistent, in itself or with the stored groups.</summary>
/// <param name="change">The change that the push would have made. The index is reverted.</param>
/// <param name="pushed">The families of the push, with their groups' labels.</param>
/// <param name="isReserved">Whether a name is that of one of the gateway's own families.</param>
internal sealed class ConflictReport(
    GroupChange change, MetricFamily[] pushed, List<Conflict> conflicts, Predicate<Utf8String> isReserved)
{
    private const int MaxTargets = 8;

    private readonly StoredFamily[] _families = change.Families.ToArray();

    /// <summary>All errors of the families to add, including the push times.</summary>
    public string Describe() => ErrorList.Join(Faults(), fault => fault.Describe());

    /// <summary>The first of these errors.</summary>
    /// <param name="groups">Some of the groups that the push conflicts with.</param>
    public RejectionCause CauseIn(IEnumerable<GroupingKey> groups) => Faults().First().ToCause() with { Groups = [.. groups] };

    private IEnumerable<PushFault> Faults()
    {
        ILookup<Utf8String, Conflict> byFamily = conflicts.ToLookup(conflict => conflict.Family.Name);
        Dictionary<Utf8String, MetricFamily> byName = pushed.ToDictionary(family => family.Name);
        return change.Added.Select(added => _families[added.Place]).SelectMany(stored =>
        {
            // In a new group, the gateway's failure time replaces a pushed one.
            MetricFamily family = change.IsPushed(stored) ? byName[stored.Name] : stored.Decode();
            return PushFault.Of(family, stored.HasFaults, [.. byFamily[stored.Name]]);
        });
    }

    /// <summary>
    /// The targets to search for in other groups, from the first conflicts. Empty if the push conflicts only with itself.
    /// </summary>
    public List<ConflictTarget> ConflictsInOtherGroups() => [.. Targets().Distinct().Take(MaxTargets)];

    /// <summary>Whether the push conflicts with one of the gateway's own families, including the push times.</summary>
    public bool HasConflictWithOwn() => conflicts.Exists(ConcernsOwn);

    /// <summary>Passes once over the conflicts and the families, which are in the same order.</summary>
    private IEnumerable<ConflictTarget> Targets()
    {
        int place = 0;
        var before = new HashSet<UInt128>();
        int next = 0;
        foreach (Conflict conflict in conflicts)
        {
            while (_families[place].Name != conflict.Family.Name)
            {
                place++;
                before.Clear();
                next = 0;
            }
            StoredFamily family = _families[place];
            while (next < conflict.Metric)
            {
                before.Add(family.Series[next++]);
            }
            if (!ConcernsOwn(conflict) && TargetOf(conflict, family, before) is { } target)
            {
                yield return target;
            }
        }
    }

    private bool ConcernsOwn(Conflict conflict) => conflict.Kind switch
    {
        ConflictKind.ReservedHelp or ConflictKind.ReservedType => true,
        ConflictKind.NameReservedByOther or ConflictKind.ReservesNameOfOther => IsOwn(conflict.OtherName),
        ConflictKind.Type => IsOwn(conflict.Family.Name),
        _ => false,
    };

    private bool IsOwn(Utf8String name) => PushTimestamps.IsPushTime(name) || isReserved(name);

    /// <param name="before">The series of the family that precede the conflicting one.</param>
    private static ConflictTarget? TargetOf(Conflict conflict, in StoredFamily family, HashSet<UInt128> before)
    {
        switch (conflict.Kind)
        {
            case ConflictKind.Series:
                UInt128 series = family.Series[conflict.Metric];
                return before.Contains(series) ? null : new ConflictTarget(family.Name, Series: series);
            case ConflictKind.Type:
                return new ConflictTarget(conflict.Family.Name, conflict.OtherType);
            case ConflictKind.NameReservedByOther or ConflictKind.ReservesNameOfOther:
                return new ConflictTarget(conflict.OtherName);
            default:
                return null;
        }
    }
}

/// <summary>
/// What a push conflicts with: a family with a name and, if given, with a type or series.
/// </summary>
/// <remarks>
/// The index does not record which group has a series, which would make each push more expensive. The search visits all
/// groups, outside the store's lock and only after a rejected push. 10,000 groups take some milliseconds.
/// </remarks>
internal readonly record struct ConflictTarget(Utf8String Name, MetricType? Type = null, UInt128? Series = null)
{
    private const int MaxGroups = 3;

    /// <summary>The first few other groups that have one of the targets, each target once.</summary>
    public static List<GroupingKey> FindGroups(StoreSnapshot snapshot, GroupingKey except, List<ConflictTarget> targets)
    {
        var found = new List<GroupingKey>();
        foreach (MetricGroup group in snapshot.Groups)
        {
            if (targets.Count == 0 || found.Count == MaxGroups)
            {
                break;
            }
            if (!group.Key.Equals(except) && targets.RemoveAll(target => target.IsIn(group)) > 0)
            {
                found.Add(group.Key);
            }
        }
        return found;
    }

    private bool IsIn(MetricGroup group) =>
        group.Find(Name) is { MetricCount: > 0 } family
        && (Type is not { } type || MetricRules.Fits(type, family.Header.Type))
        && (Series is not { } series || family.Series.Contains(series));
}
