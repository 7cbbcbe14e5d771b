using System.Collections.ObjectModel;
using PushGateway.Core.Model;
using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store.Consistency;

/// <summary>
/// The groups of a snapshot that have to be set aside so that the rest can be scraped, and why. Immutable.
/// </summary>
/// <remarks>
/// <para>Of two types that a name has, or of two names of which one claims the other, those count that most groups have;
/// among equals, those that were pushed last. Of groups that have the same series, the one that was pushed last is kept:
/// the other is mostly what a job has left behind under an older grouping key. All of that is in the groups themselves,
/// so that a restart decides alike.</para>
/// <para>A group is set aside as a whole: half of a job's metrics would be worse than none.</para>
/// </remarks>
public sealed class Quarantine
{
    private Quarantine(StoreSnapshot whole, StoreSnapshot rest, IReadOnlyDictionary<GroupingKey, string> reasons)
    {
        Whole = whole;
        Rest = rest;
        Reasons = reasons;
    }

    /// <summary>All that is stored.</summary>
    public StoreSnapshot Whole { get; }

    /// <summary>What can be scraped.</summary>
    public StoreSnapshot Rest { get; }

    /// <summary>The groups that are set aside, and why each is.</summary>
    public IReadOnlyDictionary<GroupingKey, string> Reasons { get; }

    /// <summary>Takes a snapshot as it is.</summary>
    public static Quarantine None(StoreSnapshot snapshot) =>
        new(snapshot, snapshot, ReadOnlyDictionary<GroupingKey, string>.Empty);

    /// <summary>Goes through all of a snapshot, once.</summary>
    /// <param name="reserved">The gateway's own families, which are never set aside.</param>
    public static Quarantine Of(StoreSnapshot snapshot, IEnumerable<ReservedFamily> reserved)
    {
        var verdicts = TypeResolution.Of(snapshot, reserved);
        var series = new HashSet<UInt128>();
        var reasons = new Dictionary<GroupingKey, string>();
        var clashes = new List<(MetricGroup Group, Utf8String Family, int Metric)>();
        foreach (MetricGroup group in snapshot.Groups.OrderByDescending(PushedAt))
        {
            if (FindFault(group, verdicts) is { } fault)
            {
                reasons.Add(group.Key, fault);
            }
            else if (TryAdd(group, series) is { } clash)
            {
                clashes.Add((group, clash.Family, clash.Metric));
                reasons.Add(group.Key, "");
            }
        }
        if (reasons.Count == 0)
        {
            return None(snapshot);
        }
        StoreSnapshot rest = snapshot.Without(reasons.Keys);
        foreach ((MetricGroup group, Utf8String name, int metric) in clashes)
        {
            reasons[group.Key] = Describe(group, name, metric, rest);
        }
        return new Quarantine(snapshot, rest, reasons);
    }

    private static double PushedAt(MetricGroup group) => PushTimestamps.Read(group, PushTimestamps.Success);

    /// <summary>What is wrong with a group, whatever series the others have; null if nothing is.</summary>
    private static string? FindFault(MetricGroup group, TypeResolution verdicts)
    {
        foreach (ref readonly StoredFamily family in group.Families)
        {
            if (family.MetricCount == 0)
            {
                continue;
            }
            if (verdicts.Find(family.Header) is { } verdict)
            {
                return verdict;
            }
            if (family.HasFaults)
            {
                MetricFamily decoded = family.Decode();
                return decoded.Metrics.Select(metric => MetricRules.FindFault(decoded, metric)).First(fault => fault is not null);
            }
        }
        return null;
    }

