using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using PushGateway.Core.Model;

namespace PushGateway.Metrics;

/// <summary>
/// What one instrument has measured: a series for each set of tags. Recording into a series that exists does not
/// allocate: it is found by the caller's span of tags.
/// </summary>
internal sealed class InstrumentFamily
{
    private readonly InstrumentHeader _header;
    private readonly Func<Label[], Series> _newSeries;
    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], Series> _series =
        new(TagSetComparer.Instance);

    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], Series>
        .AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _seriesByTags;

    public InstrumentFamily(Instrument instrument, InstrumentHeader header, TimeProvider time)
    {
        _header = header;
        _newSeries = SeriesOf(instrument, header.Type, time);
        _seriesByTags = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
    }

    public void Record(double measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_seriesByTags.TryGetValue(tags, out Series? series))
        {
            series = _series.GetOrAdd(tags.ToArray(), static (tags, create) => create(LabelsOf(tags)), _newSeries);
        }

        series.Record(measurement);
    }

    /// <summary>Forgets all series.</summary>
    public void Clear() => _series.Clear();

    /// <summary>The family with its metrics in no particular order; null while it has none.</summary>
    public MetricFamily? Read()
    {
        var family = new MetricFamily
        {
            Name = new Utf8String(_header.Name),
            Help = _header.Help is { } help ? new Utf8String(help) : null,
            Type = _header.Type,
        };
        foreach ((KeyValuePair<string, object?>[] _, Series? series) in _series)
        {
            family.Metrics.Add(series.Read());
        }

        return family.Metrics.Count > 0 ? family : null;
    }

    private static Func<Label[], Series> SeriesOf(Instrument instrument, MetricType type, TimeProvider time)
    {
        Type kind = instrument.GetType().GetGenericTypeDefinition();
        return type == MetricType.Summary ? labels => new SummarySeries(labels, time)
            : kind == typeof(Counter<>) ? labels => new SumSeries(labels, type, time.GetUtcNow())
            : kind == typeof(UpDownCounter<>) ? labels => new SumSeries(labels, type, created: null)
            : labels => new LastValueSeries(labels, type);
    }

    /// <summary>Sorted by name.</summary>
    private static Label[] LabelsOf(KeyValuePair<string, object?>[] tags)
    {
        Label[] labels = Array.ConvertAll(tags, static tag => new Label(
            PrometheusName.Sanitize(tag.Key),
            FormattableString.Invariant($"{tag.Value}")));
        Array.Sort(labels, static (left, right) => left.Name.CompareTo(right.Name));
        return labels;
    }
}
