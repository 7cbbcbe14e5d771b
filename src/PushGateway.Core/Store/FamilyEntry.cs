using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>What the index knows of a name: the types and helps that groups have for it, and how many groups.</summary>
internal sealed class FamilyEntry(Utf8String name)
{
    /// <summary>One, but for names with several types or helps.</summary>
    private readonly List<HeaderCount> _headers = new(1);

    public Utf8String Name => name;

    /// <summary>The type of the first that has metrics; null if none has.</summary>
    public MetricType? Type
    {
        get
        {
            foreach (HeaderCount count in _headers)
            {
                if (count.WithMetrics > 0)
                {
                    return count.Header.Type;
                }
            }
            return null;
        }
    }

    /// <summary>Each header, how many groups have it, and how many of them have metrics for it.</summary>
    public IEnumerable<(FamilyHeader Header, int Groups, int WithMetrics)> Counts() =>
        _headers.Select(count => (count.Header, count.Groups, count.WithMetrics));

    /// <summary>Counts a family in and gives the shared header that is equal to its own.</summary>
    public FamilyHeader Add(FamilyHeader header, bool hasMetrics, List<HelpConflict> helps)
    {
        HeaderCount? count = Find(header);
        if (count is null)
        {
            count = new HeaderCount(new FamilyHeader(name, header.Type, header.Help?.Copy()));
            if (_headers.Count > 0 && !_headers.Exists(other => HelpOf(other) == HelpOf(count)))
            {
                helps.Add(new HelpConflict(name, HelpOf(count), HelpOf(_headers[0])));
            }
            _headers.Add(count);
        }
        count.Groups++;
        count.WithMetrics += hasMetrics ? 1 : 0;
        return count.Header;
    }

    /// <summary>Counts a family out. True if no group is left.</summary>
    public bool Remove(FamilyHeader header, bool hasMetrics)
    {
        HeaderCount count = Find(header)!;
        count.WithMetrics -= hasMetrics ? 1 : 0;
        if (--count.Groups == 0)
        {
            _headers.Remove(count);
        }
        return _headers.Count == 0;
    }

    private HeaderCount? Find(FamilyHeader header) =>
        _headers.Find(count => ReferenceEquals(count.Header, header) || count.Header == header);

    private static Utf8String HelpOf(HeaderCount count) => count.Header.Help ?? default;

    private sealed class HeaderCount(FamilyHeader header)
    {
        public FamilyHeader Header => header;

        public int Groups { get; set; }

        public int WithMetrics { get; set; }
    }
}
