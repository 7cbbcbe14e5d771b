using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>What the index knows of a name: which types and helps groups have for it, and in how many groups.</summary>
internal sealed class FamilyEntry
{
    private HeaderCount _first;

    /// <summary>Null but for names with several types or helps.</summary>
    private Dictionary<FamilyHeader, HeaderCount>? _others;

    /// <param name="header">The header of the first group, with memory of its own.</param>
    public FamilyEntry(FamilyHeader header) => _first = new HeaderCount(header);

    public Utf8String Name => _first.Header.Name;

    public MetricType Type => _first.Header.Type;

    /// <summary>Each header, and how many groups have it.</summary>
    public IEnumerable<(FamilyHeader Header, int Groups)> Counts() =>
        (_others?.Values ?? Enumerable.Empty<HeaderCount>()).Prepend(_first).Select(count => (count.Header, count.Groups));

    /// <summary>Counts a group in and gives the shared header that is equal to its own.</summary>
    public FamilyHeader Add(FamilyHeader header, List<HelpConflict> helps)
    {
        HeaderCount? count = Find(header);
        if (count is null)
        {
            count = new HeaderCount(new FamilyHeader(Name, header.Type, header.Help?.Copy()));
            if (!HasHelp(header.Help))
            {
                helps.Add(new HelpConflict(Name, count.Header.Help ?? default, _first.Header.Help ?? default));
            }
            _others ??= [];
            _others.Add(count.Header, count);
        }
        count.Groups++;
        return count.Header;
    }

    /// <summary>Counts a group out. True if none is left.</summary>
    public bool Remove(FamilyHeader header)
    {
        HeaderCount count = Find(header)!;
        if (--count.Groups > 0)
        {
            return false;
        }
        if (count != _first)
        {
            _others!.Remove(header);
        }
        else if (_others is { Count: > 0 })
        {
            _first = _others.Values.First();
            _others.Remove(_first.Header);
        }
        return _first.Groups == 0;
    }

    private HeaderCount? Find(FamilyHeader header) =>
        ReferenceEquals(_first.Header, header) || _first.Header == header ? _first : _others?.GetValueOrDefault(header);

    /// <summary>Whether a group has the help, under any type.</summary>
    private bool HasHelp(Utf8String? help) =>
        Enum.GetValues<MetricType>().Any(type => Find(new FamilyHeader(Name, type, help)) is not null);

    private sealed class HeaderCount(FamilyHeader header)
    {
        public FamilyHeader Header => header;

        public int Groups { get; set; }
    }
}
