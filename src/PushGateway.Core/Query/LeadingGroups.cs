using PushGateway.Core.Store;

namespace PushGateway.Core.Query;

/// <summary>The first so many of the groups that are added; those of the same rank in the order in which they came.</summary>
internal sealed class LeadingGroups(long count)
{
    /// <summary>So many more are gathered before the last ones are dropped.</summary>
    private const int Slack = 1024;

    private readonly List<Candidate> _candidates = [];
    private int _added;
    private bool _isSorted = true;

    public void Add(MetricGroup group, double rank)
    {
        if (_isSorted && _candidates.Count >= count)
        {
            // All of one rank, as in the order of expositions: the first ones stay.
            if (count == 0 || rank >= _candidates[^1].Rank)
            {
                return;
            }
        }
        _isSorted &= _candidates.Count == 0 || rank >= _candidates[^1].Rank;
        _candidates.Add(new Candidate(rank, _added++, group));
        if (_candidates.Count >= (2 * count) + Slack)
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
        _candidates.Sort();
        _isSorted = true;
        if (_candidates.Count > count)
        {
            _candidates.RemoveRange((int)count, _candidates.Count - (int)count);
        }
    }

    private readonly record struct Candidate(double Rank, int Order, MetricGroup Group) : IComparable<Candidate>
    {
        public int CompareTo(Candidate other)
        {
            int order = Rank.CompareTo(other.Rank);
            return order != 0 ? order : Order.CompareTo(other.Order);
        }
    }
}
