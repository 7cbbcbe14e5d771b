namespace PushGateway.Core.Exposition;

internal enum OpenMetricsForm
{
    /// <summary>With its own type.</summary>
    Typed,

    /// <summary>With the type unknown. A histogram or summary becomes one family for each of its sample names.</summary>
    Unknown,

    LeftOut,
}

/// <summary>How a family appears in OpenMetrics: its names, the suffixes it reserves, and whether it keeps its type.</summary>
internal sealed class OpenMetricsFamily(Utf8String name, MetricType type)
{
    private static readonly byte[] Total = [.. "_total"u8];

    private static readonly byte[][] CounterSuffixes = Suffixes("_total", "_created");
    private static readonly byte[][] SummarySuffixes = Suffixes("_count", "_sum", "_created");
    private static readonly byte[][] HistogramSuffixes = Suffixes("_bucket", "_count", "_sum", "_created");
    private static readonly byte[][] GaugeHistogramSuffixes = Suffixes("_bucket", "_gcount", "_gsum");

    private static readonly (SampleKind Kind, byte[] Suffix)[] SummaryParts =
        [(SampleKind.Value, []), (SampleKind.Sum, SummarySuffixes[1]), (SampleKind.Count, SummarySuffixes[0])];

    private static readonly (SampleKind Kind, byte[] Suffix)[] HistogramParts =
        [(SampleKind.Bucket, HistogramSuffixes[0]), (SampleKind.Sum, HistogramSuffixes[2]), (SampleKind.Count, HistogramSuffixes[1])];

    private static readonly (SampleKind Kind, byte[] Suffix)[] GaugeHistogramParts =
        [(SampleKind.Bucket, HistogramSuffixes[0]), (SampleKind.Sum, GaugeHistogramSuffixes[2]), (SampleKind.Count, GaugeHistogramSuffixes[1])];

    private static readonly byte[][] AllSuffixes =
        [.. CounterSuffixes.Concat(HistogramSuffixes).Concat(GaugeHistogramSuffixes).DistinctBy(Convert.ToHexString)];

    /// <summary>The name in text scrapes, and of samples of single numbers.</summary>
    public Utf8String Name { get; } = name;

    public MetricType Type { get; } = type;

    /// <summary>A counter without the suffix loses its type.</summary>
    public OpenMetricsForm Form { get; set; } =
        type == MetricType.Untyped || (type == MetricType.Counter && !HasTotal(name)) ? OpenMetricsForm.Unknown : OpenMetricsForm.Typed;

    /// <summary>The type to write.</summary>
    public MetricType ShownType => Form == OpenMetricsForm.Typed ? Type : MetricType.Untyped;

    /// <summary>The name in HELP, TYPE and UNIT. For an unknown histogram or summary, without the suffixes of its parts.</summary>
    public Utf8String ShownName =>
        Form == OpenMetricsForm.Typed && Type == MetricType.Counter ? Name.Slice(0, Name.Length - Total.Length) : Name;

    public bool IsDistribution => Type is MetricType.Summary or MetricType.Histogram or MetricType.GaugeHistogram;

    /// <summary>Whether it can become unknown, to reserve fewer names.</summary>
    public bool CanBecomeUnknown => Form == OpenMetricsForm.Typed && (IsDistribution || Type == MetricType.Counter);

    /// <summary>The sample names of a histogram or summary. Each becomes a family if the type becomes unknown.</summary>
    public ReadOnlySpan<(SampleKind Kind, byte[] Suffix)> Parts => Type switch
    {
        MetricType.Summary => SummaryParts,
        MetricType.GaugeHistogram => GaugeHistogramParts,
        _ => HistogramParts,
    };

    /// <summary>The names of the families that are written.</summary>
    public IEnumerable<Utf8String> ShownNames =>
        Form == OpenMetricsForm.LeftOut ? []
        : Form == OpenMetricsForm.Unknown && IsDistribution
            ? [.. Parts.ToArray().Select(part => part.Suffix.Length == 0 ? Name : new Utf8String([.. Name.Span, .. part.Suffix]))]
            : [ShownName];

