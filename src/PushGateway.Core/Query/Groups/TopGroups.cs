using PushGateway.Core.Store;

namespace PushGateway.Core.Query.Groups;

/// <summary>The sort key of a group: by number, then by text.</summary>
internal readonly record struct GroupRank(double Number, Utf8String Text) : IComparable<GroupRank>
{
    public int CompareTo(GroupRank other)
    {
        int order = Number.CompareTo(other.Number);
        return order != 0 ? order : Text.CompareTo(other.Text);
    }
}

/// <summary>The first groups by rank of those added; equal ranks stay in the order of their addition.</summary>
internal sealed class TopGroups(long count, bool isDescending)
{
    /// <summary>Number of surplus groups before the last ones are dropped.</summary>
    private const int MaxSurplus = 1024;

    private readonly List<Candidate> _candidates = [];
    private int _added;
    private bool _isSorted = true;

    public void Add(MetricGroup group, GroupRank rank)
    {
        var candidate = new Candidate(rank, _added++, group);
        bool isLast = _candidates.Count == 0 || Compare(candidate, _candidates[^1]) > 0;
        if (count == 0 || (_isSorted && isLast && _candidates.Count >= count))
        {
            return;
        }
        _isSorted &= isLast;
        _candidates.Add(candidate);
        if (_candidates.Count >= (2 * count) + MaxSurplus)
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
    }

    private int Compare(Candidate one, Candidate other)
    {
        int order = one.Rank.CompareTo(other.Rank);
        return order == 0 ? one.Order.CompareTo(other.Order) : isDescending ? -order : order;
    }

    private readonly record struct Candidate(GroupRank Rank, int Order, MetricGroup Group);
}
