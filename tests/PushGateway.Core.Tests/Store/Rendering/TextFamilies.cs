using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Model;

namespace PushGateway.Core.Tests.Store.Rendering;

/// <summary>Random families. The text format represents most of them exactly.</summary>
internal static class TextFamilies
{
    private static readonly Gen<double> Doubles = Gen.Frequency(
        (8, ArbMap.Default.GeneratorFor<double>()),
        (4, Gen.Elements(0, 1, 1e6, double.PositiveInfinity, double.NegativeInfinity, GoNumber.NaN)),
        (1, Gen.Elements(-0.0, BitConverter.UInt64BitsToDouble(0x7FF8000000000007), -double.NaN)));

    private static readonly Gen<Label> Labels =
        from name in Gen.Frequency(
            (20, Gen.Elements("a", "b", "c", "d", "job", "instance")),
            (2, Gen.Elements("le", "quantile", "a.b", "a:b", "__a", "é")))
        from value in Gen.Elements("", "1", "2", "\"", "\\", "\n", "a\\nb", "é😀", "}", " ", "# TYPE x gauge")
        select new Label(name, value);

    private static readonly Gen<Label[]> LabelSets =
        Gen.Choose(0, 3).SelectMany(count => Labels.ArrayOf(count)).Select(labels =>
            labels.DistinctBy(label => label.Name).OrderBy(label => label.Name).ToArray());

    private static readonly Gen<ulong?> Counts = Gen.Frequency(
        (12, Gen.Choose(0, 1_000_000).Select(count => (ulong?)count)),
        (2, Gen.Elements<ulong?>(1UL << 53, (1UL << 53) - 1)),
        (1, Gen.Elements<ulong?>(null, (1UL << 53) + 1, ulong.MaxValue)));

    private static readonly Gen<double?> Sums =
        Gen.Frequency((20, Doubles.Select(sum => (double?)sum)), (1, Gen.Constant<double?>(null)));

    private static readonly Gen<Summary> Summaries =
        from count in Counts
        from sum in Sums
        from length in Gen.Choose(0, 3)
        from ranks in Doubles.ArrayOf(length)
        from values in Doubles.ArrayOf(length)
        select new Summary
        {
            SampleCount = count,
            SampleSum = sum,
            Quantiles = [.. ranks.Zip(values, (rank, value) => new Quantile(rank, value))],
        };

    private static readonly Gen<Bucket> Buckets =
        from bound in Doubles
        from count in Counts
        from countFloat in Gen.Frequency((30, Gen.Constant<double?>(null)), (1, Gen.Elements<double?>(0, 0.5)))
        select new Bucket(bound) { CumulativeCount = count, CumulativeCountFloat = countFloat };

    private static readonly Gen<Histogram> Histograms =
        from count in Counts
        from sum in Sums
        from length in Gen.Choose(0, 2)
        from buckets in Buckets.ArrayOf(length)
        from infinite in Gen.Frequency((15, Gen.Constant(true)), (1, Gen.Constant(false)))
        from native in Gen.Frequency((30, Gen.Constant(0)), (1, Gen.Choose(1, 6)))
        select new Histogram
        {
            SampleCount = count,
            SampleSum = sum,
            Buckets = infinite ? [.. buckets, new(double.PositiveInfinity) { CumulativeCount = 7 }] : [.. buckets],
            SampleCountFloat = native == 1 ? 7 : null,
            Schema = native == 2 ? 0 : null,
            ZeroCount = native == 3 ? 0 : null,
            Created = native == 4 ? new(1, 2) : null,
            Exemplars = native == 5 ? [new()] : [],
            Positive = native == 6 ? new() { Deltas = [1] } : new(),
        };

    private static readonly Gen<Metric> Rare =
        from timestamp in Gen.Elements<long?>(null, 5)
        from created in Gen.Elements<Timestamp?>(null, new Timestamp(1, 2))
        from exemplar in Gen.Elements(null, new Exemplar { Value = 1 })
        select new Metric { TimestampMs = timestamp, Created = created, Exemplar = exemplar };

    private static readonly Gen<Metric> Extras = Gen.Frequency((30, Gen.Fresh(() => new Metric())), (1, Rare));

    public static readonly Arbitrary<MetricFamily> Any =
        (from name in Gen.Frequency(
            (10, Gen.Elements("x", "x_sum", "x_count", "x_bucket", "_sum", "a:b")),
            (1, Gen.Elements("a.b", "1", "\"")))
         from type in Gen.Elements(Enum.GetValues<MetricType>())
         from help in Gen.Elements(null, "", "a help", "\\", "\n\\n", " ", " a\"b ")
         from unit in Gen.Frequency((30, Gen.Constant<string?>(null)), (1, Gen.Constant<string?>("seconds")))
         from count in Gen.Choose(0, 4)
         from metrics in Metrics(type).ArrayOf(count)
         select new MetricFamily
         {
             Name = new(name),
             Type = type,
             Help = help is null ? null : new Utf8String(help),
             Unit = unit is null ? null : new Utf8String(unit),
             Metrics = [.. metrics],
         }).ToArbitrary();

    private static Gen<Metric> Metrics(MetricType type) =>
        from labels in LabelSets
        from number in Doubles
        from summary in Summaries
        from histogram in Histograms
        from extra in Extras
        let isSummary = type == MetricType.Summary
        let isHistogram = type is MetricType.Histogram or MetricType.GaugeHistogram
        select new Metric
        {
            Labels = labels,
            ValueType = isHistogram ? MetricType.Histogram : type,
            Number = isSummary || isHistogram ? 0 : number,
            Summary = isSummary ? summary : null,
            Histogram = isHistogram ? histogram : null,
            TimestampMs = extra.TimestampMs,
            Created = type == MetricType.Counter ? extra.Created : null,
            Exemplar = type == MetricType.Counter ? extra.Exemplar : null,
        };
}