    /// <summary>Whether samples of the family may have its name with this suffix.</summary>
    public bool Reserves(ReadOnlySpan<byte> suffix)
    {
        if (Form != OpenMetricsForm.Typed)
        {
            return false;
        }
        byte[][] suffixes = Type switch
        {
            MetricType.Counter => CounterSuffixes,
            MetricType.Summary => SummarySuffixes,
            MetricType.Histogram => HistogramSuffixes,
            MetricType.GaugeHistogram => GaugeHistogramSuffixes,
            _ => [],
        };
        foreach (byte[] reserved in suffixes)
        {
            if (suffix.SequenceEqual(reserved))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Makes families unknown, or omits them, until no family has a name that another one has or reserves.</summary>
    /// <remarks>
    /// No suffix ends in another one, so two families clash only if they have the same name, or one the other's with a suffix
    /// that the other reserves.
    /// </remarks>
    public static void Settle(IReadOnlyList<OpenMetricsFamily> families, OpenMetricsConversions conversions)
    {
        while (!TrySettle(families, conversions))
        {
        }
    }

    private static bool TrySettle(IReadOnlyList<OpenMetricsFamily> families, OpenMetricsConversions conversions)
    {
        bool isSettled = true;
        var byName = new Dictionary<Utf8String, OpenMetricsFamily>(families.Count);
        foreach (OpenMetricsFamily family in families)
        {
            foreach (Utf8String name in family.ShownNames)
            {
                if (!byName.TryAdd(name, family))
                {
                    Separate(byName[name], family);
                    conversions.Add(OpenMetricsConversion.NameClash);
                    isSettled = false;
                }
            }
        }
        if (!isSettled)
        {
            return false;
        }
        foreach (Utf8String name in byName.Keys)
        {
            if (FindOwner(name, byName) is { } owner)
            {
                owner.Form = OpenMetricsForm.Unknown;
                conversions.Add(OpenMetricsConversion.NameClash);
                isSettled = false;
            }
        }
        return isSettled;
    }

    /// <summary>Changes one of two families of the same name, preferably a counter, whose name has a suffix.</summary>
    private static void Separate(OpenMetricsFamily first, OpenMetricsFamily second)
    {
        OpenMetricsFamily[] both = [second, first];
        OpenMetricsFamily? changed = Array.Find(both, family => family.CanBecomeUnknown && family.Type == MetricType.Counter)
            ?? Array.Find(both, family => family.CanBecomeUnknown);
        if (changed is null)
        {
            second.Form = OpenMetricsForm.LeftOut;
        }
        else
        {
            changed.Form = OpenMetricsForm.Unknown;
        }
    }

    private static OpenMetricsFamily? FindOwner(Utf8String name, Dictionary<Utf8String, OpenMetricsFamily> byName)
    {
        foreach (byte[] suffix in AllSuffixes)
        {
            if (name.Span.EndsWith(suffix)
                && byName.TryGetValue(name.Slice(0, name.Length - suffix.Length), out OpenMetricsFamily? owner)
                && owner.Reserves(suffix))
            {
                return owner;
            }
        }
        return null;
    }

    private static bool HasTotal(Utf8String name) => name.Length > Total.Length && name.Span.EndsWith(Total);

    private static byte[][] Suffixes(params string[] suffixes) => [.. suffixes.Select(suffix => System.Text.Encoding.ASCII.GetBytes(suffix))];
}

/// <summary>The samples of a metric.</summary>
[Flags]
internal enum SampleKind
{
    /// <summary>A number, or the quantiles of a summary.</summary>
    Value = 1,
    Bucket = 2,
    Sum = 4,
    Count = 8,
    Created = 16,
    All = 31,
}
