using System.Collections.ObjectModel;
using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store.Consistency;

/// <summary>
/// The groups of a snapshot that scrapes must omit so that the rest is consistent, with reasons. Immutable.
/// </summary>
/// <remarks>
/// <para>If a name has two types, or one name reserves another, the one that more groups have wins, then the one pushed
/// last. If groups have the same series, the one pushed last wins: usually a job has left the other behind under an
/// older grouping key. The decision depends only on the groups, so a restart does not change it.</para>
/// <para>A scrape omits the whole group, since half of a job's metrics would be worse than none.</para>
/// </remarks>
public sealed class Quarantine
{
    private Quarantine(StoreSnapshot whole, StoreSnapshot rest, IReadOnlyDictionary<GroupingKey, string> reasons)
    {
        Whole = whole;
        Rest = rest;
        Reasons = reasons;
    }

    /// <summary>The whole snapshot.</summary>
    public StoreSnapshot Whole { get; }

    /// <summary>The part that can be scraped.</summary>
    public StoreSnapshot Rest { get; }

    /// <summary>The reason for each quarantined group.</summary>
    public IReadOnlyDictionary<GroupingKey, string> Reasons { get; }

    /// <summary>The quarantine of a snapshot without any quarantined group.</summary>
    public static Quarantine None(StoreSnapshot snapshot) =>
        new(snapshot, snapshot, ReadOnlyDictionary<GroupingKey, string>.Empty);

    /// <summary>Examines all of a snapshot, once.</summary>
    /// <param name="reserved">The gateway's own families, which are never omitted.</param>
    public static Quarantine Of(StoreSnapshot snapshot, IEnumerable<ReservedFamily> reserved)
    {
        var types = TypeResolution.Of(snapshot, reserved);
        var series = new HashSet<UInt128>();
        var reasons = new Dictionary<GroupingKey, string>();
        var clashes = new List<(MetricGroup Group, StoredFamily Family, int Metric)>();
        foreach (MetricGroup group in snapshot.Groups.OrderByDescending(PushedAt))
        {
            if (FindFault(group, types) is { } fault)
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
        Dictionary<UInt128, GroupingKey> owners = FindOwners(rest, clashes.Select(clash => clash.Family.Series[clash.Metric]));
        foreach ((MetricGroup group, StoredFamily family, int metric) in clashes)
        {
            string clash = MetricRules.CollectedBefore(family.Name, family.Decode().Metrics[metric]);
            reasons[group.Key] = owners.TryGetValue(family.Series[metric], out GroupingKey? other)
                ? $"{clash}, in the group {other}, which was pushed later"
                : clash;
        }
        return new Quarantine(snapshot, rest, reasons);
    }

    private static double PushedAt(MetricGroup group) => PushTimestamps.Read(group, PushTimestamps.Success);

    /// <summary>The fault of a group, apart from series that other groups have too; null for none.</summary>
    private static string? FindFault(MetricGroup group, TypeResolution types)
    {
        foreach (ref readonly StoredFamily family in group.Families)
        {
            if (family.MetricCount == 0)
            {
                continue;
            }
            if (types.FindRejection(family.Header) is { } rejection)
            {
                return rejection;
            }
            if (family.HasFaults)
            {
                MetricFamily decoded = family.Decode();
                return decoded.Metrics.Select(metric => MetricRules.FindFault(decoded, metric)).First(fault => fault is not null);
            }
        }
        return null;
    }

    /// <summary>Adds all series of a group. If one is already present, adds none and returns it.</summary>
    private static (StoredFamily Family, int Metric)? TryAdd(MetricGroup group, HashSet<UInt128> series)
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
                return (families[i], metric);
            }
        }
        return null;
    }

    /// <summary>The groups that have the series, found in one pass over the snapshot. Each group has one of them at most.</summary>
    private static Dictionary<UInt128, GroupingKey> FindOwners(StoreSnapshot snapshot, IEnumerable<UInt128> series)
    {
        HashSet<UInt128> sought = [.. series];
        var owners = new Dictionary<UInt128, GroupingKey>(sought.Count);
        foreach (MetricGroup group in sought.Count == 0 ? [] : snapshot.Groups)
        {
            foreach (ref readonly StoredFamily family in group.Families)
            {
                foreach (UInt128 hash in family.Series)
                {
                    if (sought.Contains(hash))
                    {
                        owners.Add(hash, group.Key);
                    }
                }
            }
        }
        return owners;
    }
}

/// <summary>Decides which type wins for each name of a snapshot, if groups disagree.</summary>
internal sealed class TypeResolution
{
    private readonly Dictionary<Utf8String, ReservedFamily> _reserved;
    private readonly Dictionary<Utf8String, MetricType> _types;

    /// <summary>Why families of a name and type lose.</summary>
    private readonly Dictionary<(Utf8String Name, MetricType Type), string> _rejections = [];

    private TypeResolution(IEnumerable<ReservedFamily> reserved)
    {
        _reserved = reserved.ToDictionary(family => family.Name);
        _types = _reserved.ToDictionary(pair => pair.Key, pair => pair.Value.Type);
    }

    public static TypeResolution Of(StoreSnapshot snapshot, IEnumerable<ReservedFamily> reserved)
    {
        var resolution = new TypeResolution(reserved);
        foreach (Candidate candidate in snapshot.Families().SelectMany(Candidates)
            .OrderByDescending(candidate => candidate.Groups)
            .ThenByDescending(candidate => candidate.PushedAt)
            .ThenBy(candidate => candidate.Header.Name)
            .ThenBy(candidate => candidate.Header.Type))
        {
            if (resolution.Resolve(candidate) is { } rejection)
            {
                resolution._rejections.Add((candidate.Header.Name, candidate.Header.Type), rejection);
            }
        }
        return resolution;
    }

    /// <summary>Why a family loses; null if it wins.</summary>
    public string? FindRejection(FamilyHeader family) =>
        _reserved.TryGetValue(family.Name, out ReservedFamily? reserved)
            ? FullConsistencyCheck.ReservedConflict(family, reserved)?.DescribeFamily()
            : _rejections.GetValueOrDefault((family.Name, family.Type));

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

    /// <param name="Groups">The number of groups that have it.</param>
    /// <param name="PushedAt">The last time that one of them pushed it.</param>
    private readonly record struct Candidate(FamilyHeader Header, int Groups, long PushedAt);
}
