namespace PushGateway.Core.Parsing;

/// <summary>The types of OpenMetrics 1.0.</summary>
internal enum OpenMetricsType
{
    Unknown,
    Gauge,
    Counter,
    StateSet,
    Info,
    Histogram,
    GaugeHistogram,
    Summary,
}

/// <summary>The meaning of the types: the names of their samples, and the types that Prometheus stores.</summary>
internal static class OpenMetricsTypes
{
    /// <summary>For each type: its name, the suffixes of its samples with their roles, and the stored type.</summary>
    private static readonly (string Name, (string Text, SampleRole Role)[] Suffixes, MetricType Stored)[] Types =
    [
        ("unknown", [("", SampleRole.Value)], MetricType.Untyped),
        ("gauge", [("", SampleRole.Value)], MetricType.Gauge),
        ("counter", [("_total", SampleRole.Value), ("_created", SampleRole.Created)], MetricType.Counter),
        ("stateset", [("", SampleRole.Value)], MetricType.Gauge),
        ("info", [("_info", SampleRole.Value)], MetricType.Gauge),
        (
            "histogram",
            [
                ("_bucket", SampleRole.Bucket),
                ("_count", SampleRole.Count),
                ("_sum", SampleRole.Sum),
                ("_created", SampleRole.Created),
            ],
            MetricType.Histogram
        ),
        (
            "gaugehistogram",
            [("_bucket", SampleRole.Bucket), ("_gcount", SampleRole.Count), ("_gsum", SampleRole.Sum)],
            MetricType.GaugeHistogram
        ),
        (
            "summary",
            [
                ("", SampleRole.Value),
                ("_count", SampleRole.Count),
                ("_sum", SampleRole.Sum),
                ("_created", SampleRole.Created),
            ],
            MetricType.Summary
        ),
    ];

    private static readonly (byte[] Bytes, SampleRole Role)[][] Suffixes = Array.ConvertAll(
        Types, type => Array.ConvertAll(type.Suffixes, suffix => (suffix.Text.Select(c => (byte)c).ToArray(), suffix.Role)));

    public static string Name(this OpenMetricsType type) => Types[(int)type].Name;

    public static MetricType Stored(this OpenMetricsType type) => Types[(int)type].Stored;

    public static bool TryFind(Utf8String name, out OpenMetricsType type)
    {
        type = OpenMetricsType.Unknown;
        for (int i = 0; i < Types.Length; i++)
        {
            if (name.Span.SequenceEqual(NameBytes[i]))
            {
                type = (OpenMetricsType)i;
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether any type has samples with this suffix. Each suffix has one underscore.</summary>
    public static bool HasSuffix(ReadOnlySpan<byte> suffix) =>
        suffix.Length is >= 4 and <= 8 && (OpenMetricsType.Histogram.RoleOf(suffix)
            ?? OpenMetricsType.Counter.RoleOf(suffix)
            ?? OpenMetricsType.GaugeHistogram.RoleOf(suffix)
            ?? OpenMetricsType.Info.RoleOf(suffix)) is not null;

    /// <summary>The role of a sample, by its name's suffix after the family's name. Null if it does not belong to the family.</summary>
    public static SampleRole? RoleOf(this OpenMetricsType type, ReadOnlySpan<byte> suffix)
    {
        foreach ((byte[] bytes, SampleRole role) in Suffixes[(int)type])
        {
            if (suffix.SequenceEqual(bytes))
            {
                return role;
            }
        }
        return null;
    }

    /// <summary>The names of the samples of a family.</summary>
    public static IEnumerable<Utf8String> SampleNames(this OpenMetricsType type, Utf8String family) =>
        Suffixes[(int)type].Select(suffix => suffix.Bytes.Length == 0
            ? family
            : new Utf8String([.. family.Span, .. suffix.Bytes]));

    private static readonly byte[][] NameBytes = Array.ConvertAll(Types, type => type.Name.Select(c => (byte)c).ToArray());
}
