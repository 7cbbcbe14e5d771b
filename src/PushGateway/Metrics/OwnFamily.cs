using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace PushGateway.Metrics;

/// <summary>One of the gateway's own metric families, read at each scrape.</summary>
internal interface IOwnFamily
{
    /// <summary>The family, with its metrics in no particular order. Null while it has none.</summary>
    MetricFamily? Read();
}

/// <summary>
/// One of the gateway's own metric families: a series for each list of label values, created at its first use. Thread-safe.
/// Finding an existing series does not allocate.
/// </summary>
/// <param name="labelNames">Sorted.</param>
internal sealed class OwnFamily<T>(string name, MetricType type, string help, string[] labelNames, Func<T> create) : IOwnFamily
    where T : Series
{
    private readonly Utf8String _name = new(name);
    private readonly Utf8String _help = new(help);
    private readonly ConcurrentDictionary<string[], T> _series = new(LabelValueComparer.Instance);

    /// <summary>The series of a family without labels.</summary>
    public T Single => WithLabels([]);

    /// <summary>The series with these values, in the order of the names.</summary>
    public T WithLabels(ReadOnlySpan<string> values) =>
        _series.GetAlternateLookup<ReadOnlySpan<string>>().TryGetValue(values, out T? series)
            ? series
            : _series.GetOrAdd(values.ToArray(), static (_, create) => create(), create);

    public MetricFamily? Read()
    {
        var family = new MetricFamily { Name = _name, Help = _help, Type = type };
        foreach ((string[] values, T series) in _series)
        {
            Metric metric = series.Read();
            metric.ValueType = type;
            metric.Labels = labelNames.Zip(values, static (label, value) => new Label(label, value)).ToArray();
            family.Metrics.Add(metric);
        }
        return family.Metrics.Count > 0 ? family : null;
    }
}

/// <summary>Compares lists of label values.</summary>
file sealed class LabelValueComparer : IEqualityComparer<string[]>, IAlternateEqualityComparer<ReadOnlySpan<string>, string[]>
{
    public static readonly LabelValueComparer Instance = new();

    public bool Equals(string[]? x, string[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] string[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<string> alternate, string[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<string> alternate)
    {
        int hash = 0;
        foreach (string value in alternate)
        {
            hash = HashCode.Combine(hash, value.GetHashCode());
        }
        return hash;
    }

    public string[] Create(ReadOnlySpan<string> alternate) => alternate.ToArray();
}
