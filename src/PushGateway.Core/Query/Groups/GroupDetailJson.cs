using System.Buffers;
using PushGateway.Core.Exposition;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Output;

namespace PushGateway.Core.Query.Groups;

/// <summary>Writes one group as <c>/api/v1/groups/…</c> shows it, with one page of samples for each family.</summary>
public static class GroupDetailJson
{
    /// <summary>Writes everything before the families.</summary>
    public static void WriteStart(MetricGroup group, GroupContext context, IBufferWriter<byte> output)
    {
        var json = new JsonWriter(output);
        json.BeginObject();
        GroupSummaryJson.WriteMembers(ref json, group, context, "family_count"u8);
        json.Key("families"u8);
        json.BeginArray();
        json.Commit();
    }

    /// <summary>Writes a family, with its samples in the order of the exposition.</summary>
    public static void WriteFamily(in StoredFamily stored, int offset, int limit, IBufferWriter<byte> output)
    {
        var json = new JsonWriter(output);
        json.BeginObject();
        json.Key("name"u8);
        json.String(stored.Name);
        json.Key("type"u8);
        json.String(stored.Header.Type.TextName());
        json.Key("help"u8);
        json.String(stored.Header.Help ?? default);
        if (UnitOf(stored) is { IsEmpty: false } unit)
        {
            json.Key("unit"u8);
            json.String(unit);
        }
        json.Key("pushed"u8);
        GroupSummaryJson.WriteSeconds(ref json, stored.PushedAt);
        json.Key("series"u8);
        json.Number(stored.MetricCount);
        json.Key("offset"u8);
        json.Number(offset);
        json.Key("metrics"u8);
        json.BeginArray();
        if (offset < stored.MetricCount && limit > 0)
        {
            foreach (Metric metric in stored.DecodeSorted().Metrics.Skip(offset).Take(limit))
            {
                WriteMetric(ref json, stored.Header.Type, metric);
            }
        }
        json.EndArray();
        json.EndObject();
        json.Commit();
    }

    /// <summary>Ends the families. The object of the group is still open.</summary>
    public static void WriteEndOfFamilies(IBufferWriter<byte> output) => output.Write("]"u8);

    /// <summary>The unit of a family, which its lines do not contain.</summary>
    private static Utf8String? UnitOf(in StoredFamily stored) =>
        stored.Supplement.Message is null ? null : stored.Decode().Unit;

    private static void WriteMetric(ref JsonWriter json, MetricType type, Metric metric)
    {
        json.BeginObject();
        json.Key("labels"u8);
        GroupJson.WriteLabels(ref json, metric.Labels);
        switch (type)
        {
            case MetricType.Summary:
                WriteSummary(ref json, metric.Summary ?? new Summary());
                break;
            case MetricType.Histogram or MetricType.GaugeHistogram:
                WriteHistogram(ref json, metric.Histogram ?? new Histogram());
                break;
            default:
                json.Key("value"u8);
                json.NumberString(metric.Number);
                break;
        }
        ExemplarJson.Write(ref json, metric);
        json.EndObject();
    }

    private static void WriteSummary(ref JsonWriter json, Summary summary)
    {
        WriteCountAndSum(ref json, summary.SampleCount ?? 0, summary.SampleSum ?? 0);
        json.Key("quantiles"u8);
        json.BeginArray();
        foreach (Quantile quantile in summary.Quantiles)
        {
            WritePair(ref json, quantile.Rank, quantile.Value);
        }
        json.EndArray();
    }

    private static void WriteHistogram(ref JsonWriter json, Histogram histogram)
    {
        WriteCountAndSum(ref json, histogram.Count, histogram.SampleSum ?? 0);
        json.Key("buckets"u8);
        json.BeginArray();
        bool hasInfinity = false;
        foreach (Bucket bucket in histogram.Buckets)
        {
            WritePair(ref json, bucket.UpperBound, bucket.Count);
            hasInfinity |= double.IsPositiveInfinity(bucket.UpperBound);
        }
        if (!hasInfinity && (histogram.Buckets.Count > 0 || !histogram.IsNative))
        {
            // The text format always includes it.
            WritePair(ref json, double.PositiveInfinity, histogram.Count);
        }
        json.EndArray();
        if (histogram.IsNative)
        {
            json.Key("native"u8);
            json.Boolean(true);
            json.Key("native_buckets"u8);
            GroupJson.WriteNativeBuckets(ref json, histogram);
        }
    }

    private static void WriteCountAndSum(ref JsonWriter json, double count, double sum)
    {
        json.Key("count"u8);
        json.NumberString(count);
        json.Key("sum"u8);
        json.NumberString(sum);
    }

    private static void WritePair(ref JsonWriter json, double first, double second)
    {
        json.BeginArray();
        json.NumberString(first);
        json.NumberString(second);
        json.EndArray();
    }
}