    /// <summary>Adds all series of a group; where one is there already, gives it, and adds none.</summary>
    private static (Utf8String Family, int Metric)? TryAdd(MetricGroup group, HashSet<UInt128> series)
    {
        ReadOnlySpan<StoredFamily> families = group.Families;
        for (int i = 0; i < families.Length; i++)
        {
            ReadOnlySpan<UInt128> added = families[i].Series;
            for (int metric = 0; metric < added.Length; metric++)
            {
                if (series.Add(added[metric]))
                {
                    continue;
                }
                series.ExceptWith(added[..metric].ToArray());
                foreach (ref readonly StoredFamily before in families[..i])
                {
                    series.ExceptWith(before.Series.ToArray());
                }
                return (families[i].Name, metric);
            }
        }
        return null;
    }

    private static string Describe(MetricGroup group, Utf8String name, int metric, StoreSnapshot rest)
    {
        StoredFamily family = group.Find(name)!.Value;
        string clash = MetricRules.CollectedBefore(name, family.Decode().Metrics[metric]);
        List<GroupingKey> others = ConflictTarget.FindGroups(
            rest, group.Key, [new ConflictTarget(name, Series: family.Series[metric])]);
        return others is [{ } other] ? $"{clash}, in the group {other}, which was pushed later" : clash;
    }
}

/// <summary>Which of the types that names have in a snapshot count, where not all can be scraped together.</summary>
internal sealed class TypeResolution
{
    private readonly Dictionary<Utf8String, ReservedFamily> _reserved;
    private readonly Dictionary<Utf8String, MetricType> _types;

    /// <summary>Why families of a name and type do not count.</summary>
    private readonly Dictionary<(Utf8String Name, MetricType Type), string> _refused = [];

    private TypeResolution(IEnumerable<ReservedFamily> reserved)
    {
        _reserved = reserved.ToDictionary(family => family.Name);
        _types = _reserved.ToDictionary(pair => pair.Key, pair => pair.Value.Type);
    }

    public static TypeResolution Of(StoreSnapshot snapshot, IEnumerable<ReservedFamily> reserved)
    {
        var verdicts = new TypeResolution(reserved);
        foreach (Candidate candidate in snapshot.Families().SelectMany(Candidates)
            .OrderByDescending(candidate => candidate.Groups)
            .ThenByDescending(candidate => candidate.PushedAt)
            .ThenBy(candidate => candidate.Header.Name)
            .ThenBy(candidate => candidate.Header.Type))
        {
            if (verdicts.Resolve(candidate) is { } refusal)
            {
                verdicts._refused.Add((candidate.Header.Name, candidate.Header.Type), refusal);
            }
        }
        return verdicts;
    }

    /// <summary>Why a family does not count; null if it does.</summary>
    public string? Find(FamilyHeader family) =>
        _reserved.TryGetValue(family.Name, out ReservedFamily? reserved)
            ? FullConsistencyCheck.ReservedConflict(family, reserved)?.DescribeFamily()
            : _refused.GetValueOrDefault((family.Name, family.Type));

    private static IEnumerable<Candidate> Candidates(FamilyView family) =>
        family.GroupBy(part => part.Header.Type).Select(parts => new Candidate(
            parts.First().Header, parts.Count(), parts.Max(part => part.PushedAt)));

    private string? Resolve(Candidate candidate)
    {
        FamilyHeader family = candidate.Header;
        if (_reserved.ContainsKey(family.Name))
        {
            return null;
        }
        if (_types.TryGetValue(family.Name, out MetricType type))
        {
            return MetricRules.Fits(type, family.Type)
                ? null
                : $"{family.Name} is a {family.Type.ProtoName()} here, and a {type.ProtoName()} in other groups";
        }
        Conflict? conflict = ReservedSuffixes.FindConflict(family, TypeOf);
        if (conflict is null)
        {
            _types.Add(family.Name, family.Type);
        }
        return conflict?.DescribeFamily();
    }

    private MetricType? TypeOf(Utf8String name) => _types.TryGetValue(name, out MetricType type) ? type : null;

    /// <param name="Groups">How many have it.</param>
    /// <param name="PushedAt">The last time that one of them was pushed with it.</param>
    private readonly record struct Candidate(FamilyHeader Header, int Groups, long PushedAt);
}
