using System.Buffers;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;

namespace PushGateway.Core.Store;

/// <summary>What the families of one name have in common where they agree: shared by all groups that hold them.</summary>
/// <param name="Help">Null where no help was given.</param>
public sealed record FamilyHeader(Utf8String Name, MetricType Type, Utf8String? Help)
{
    /// <summary>The same header in memory of its own.</summary>
    public FamilyHeader Copy() => new(Name.Copy(), Type, Help?.Copy());
}

/// <summary>
/// A family as a group holds it: its sample lines as they are scraped, rendered when it was pushed. Immutable, and owns
/// its memory.
/// </summary>
/// <remarks>
/// What the lines do not tell (the order of the push, native histograms, exemplars) is kept beside them only where there
/// is something to tell, so that <see cref="Decode"/> gives back the family as it was pushed.
/// </remarks>
public sealed class StoredFamily
{
    /// <summary>A scratch buffer that a large family has grown beyond this is not kept.</summary>
    private const int MaxKeptScratchBytes = 1 << 20;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _scratch;

    private readonly int[]? _pushOrder;
    private readonly byte[]? _exact;

    private StoredFamily(MetricFamily family, int[]? pushOrder, byte[] lines, byte[]? exact, UInt128[] series)
    {
        Header = new FamilyHeader(family.Name, family.Type, family.Help);
        _pushOrder = pushOrder;
        _exact = exact;
        Lines = lines;
        Series = series;
        MetricCount = series.Length;
    }

    /// <summary>The index replaces it by one that is shared, and does not view the request body.</summary>
    public FamilyHeader Header { get; internal set; }

    public Utf8String Name => Header.Name;

    /// <summary>When it was pushed, in nanoseconds since 1970.</summary>
    public required long PushedAt { get; init; }

    /// <summary>The sample lines in the text format, sorted, with names unescaped.</summary>
    public byte[] Lines { get; }

    /// <summary>The hash of each metric's name and labels, in the order of the push.</summary>
    public UInt128[] Series { get; private set; }

    public int MetricCount { get; }

    /// <summary>Whether it has names that only a reader of <see cref="NameEscaping.None"/> can be shown as they are.</summary>
    public bool HasNamesToEscape { get; private init; }

    /// <summary>Whether it has a metric that <see cref="MetricCheck"/> finds at fault.</summary>
    public bool HasFaults { get; private init; }

    /// <summary>Renders a family whose metrics have all their labels, sorted by name.</summary>
    internal static StoredFamily Render(MetricFamily family, GroupingKey key, long pushedAt, bool hasFaults)
    {
        int[]? order = MetricOrder.Sort(family.Metrics);
        ArrayBufferWriter<byte> scratch = _scratch ??= new ArrayBufferWriter<byte>();
        scratch.ResetWrittenCount();
        bool namesArePlain = TextFidelity.HasPlainNames(family);
        TextExposition.WriteSamples(order is null ? family : Reorder(family, order), scratch, namesArePlain);
        byte[] lines = scratch.WrittenSpan.ToArray();
        if (scratch.Capacity > MaxKeptScratchBytes)
        {
            _scratch = null;
        }
        UInt128[] series = HashSeries(family, key);
        bool isExact = namesArePlain && !hasFaults && TextFidelity.IsExact(family, series);
        byte[]? exact = isExact ? null : Encode(family);
        return new StoredFamily(family, order, lines, exact, series)
        {
            PushedAt = pushedAt,
            HasFaults = hasFaults,
            HasNamesToEscape = !namesArePlain && NamesNeedEscaping(family),
        };
    }

    /// <summary>
    /// Whether each of <see cref="Lines"/> is a whole metric with plain names, and tells all there is to tell.
    /// </summary>
    internal bool IsLinePerMetric =>
        _exact is null && Header.Type is (MetricType.Counter or MetricType.Gauge or MetricType.Untyped);

    /// <summary>Where each metric of the push is found among the lines; null where it is in the same place.</summary>
    internal int[]? PushOrder => _pushOrder;

    /// <summary>
    /// Takes over what the index knows of an older form of the family, if it is true of this one, too.
    /// </summary>
    internal bool TryShareIndexed(StoredFamily older)
    {
        if (HasFaults || older.HasFaults || Header != older.Header || !Series.AsSpan().SequenceEqual(older.Series))
        {
            return false;
        }
        Header = older.Header;
        Series = older.Series;
        return true;
    }

    /// <summary>The family with its metrics in the order of the push.</summary>
    public MetricFamily Decode()
    {
        if (_exact is not null)
        {
            return DecodeExact(_exact);
        }
        MetricFamily family = ParseLines();
        if (_pushOrder is null)
        {
            return family;
        }
        var pushed = new Metric[family.Metrics.Count];
        for (int i = 0; i < pushed.Length; i++)
        {
            pushed[_pushOrder[i]] = family.Metrics[i];
        }
        return WithMetrics(family, [.. pushed]);
    }

    /// <summary>The family with its metrics in the order of the exposition.</summary>
    public MetricFamily DecodeSorted()
    {
        if (_exact is null)
        {
            return ParseLines();
        }
        MetricFamily family = DecodeExact(_exact);
        return _pushOrder is null ? family : Reorder(family, _pushOrder);
    }

    private static bool NamesNeedEscaping(MetricFamily family) =>
        !NameRules.IsLegacyMetricName(family.Name.Span)
        || family.Metrics.Exists(metric =>
            metric.Labels.Any(label => !NameRules.IsLegacyMetricName(label.Name.Span)));

    /// <summary>The labels of the key, which all metrics have, are hashed but once.</summary>
    private static UInt128[] HashSeries(MetricFamily family, GroupingKey key)
    {
        UInt128 nameHash = SeriesHash.OfName(family.Name.Span);
        var series = new UInt128[family.Metrics.Count];
        for (int i = 0; i < series.Length; i++)
        {
            series[i] = nameHash + key.HashLabels(family.Metrics[i].Labels);
        }
        return series;
    }

    private static MetricFamily Reorder(MetricFamily family, int[] order) =>
        WithMetrics(family, [.. order.Select(i => family.Metrics[i])]);

    private static MetricFamily WithMetrics(MetricFamily family, List<Metric> metrics) => new()
    {
        Name = family.Name,
        Type = family.Type,
        Help = family.Help,
        Unit = family.Unit,
        Metrics = metrics,
    };

    private static byte[] Encode(MetricFamily family)
    {
        var message = new ArrayBufferWriter<byte>();
        ProtobufExposition.Write(family, message);
        return message.WrittenSpan.ToArray();
    }

    private static MetricFamily DecodeExact(byte[] exact) =>
        ProtobufParser.TryParse(exact, out List<MetricFamily>? families, out PushError? error) && families.Count == 1
            ? families[0]
            : throw new InvalidOperationException($"a stored family does not decode: {error}");

    /// <summary>Reads the lines back, under a TYPE line that says how to put them together.</summary>
    private MetricFamily ParseLines()
    {
        var text = new ArrayBufferWriter<byte>(Lines.Length + 128);
        TextExposition.WriteHeader(Name, Header.Type, help: null, text);
        text.Write(Lines);
        if (!TextParser.TryParse(text.WrittenMemory, NameValidation.Utf8, out List<MetricFamily>? families, out PushError? error)
            || families.Count != 1)
        {
            throw new InvalidOperationException($"the lines of a stored family do not parse: {error}");
        }
        MetricFamily family = families[0];
        family.Type = Header.Type;
        family.Help = Header.Help;
        return family;
    }
}
