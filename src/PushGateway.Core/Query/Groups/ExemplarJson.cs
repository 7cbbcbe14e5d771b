using PushGateway.Core.Exposition;
using PushGateway.Core.Store.Output;

namespace PushGateway.Core.Query.Groups;

/// <summary>Writes the exemplars and the start time of a metric, if it has any, as members of its object.</summary>
internal static class ExemplarJson
{
    private const double NanosPerSecond = 1e9;

    public static void Write(ref JsonWriter json, Metric metric)
    {
        if ((metric.Created ?? metric.Summary?.Created ?? metric.Histogram?.Created) is { } created)
        {
            json.Key("created"u8);
            json.Number(SecondsOf(created));
        }
        if (metric.Exemplar is { } exemplar)
        {
            json.Key("exemplars"u8);
            json.BeginArray();
            Write(ref json, exemplar, bound: null);
            json.EndArray();
        }
        else if (metric.Histogram is { } histogram && HasExemplars(histogram))
        {
            json.Key("exemplars"u8);
            json.BeginArray();
            foreach (Bucket bucket in histogram.Buckets.Where(bucket => bucket.Exemplar is not null))
            {
                Write(ref json, bucket.Exemplar!, bucket.UpperBound);
            }
            foreach (Exemplar native in histogram.Exemplars ?? [])
            {
                Write(ref json, native, bound: null);
            }
            json.EndArray();
        }
    }

    private static bool HasExemplars(Histogram histogram) =>
        histogram.Exemplars is { Count: > 0 } || histogram.Buckets.Exists(bucket => bucket.Exemplar is not null);

    /// <param name="bound">The bound of its bucket; null for an exemplar of a counter or native histogram.</param>
    private static void Write(ref JsonWriter json, Exemplar exemplar, double? bound)
    {
        json.BeginObject();
        json.Key("labels"u8);
        GroupJson.WriteLabels(ref json, exemplar.Labels.ToArray());
        json.Key("value"u8);
        json.NumberString(exemplar.Value ?? 0);
        if (exemplar.Timestamp is { } timestamp)
        {
            json.Key("timestamp"u8);
            json.Number(SecondsOf(timestamp));
        }
        if (bound is { } upper)
        {
            json.Key("le"u8);
            json.NumberString(upper);
        }
        json.EndObject();
    }

    private static double SecondsOf(Timestamp time) => time.Seconds + (time.Nanos / NanosPerSecond);
}
