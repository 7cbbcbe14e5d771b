using System.Globalization;

namespace PushGateway.Core.Parsing;

/// <content>Values of samples, timestamps and exemplars.</content>
internal sealed partial class OpenMetricsBuilder
{
    /// <summary>Above this, doubles cannot represent all integers.</summary>
    private const double MaxExactCount = 1L << 53;

    /// <summary>Sets the value of a sample, except that of <c>_created</c>.</summary>
    /// <param name="text">The value as text, which can have more digits.</param>
    public string? SetValue(double value, ReadOnlySpan<byte> text)
    {
        switch (_family!.Type)
        {
            case OpenMetricsType.Histogram or OpenMetricsType.GaugeHistogram:
                return SetHistogram(value, text);
            case OpenMetricsType.Summary:
                return SetSummary(value, text);
            default:
                if (_metric!.ValueType is not null)
                {
                    return Once();
                }
                _metric.ValueType = _family.Type.Stored();
                _metric.Number = value;
                return OpenMetricsValueRules.FindFault(_family.Type, value);
        }
    }

    /// <summary>Sets the value of <c>_created</c>.</summary>
    public string? SetCreated(Timestamp time)
    {
        Metric metric = _metric!;
        Timestamp? before;
        switch (_family!.Type)
        {
            case OpenMetricsType.Counter:
                before = metric.Created;
                metric.Created = time;
                break;
            case OpenMetricsType.Summary:
                before = SummaryOf(metric).Created;
                metric.Summary!.Created = time;
                break;
            default:
                before = HistogramOf(metric).Created;
                metric.Histogram!.Created = time;
                break;
        }
        return before is null ? null : Once();
    }

    public void SetTimestamp(Timestamp time) =>
        _metric!.TimestampMs = (time.Seconds * 1000) + (time.Nanos / 1_000_000);

    /// <summary>Sets the exemplar of a sample with a value.</summary>
    public string? SetExemplar(Exemplar exemplar)
    {
        if (!_labels.Limits.AddExemplar() || !_labels.Limits.AddParts(exemplar.Labels.Count))
        {
            return _labels.Limits.Excess!.Message;
        }
        if (_role == SampleRole.Bucket)
        {
            List<Bucket> buckets = _metric!.Histogram!.Buckets;
            buckets[^1] = buckets[^1] with { Exemplar = exemplar };
        }
        else
        {
            _metric!.Exemplar = exemplar;
        }
        return null;
    }

    private string? SetHistogram(double value, ReadOnlySpan<byte> text)
    {
        Histogram histogram = HistogramOf(_metric!);
        bool isSet = _role == SampleRole.Count ? OpenMetricsValueRules.HasCount(histogram)
            : _role == SampleRole.Sum && histogram.SampleSum is not null;
        if (isSet)
        {
            return Once();
        }
        if (_role == SampleRole.Bucket && !_labels.Limits.AddParts(1))
        {
            return _labels.Limits.Excess!.Message;
        }
        if (OpenMetricsValueRules.FindFault(histogram, _role, _labels.Bound, value) is { } expected)
        {
            return expected;
        }
        DistributionBuilder.Set(histogram, _role, _labels.Bound, value);
        if (IsInexact(value, text, out ulong count))
        {
            SetExact(histogram, count);
        }
        return null;
    }

    /// <summary>Whether a count has more digits than a double can represent.</summary>
    private static bool IsInexact(double value, ReadOnlySpan<byte> text, out ulong count)
    {
        count = 0;
        return value >= MaxExactCount && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }

    private void SetExact(Histogram histogram, ulong count)
    {
        if (_role == SampleRole.Bucket)
        {
            histogram.Buckets[^1] = new Bucket(histogram.Buckets[^1].UpperBound) { CumulativeCount = count };
        }
        else if (_role == SampleRole.Count)
        {
            (histogram.SampleCount, histogram.SampleCountFloat) = (count, null);
        }
    }

    private string? SetSummary(double value, ReadOnlySpan<byte> text)
    {
        Summary summary = SummaryOf(_metric!);
        bool isSet = _role == SampleRole.Count ? summary.SampleCount is not null
            : _role == SampleRole.Sum && summary.SampleSum is not null;
        if (isSet)
        {
            return Once();
        }
        if (_role == SampleRole.Value && !_labels.Limits.AddParts(1))
        {
            return _labels.Limits.Excess!.Message;
        }
        DistributionBuilder.Set(summary, _role, _labels.Bound, value);
        if (_role == SampleRole.Count && IsInexact(value, text, out ulong count))
        {
            summary.SampleCount = count;
            return null;
        }
        return OpenMetricsValueRules.FindFault(_role, _labels.Bound, value);
    }

    private Histogram HistogramOf(Metric metric)
    {
        metric.ValueType = MetricType.Histogram;
        return metric.Histogram ??= DistributionBuilder.NewHistogram(
            _family!.Stored!.Metrics is [.., Metric previous, _] ? previous.Histogram : null);
    }

    private static Summary SummaryOf(Metric metric)
    {
        metric.ValueType = MetricType.Summary;
        return metric.Summary ??= new Summary();
    }
}
