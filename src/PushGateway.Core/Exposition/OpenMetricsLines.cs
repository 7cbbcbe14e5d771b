namespace PushGateway.Core.Exposition;

/// <summary>The lines of one metric in OpenMetrics.</summary>
/// <param name="kinds">Which samples to write.</param>
internal readonly ref struct OpenMetricsLines(
    OpenMetricsFamily family, Metric metric, SampleKind kinds, OpenMetricsConversions conversions)
{
    /// <summary>2^64, beyond which a float count is written as a float.</summary>
    private const double CountLimit = 18446744073709551616.0;

    private readonly SampleText.Parts _line = new(family.Name, metric.Labels, namesArePlain: false);
    private readonly bool _isTyped = family.Form == OpenMetricsForm.Typed;

    public void Write(ref ByteWriter writer)
    {
        switch (family.Type)
        {
            case MetricType.Summary:
                Write(ref writer, metric.Summary ?? new Summary());
                break;
            case MetricType.Histogram or MetricType.GaugeHistogram:
                Write(ref writer, metric.Histogram ?? new Histogram());
                break;
            default:
                WriteNumber(ref writer);
                break;
        }
    }

    private void WriteNumber(ref ByteWriter writer)
    {
        bool isCounter = _isTyped && family.Type == MetricType.Counter;
        if (isCounter && !OpenMetricsRules.IsCounterValue(metric.Number))
        {
            conversions.Add(OpenMetricsConversion.CounterValue);
            return;
        }
        Begin(ref writer, _line, default);
        writer.WriteFloat(metric.Number);
        End(ref writer, metric.Exemplar, isCounter);
        if (isCounter)
        {
            WriteCreated(ref writer, new(family.ShownName, metric.Labels, namesArePlain: false), metric.Created);
        }
    }

    private void Write(ref ByteWriter writer, Summary summary)
    {
        if (kinds.HasFlag(SampleKind.Value))
        {
            HashSet<double>? written = _isTyped ? null : [];
            foreach (Quantile quantile in summary.Quantiles)
            {
                if (written?.Add(quantile.Rank) != false)
                {
                    Begin(ref writer, default, "quantile"u8, quantile.Rank);
                    writer.WriteFloat(quantile.Value);
                    End(ref writer);
                }
            }
        }
        WriteSumAndCount(ref writer, summary.SampleSum ?? 0, summary.SampleCount ?? 0, countFloat: null);
        WriteCreated(ref writer, _line, summary.Created);
    }

    private void Write(ref ByteWriter writer, Histogram histogram)
    {
        if (kinds.HasFlag(SampleKind.Bucket))
        {
            WriteBuckets(ref writer, histogram);
        }
        WriteSumAndCount(ref writer, histogram.SampleSum ?? 0, histogram.SampleCount ?? 0, histogram.SampleCountFloat);
        if (family.Type == MetricType.Histogram)
        {
            WriteCreated(ref writer, _line, histogram.Created);
        }
    }

    private void WriteBuckets(ref ByteWriter writer, Histogram histogram)
    {
        HashSet<double>? written = _isTyped ? null : [];
        bool hasInfinity = false;
        foreach (Bucket bucket in histogram.Buckets)
        {
            if (written?.Add(bucket.UpperBound) != false)
            {
                Begin(ref writer, "_bucket"u8, "le"u8, bucket.UpperBound);
                WriteCount(ref writer, bucket.CumulativeCount ?? 0, bucket.CumulativeCountFloat);
                End(ref writer, bucket.Exemplar, _isTyped);
            }
            hasInfinity |= double.IsPositiveInfinity(bucket.UpperBound);
        }
        if (!hasInfinity)
        {
            Begin(ref writer, "_bucket"u8, "le"u8, double.PositiveInfinity);
            WriteCount(ref writer, histogram.SampleCount ?? 0, histogram.SampleCountFloat);
            End(ref writer);
        }
    }

    private void WriteSumAndCount(ref ByteWriter writer, double sum, ulong count, double? countFloat)
    {
        bool isGauge = family.Type == MetricType.GaugeHistogram;
        if (kinds.HasFlag(SampleKind.Sum))
        {
            Begin(ref writer, _line, isGauge ? "_gsum"u8 : "_sum"u8);
            writer.WriteFloat(sum);
            End(ref writer);
        }
        if (kinds.HasFlag(SampleKind.Count))
        {
            Begin(ref writer, _line, isGauge ? "_gcount"u8 : "_count"u8);
            WriteCount(ref writer, count, countFloat);
            End(ref writer);
        }
    }

    private void WriteCreated(ref ByteWriter writer, in SampleText.Parts line, Timestamp? created)
    {
        if (_isTyped && kinds.HasFlag(SampleKind.Created) && created is { } time && OpenMetricsRules.IsValid(time))
        {
            Begin(ref writer, line, "_created"u8);
            WriteSeconds(ref writer, time);
            End(ref writer);
        }
    }

    /// <summary>name[suffix]{labels} </summary>
    private static void Begin(ref ByteWriter writer, in SampleText.Parts line, ReadOnlySpan<byte> suffix)
    {
        byte separator = SampleText.WriteNameAndLabels(ref writer, line, suffix);
        writer.Write(separator == ',' ? "} "u8 : " "u8);
    }

    /// <summary>name[suffix]{labels,bound="number"} </summary>
    private void Begin(ref ByteWriter writer, ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> boundName, double bound)
    {
        writer.Write(SampleText.WriteNameAndLabels(ref writer, _line, suffix));
        writer.Write(boundName);
        writer.Write("=\""u8);
        writer.WriteFloat(bound);
        writer.Write("\"} "u8);
    }

    /// <summary>[ timestamp] [ # exemplar] LF</summary>
    private void End(ref ByteWriter writer, Exemplar? exemplar = null, bool allowsExemplar = false)
    {
        if (metric.TimestampMs is { } time)
        {
            writer.Write((byte)' ');
            writer.WriteNumber(time / 1000.0);
        }
        if (exemplar is not null)
        {
            if (allowsExemplar && OpenMetricsRules.IsValid(exemplar))
            {
                WriteExemplar(ref writer, exemplar);
            }
            else
            {
                conversions.Add(OpenMetricsConversion.Exemplar);
            }
        }
        writer.Write((byte)'\n');
    }

    /// <summary> # {labels} value [timestamp]</summary>
    private static void WriteExemplar(ref ByteWriter writer, Exemplar exemplar)
    {
        writer.Write(" # {"u8);
        bool isFirst = true;
        foreach (Label label in exemplar.Labels)
        {
            writer.Write(isFirst ? [] : ","u8);
            writer.Write(label.Name);
            writer.Write("=\""u8);
            SampleText.WriteEscaped(ref writer, label.Value.Span, SampleText.QuotedEscapes);
            writer.Write((byte)'"');
            isFirst = false;
        }
        writer.Write("} "u8);
        writer.WriteFloat(exemplar.Value ?? 0);
        if (exemplar.Timestamp is { } time)
        {
            writer.Write((byte)' ');
            WriteSeconds(ref writer, time);
        }
    }

    /// <summary>A count as a whole number, or as a float if the family is unknown and the count is fractional.</summary>
    private static void WriteCount(ref ByteWriter writer, ulong count, double? countFloat)
    {
        if (countFloat is not { } number || number == 0)
        {
            writer.WriteCount(count);
        }
        else if (number is >= 0 and < CountLimit && Math.Floor(number) == number)
        {
            writer.WriteCount((ulong)number);
        }
        else
        {
            writer.WriteFloat(number);
        }
    }

    /// <summary>Seconds with up to nine decimals.</summary>
    private static void WriteSeconds(ref ByteWriter writer, Timestamp time)
    {
        writer.WriteCount((ulong)time.Seconds);
        writer.Write((byte)'.');
        Span<byte> decimals = stackalloc byte[9];
        int rest = time.Nanos;
        for (int i = decimals.Length - 1; i >= 0; i--)
        {
            decimals[i] = (byte)('0' + rest % 10);
            rest /= 10;
        }
        int length = decimals.TrimEnd((byte)'0').Length;
        writer.Write(decimals[..Math.Max(length, 1)]);
    }
}
