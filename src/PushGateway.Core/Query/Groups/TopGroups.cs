using PushGateway.Core.Store;

namespace PushGateway.Core.Query.Groups;

/// <summary>The sort key of a group: by number, then by text in natural order.</summary>
internal readonly record struct GroupRank(double Number, Utf8String Text) : IComparable<GroupRank>
{
    public int CompareTo(GroupRank other)
    {
        int order = Number.CompareTo(other.Number);
        return order != 0 ? order : NaturalOrder.Comparer.Compare(Text, other.Text);
    }
}

/// <summary>The first of the added groups by rank. Groups of equal rank are in the natural order of their keys.</summary>
internal sealed class TopGroups(long count, bool isDescending)
{
    /// <summary>The number of surplus groups at which the last ones are dropped.</summary>
    private const int MaxSurplus = 1024;

    private readonly List<Candidate> _candidates = [];
    private bool _isSorted = true;

    /// <summary>The last of the requested number of groups, or one after it; null while there are fewer groups.</summary>
    private Candidate? _last;

    public void Add(MetricGroup group, GroupRank rank)
    {
        var candidate = new Candidate(rank, group);
        if (count == 0 || (_last is { } last && Compare(candidate, last) >= 0))
        {
            return;
        }
        _isSorted &= _candidates.Count == 0 || Compare(candidate, _candidates[^1]) > 0;
        _candidates.Add(candidate);
        if (_candidates.Count >= (_isSorted ? count : (2 * count) + MaxSurplus))
        {
            Sort();
        }
    }

    public IEnumerable<MetricGroup> From(int offset)
    {
        Sort();
        return _candidates.Skip(offset).Select(candidate => candidate.Group);
    }

    private void Sort()
    {
        if (!_isSorted)
        {
            _candidates.Sort(Compare);
            _isSorted = true;
        }
        if (_candidates.Count > count)
        {
            _candidates.RemoveRange((int)count, _candidates.Count - (int)count);
        }
        if (_candidates.Count > 0 && _candidates.Count == count)
        {
            _last = _candidates[^1];
        }
    }

    private int Compare(Candidate one, Candidate other)
    {
        int order = one.Rank.CompareTo(other.Rank);
        return order == 0 ? NaturalOrder.Comparer.Compare(one.Group.Key, other.Group.Key) : isDescending ? -order : order;
    }

    private readonly record struct Candidate(GroupRank Rank, MetricGroup Group);
}
