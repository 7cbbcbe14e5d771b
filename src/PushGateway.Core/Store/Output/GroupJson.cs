using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using PushGateway.Core.Exposition;

namespace PushGateway.Core.Store.Output;

/// <summary>The metrics of a family to show, in the order of the push; null to omit the family.</summary>
public delegate IReadOnlyList<Metric>? MetricChoice(in StoredFamily family);

/// <summary>Writes groups for <c>/api/v1/metrics</c>.</summary>
/// <remarks>
/// A group is an object with its labels, the success of its last push, and its families by name. Samples are in the order
/// of the push, and their numbers are strings.
/// </remarks>
public static class GroupJson
{
    private const int NanosecondsPerTick = 100;

    private static readonly byte[][] TypeNames =
        [.. Enum.GetValues<MetricType>().Select(type => Encoding.ASCII.GetBytes(type.ProtoName()))];

    private static readonly Utf8String LabelsKey = new("labels");
    private static readonly Utf8String LastPushKey = new("last_push_successful");

    /// <param name="zone">The time zone of times.</param>
    /// <param name="choose">Null to show all metrics.</param>
    public static void Write(
        MetricGroup group, TimeZoneInfo zone, IBufferWriter<byte> output, MetricChoice? choose = null)
    {
        var json = new JsonWriter(output);
        json.BeginObject();
        bool labelsWritten = false;
        bool lastPushWritten = false;
        long timeOf = -1;
        byte[] time = [];
        foreach (ref readonly StoredFamily family in group.Families)
        {
            IReadOnlyList<Metric>? chosen = choose?.Invoke(family);
            if (choose is not null && chosen is null)
            {
                continue;
            }

            // Upstream: keys are sorted, and a family of the same name replaces the group's own entry.
            WriteLabels(ref json, group, ref labelsWritten, family.Name);
            WriteLastPush(ref json, group, ref lastPushWritten, family.Name);
            if (family.PushedAt != timeOf)
            {
                // Most families of a group have the same push time.
                timeOf = family.PushedAt;
                time = Encoding.ASCII.GetBytes(FormatTime(timeOf, zone));
            }
            json.Key(family.Name.Span);
            WriteFamily(ref json, family, chosen, time);
        }
        Utf8String end = default;
        WriteLabels(ref json, group, ref labelsWritten, end);
        WriteLastPush(ref json, group, ref lastPushWritten, end);
        json.EndObject();
        json.Commit();
    }

    /// <summary>A time in nanoseconds since 1970, in the format of RFC 3339.</summary>
    public static string FormatTime(long nanoseconds, TimeZoneInfo zone)
    {
        var utc = new DateTimeOffset(DateTime.UnixEpoch.AddTicks(nanoseconds / NanosecondsPerTick), TimeSpan.Zero);
        return FormatTime(TimeZoneInfo.ConvertTime(utc, zone));
    }

    public static string FormatTime(DateTimeOffset time) =>
        time.ToString(
            time.Offset == TimeSpan.Zero ? "yyyy-MM-ddTHH:mm:ss.FFFFFFF'Z'" : "yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz",
            CultureInfo.InvariantCulture);

    /// <summary>Writes the entry if the next name sorts after it. An empty name represents the end.</summary>
    private static void WriteLabels(ref JsonWriter json, MetricGroup group, ref bool written, Utf8String next)
    {
        if (IsDue(LabelsKey, next, ref written))
        {
            json.Key(LabelsKey.Span);
            WriteLabels(ref json, group.Key.Labels);
        }
    }

    private static void WriteLastPush(ref JsonWriter json, MetricGroup group, ref bool written, Utf8String next)
    {
        if (IsDue(LastPushKey, next, ref written))
        {
            json.Key(LastPushKey.Span);
            json.Literal(group.LastPushSucceeded ? "true"u8 : "false"u8);
        }
    }

    private static bool IsDue(Utf8String key, Utf8String next, ref bool written)
    {
        bool due = !written && (next.IsEmpty || key < next);
        written |= due || key == next;
        return due;
    }

    /// <param name="chosen">Null for all metrics.</param>
    private static void WriteFamily(
        ref JsonWriter json, in StoredFamily stored, IReadOnlyList<Metric>? chosen, ReadOnlySpan<byte> time)
    {
        json.BeginObject();
        json.Key("time_stamp"u8);
        json.String(time);
        json.Key("type"u8);
        json.String(TypeNames[(int)stored.Header.Type]);
        if (stored.Header.Help is { IsEmpty: false } help)
        {
            json.Key("help"u8);
            json.String(help);
        }
        json.Key("metrics"u8);
        json.BeginArray();
        if (chosen is null && stored.IsLinePerMetric)
        {
            SampleLineJson.Write(ref json, stored);
        }
        else
        {
            foreach (Metric metric in chosen ?? stored.Decode().Metrics)
            {
                WriteMetric(ref json, stored.Header.Type, metric);
            }
        }
        json.EndArray();
        json.EndObject();
    }

