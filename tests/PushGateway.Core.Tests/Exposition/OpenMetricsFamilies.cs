using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Model;
using PushGateway.Core.Tests.Store.Rendering;

namespace PushGateway.Core.Tests.Exposition;

/// <summary>Families that a store accepts, with names that clash in OpenMetrics and with exemplars, units and start times.</summary>
internal static class OpenMetricsFamilies
{
    private static readonly string[] Names =
    [
        "x", "x_total", "x_total_total", "x_created", "x_created_total", "x_count", "x_gcount", "x_bucket", "y", "y_total", "y_sum",
        "y_seconds", "y_seconds_total", "a.b", "a_b", "a.b_total", "a_b_total", "_total", "z:z",
    ];

    private static readonly Gen<Exemplar?> Exemplars =
        from label in Gen.Elements("trace", "a.b", "")
        from value in Gen.Elements("", "é\"\\\n", new string('x', 123), new string('é', 124))
        from count in Gen.Choose(0, 1)
        from number in Gen.Elements<double?>(null, 0, 1.5, double.NaN, double.NegativeInfinity)
        from seconds in Gen.Elements<long?>(null, 0, 1520879607, -1)
        from has in Gen.Elements(true, false)
        select has
            ? new Exemplar
            {
                Labels = [.. Enumerable.Repeat(new Label(label, value), count)],
                Value = number,
                Timestamp = seconds is { } time ? new(time, 789) : null,
            }
            : null;

    /// <summary>Buckets that fit their spans, or null.</summary>
    private static readonly Gen<NativeBuckets?> Natives =
        from first in Gen.Choose(-3, 3)
        from gap in Gen.Choose(0, 3)
        from lengths in Gen.Choose(0, 2).Two()
        from deltas in Gen.Choose(0, 5).ArrayOf(lengths.Item1 + lengths.Item2)
        from has in Gen.Elements(true, false)
        select has
            ? new NativeBuckets
            {
                Spans = [new(first, (uint)lengths.Item1), new(gap, (uint)lengths.Item2)],
                Deltas = [.. deltas.Select(delta => (long)delta)],
            }
            : null;

    /// <summary>Each set of labels occurs once, as in a store, and no metric has another type.</summary>
    public static readonly Arbitrary<MetricFamily> Any =
        (from family in TextFamilies.Any.Generator
         from name in Gen.Elements(Names)
         from unit in Gen.Frequency((3, Gen.Constant<string?>(null)), (1, Gen.Elements<string?>("seconds", "", "b", "é")))
         from exemplars in Exemplars.ArrayOf(4)
         from natives in Natives.ArrayOf(4)
         from created in Gen.Elements<Timestamp?>(null, new Timestamp(1520430000, 123), new Timestamp(-1, 0), new Timestamp(1, -5))
         select new MetricFamily
         {
             Name = new(name),
             Type = family.Type,
             Help = family.Help,
             Unit = unit is null ? null : new Utf8String(unit),
             Metrics = [.. family.Metrics.Where(IsAccepted).DistinctBy(Labels).Select((metric, i) => With(metric, family.Type, exemplars[i], natives[i], created))],
         }).ToArbitrary();

    private static bool IsAccepted(Metric metric) =>
        !metric.Labels.Any(label => label.Name.ToString() is "__a" or "le" or "quantile");

    private static string Labels(Metric metric) =>
        string.Join(',', metric.Labels.OrderBy(label => label.Name).Select(label => $"{label.Name}={label.Value}"));

    private static Metric With(Metric metric, MetricType type, Exemplar? exemplar, NativeBuckets? native, Timestamp? created)
    {
        Metric changed = metric.WithLabels(metric.Labels);
        changed.TimestampMs = null;
        if (type == MetricType.Counter)
        {
            changed.Exemplar = exemplar;
            changed.Created = created;
        }
        if (metric.Histogram is { Buckets.Count: > 0 } histogram)
        {
            histogram.Buckets[0] = histogram.Buckets[0] with { Exemplar = exemplar };
            histogram.Created = created;
        }
        if (metric.Histogram is { } value && native is not null)
        {
            value.Schema = native.Deltas.Count;
            value.ZeroThreshold = 0.5;
            value.Positive = native;
            value.SampleCount = (ulong)native.Deltas.Select((delta, i) => delta * (native.Deltas.Count - i)).Sum();
        }
        return changed;
    }
}
