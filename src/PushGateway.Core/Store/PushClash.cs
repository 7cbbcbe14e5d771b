using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>A push that does not fit, for its own faults or with what is stored.</summary>
/// <param name="change">What it would have done; the index has been put back.</param>
/// <param name="pushed">Its families, as they were rendered.</param>
internal sealed class ConflictReport(GroupChange change, MetricFamily[] pushed, List<Conflict> conflicts)
{
    private const int MaxSought = 8;

    private readonly StoredFamily[] _families = change.Families.ToArray();

    /// <summary>All that is wrong with what was to be added, the gateway's own push times included.</summary>
    public string Describe()
    {
        ILookup<Utf8String, Conflict> byFamily = conflicts.ToLookup(conflict => conflict.Family.Name);
        Dictionary<Utf8String, MetricFamily> byName = pushed.ToDictionary(family => family.Name);
        return ErrorList.Join(change.Added.Select(added => _families[added]).SelectMany(stored =>
        {
            // The failure time of a new group is the gateway's, even where one was pushed.
            MetricFamily family = change.IsPushed(stored) ? byName[stored.Name] : stored.Decode();
            return Conflict.Describe(family, stored, [.. byFamily[stored.Name]]);
        }));
    }

    /// <summary>What other groups must have, by the first conflicts; nothing where the push clashes with itself.</summary>
    public List<ConflictTarget> SoughtElsewhere() =>
        [.. conflicts.Select(Sought).OfType<ConflictTarget>().Distinct().Take(MaxSought)];

    private ConflictTarget? Sought(Conflict conflict)
    {
        switch (conflict.Kind)
        {
            case ConflictKind.Series:
                StoredFamily family = Array.Find(_families, family => family.Name == conflict.Family.Name);
                UInt128 series = family.Series[conflict.Metric];
                return family.Series[..conflict.Metric].Contains(series)
                    ? null
                    : new ConflictTarget(family.Name, Series: series);
            case ConflictKind.Type:
                return new ConflictTarget(conflict.Family.Name, conflict.OtherType);
            case ConflictKind.ClaimedBy or ConflictKind.Claims:
                return new ConflictTarget(conflict.OtherName);
            default:
                return null;
        }
    }
}