    private static void WriteMetric(ref JsonWriter json, MetricType type, Metric metric)
    {
        json.BeginObject();
        switch (type)
        {
            case MetricType.Summary:
                WriteSummary(ref json, metric.Labels, metric.Summary ?? new Summary());
                break;
            case MetricType.Histogram:
                WriteHistogram(ref json, metric.Labels, metric.Histogram ?? new Histogram());
                break;
            default:
                json.Key("labels"u8);
                WriteLabels(ref json, metric.Labels);
                json.Key("value"u8);
                json.NumberString(metric.Number);
                break;
        }
        json.EndObject();
    }

    private static void WriteSummary(ref JsonWriter json, ReadOnlySpan<Label> labels, Summary summary)
    {
        json.Key("count"u8);
        WriteWhole(ref json, summary.SampleCount ?? 0);
        json.Key("labels"u8);
        WriteLabels(ref json, labels);
        json.Key("quantiles"u8);
        var quantiles = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (Quantile quantile in summary.Quantiles)
        {
            quantiles[GoNumber.Format(quantile.Rank)] = quantile.Value;
        }
        json.BeginObject();
        foreach ((string rank, double value) in quantiles)
        {
            json.Key(Encoding.ASCII.GetBytes(rank));
            json.NumberString(value);
        }
        json.EndObject();
        json.Key("sum"u8);
        json.NumberString(summary.SampleSum ?? 0);
    }

    private static void WriteHistogram(ref JsonWriter json, ReadOnlySpan<Label> labels, Histogram histogram)
    {
        json.Key("buckets"u8);
        if (histogram.IsNative)
        {
            WriteNativeBuckets(ref json, histogram);
        }
        else
        {
            WriteClassicBuckets(ref json, histogram);
        }
        json.Key("count"u8);
        bool isFloat = histogram.IsNative ? NativeHistogram.IsFloat(histogram) : histogram.SampleCountFloat > 0;
        WriteCount(ref json, histogram.SampleCount, isFloat ? histogram.SampleCountFloat ?? 0 : null);
        json.Key("labels"u8);
        WriteLabels(ref json, labels);
        json.Key("sum"u8);
        json.NumberString(histogram.SampleSum ?? 0);
    }

    private static void WriteClassicBuckets(ref JsonWriter json, Histogram histogram)
    {
        var buckets = new SortedDictionary<string, Bucket>(StringComparer.Ordinal);
        foreach (Bucket bucket in histogram.Buckets)
        {
            buckets[GoNumber.Format(bucket.UpperBound)] = bucket;
        }
        json.BeginObject();
        foreach ((string bound, Bucket bucket) in buckets)
        {
            json.Key(Encoding.ASCII.GetBytes(bound));
            WriteCount(
                ref json, bucket.CumulativeCount, bucket.CumulativeCountFloat > 0 ? bucket.CumulativeCountFloat : null);
        }
        json.EndObject();
    }

    internal static void WriteNativeBuckets(ref JsonWriter json, Histogram histogram)
    {
        json.BeginArray();
        foreach (NativeBucket bucket in NativeHistogram.Enumerate(histogram))
        {
            json.BeginArray();
            json.Literal([(byte)('0' + (int)bucket.Boundaries)]);
            json.NumberString(bucket.Lower);
            json.NumberString(bucket.Upper);
            WriteCount(ref json, bucket.WholeCount, bucket.WholeCount is null ? bucket.Count : null);
            json.EndArray();
        }
        json.EndArray();
    }

    internal static void WriteCount(ref JsonWriter json, ulong? whole, double? floating)
    {
        if (floating is { } count)
        {
            json.NumberString(count);
        }
        else
        {
            WriteWhole(ref json, whole ?? 0);
        }
    }

    internal static void WriteWhole(ref JsonWriter json, ulong count)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(count, digits, out int length);
        json.String(digits[..length]);
    }

    internal static void WriteLabels(ref JsonWriter json, ReadOnlySpan<Label> labels)
    {
        json.BeginObject();
        for (int i = 0; i < labels.Length; i++)
        {
            // Unchecked pushes may have several labels of a name: the last one wins.
            if (i + 1 == labels.Length || labels[i].Name != labels[i + 1].Name)
            {
                json.Key(labels[i].Name.Span);
                json.String(labels[i].Value);
            }
        }
        json.EndObject();
    }
}
