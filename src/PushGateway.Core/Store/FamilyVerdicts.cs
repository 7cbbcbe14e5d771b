using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

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
            if (verdicts.Judge(candidate) is { } refusal)
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

    private string? Judge(Candidate candidate)
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
