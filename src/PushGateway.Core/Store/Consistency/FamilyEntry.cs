namespace PushGateway.Core.Store.Consistency;

/// <summary>The types and helps that groups have for a name, each with the number of groups.</summary>
internal sealed class FamilyEntry
{
    private HeaderCount _first;

    /// <summary>Null if all groups have the same type and help, which is nearly always the case.</summary>
    private LaterHeaders? _others;

    /// <param name="header">The header of the first group, in its own memory.</param>
    public FamilyEntry(FamilyHeader header) => _first = new HeaderCount(header);

    public Utf8String Name => _first.Header.Name;

    public MetricType Type => _first.Header.Type;

    /// <summary>Each header with the number of groups that have it.</summary>
    public IEnumerable<(FamilyHeader Header, int Groups)> Counts() =>
        (_others?.All ?? []).Prepend(_first).Select(count => (count.Header, count.Groups));

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
            _others ??= new LaterHeaders();
            _others.Add(count);
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
            _others!.Remove(count);
        }
        else if (_others is { IsEmpty: false })
        {
            _first = _others.TakeOldest();
        }
        return _first.Groups == 0;
    }

    private HeaderCount? Find(FamilyHeader header) =>
        ReferenceEquals(_first.Header, header) || _first.Header == header ? _first : _others?.Find(header);

    /// <summary>Whether a group has the help, with any type.</summary>
    private bool HasHelp(Utf8String? help) =>
        Enum.GetValues<MetricType>().Any(type => Find(new FamilyHeader(Name, type, help)) is not null);

    private sealed class HeaderCount(FamilyHeader header)
    {
        public FamilyHeader Header => header;

        public int Groups { get; set; }
    }

    /// <summary>The headers that came after the first, in the order of their arrival. Each operation takes constant time.</summary>
    /// <remarks>A dictionary alone would find its oldest entry only by passing all removed ones.</remarks>
    private sealed class LaterHeaders
    {
        private readonly LinkedList<HeaderCount> _order = [];
        private readonly Dictionary<FamilyHeader, LinkedListNode<HeaderCount>> _nodes = [];

        public bool IsEmpty => _nodes.Count == 0;

        public IEnumerable<HeaderCount> All => _order;

        public HeaderCount? Find(FamilyHeader header) => _nodes.GetValueOrDefault(header)?.Value;

        public void Add(HeaderCount count) => _nodes.Add(count.Header, _order.AddLast(count));

        public void Remove(HeaderCount count)
        {
            _nodes.Remove(count.Header, out LinkedListNode<HeaderCount>? node);
            _order.Remove(node!);
        }

        public HeaderCount TakeOldest()
        {
            HeaderCount oldest = _order.First!.Value;
            Remove(oldest);
            return oldest;
        }
    }
}
