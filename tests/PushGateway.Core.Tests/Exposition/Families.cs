using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Model;

namespace PushGateway.Core.Tests.Exposition;

/// <summary>Families for tests of encoders: one with every field, and random ones.</summary>
internal static class Families
{
    private static readonly Gen<double> Doubles = Gen.OneOf(
        Gen.Elements<double>(0, -0.0, 1, 1e6, 1e-5, double.NaN, double.PositiveInfinity, double.NegativeInfinity),
        ArbMap.Default.GeneratorFor<double>());

    private static readonly Gen<ulong> Counts = Gen.OneOf(
        Gen.Elements<ulong>(0, 1, 127, 128, ulong.MaxValue),
        ArbMap.Default.GeneratorFor<ulong>());

    private static readonly Gen<int> Integers = Gen.OneOf(
        Gen.Elements(0, -1, int.MinValue, int.MaxValue),
        ArbMap.Default.GeneratorFor<int>());

    private static readonly Gen<Utf8String> Texts = Gen.OneOf(
        Gen.Elements(new Utf8String(""), new Utf8String("é€😀\n\"\\\u0001"), new Utf8String(new string('x', 130))),
        from letters in Gen.Elements("abcdefgh".ToCharArray()).NonEmptyListOf()
        select new Utf8String(string.Concat(letters)));

    private static readonly Gen<Timestamp> Timestamps =
        from seconds in ArbMap.Default.GeneratorFor<long>()
        from nanos in Integers
        select new Timestamp(seconds, nanos);

    private static readonly Gen<Label[]> Labels =
        (from name in Texts
         from value in Gen.OneOf(Texts, Gen.Constant(new Utf8String([0xff, 0xc3])))
         select new Label(name, value)).ArrayOf();

    private static readonly Gen<Exemplar> Exemplars =
        from labels in Labels
        from value in Optional(Doubles)
        from timestamp in Optional(Timestamps)
        select new Exemplar { Labels = [.. labels], Value = value, Timestamp = timestamp };

    private static readonly Gen<Summary> Summaries =
        from count in Optional(Counts)
        from sum in Optional(Doubles)
        from quantiles in (from rank in Doubles from value in Doubles select new Quantile(rank, value)).ListOf()
        from created in Optional(Timestamps)
        select new Summary
        {
            SampleCount = count,
            SampleSum = sum,
            Quantiles = [.. quantiles],
            Created = created,
        };

    private static readonly Gen<Bucket> Buckets =
        from bound in Doubles
        from count in Optional(Counts)
        from countFloat in Optional(Doubles)
        from exemplar in Exemplars.OrNull()
        select new Bucket(bound) { CumulativeCount = count, CumulativeCountFloat = countFloat, Exemplar = exemplar };

    private static readonly Gen<NativeBuckets> Sides =
        from spans in (from offset in Integers
                       from length in Counts
                       select new BucketSpan(offset, (uint)length)).ListOf()
        from deltas in ArbMap.Default.GeneratorFor<long>().ListOf()
        from counts in Doubles.ListOf()
        select new NativeBuckets { Spans = [.. spans], Deltas = [.. deltas], Counts = [.. counts] };

    private static readonly Gen<Histogram> Histograms =
        from counts in Optional(Counts).Two()
        from floats in Optional(Doubles).Four()
        from schema in Optional(Integers)
        from created in Optional(Timestamps)
        from buckets in Buckets.ListOf()
        from sides in Sides.Two()
        from exemplars in Exemplars.ListOf()
        select new Histogram
        {
            SampleCount = counts.Item1,
            ZeroCount = counts.Item2,
            SampleCountFloat = floats.Item1,
            SampleSum = floats.Item2,
            ZeroThreshold = floats.Item3,
            ZeroCountFloat = floats.Item4,
            Schema = schema,
            Created = created,
            Buckets = [.. buckets],
            Negative = sides.Item1,
            Positive = sides.Item2,
            Exemplars = [.. exemplars],
        };

    private static readonly Gen<Metric> Numbers =
        from labels in Labels
        from type in Gen.Elements(MetricType.Gauge, MetricType.Untyped)
        from number in Doubles
        from timestamp in Optional(ArbMap.Default.GeneratorFor<long>())
        select new Metric { Labels = labels, ValueType = type, Number = number, TimestampMs = timestamp };

    private static readonly Gen<Metric> Counters =
        from labels in Labels
        from number in Doubles
        from exemplar in Exemplars.OrNull()
        from created in Optional(Timestamps)
        select new Metric
        {
            Labels = labels,
            ValueType = MetricType.Counter,
            Number = number,
            Exemplar = exemplar,
            Created = created,
        };

    private static readonly Gen<Metric> Metrics = Gen.OneOf(
        Labels.Select(labels => new Metric { Labels = labels }),
        Numbers,
        Counters,
        Summaries.Select(summary => new Metric { ValueType = MetricType.Summary, Summary = summary }),
        Histograms.Select(histogram => new Metric { ValueType = MetricType.Histogram, Histogram = histogram }));

    /// <summary>Families with any content that protobuf can represent, valid or not.</summary>
    public static readonly Arbitrary<MetricFamily> Any =
        (from name in Texts.Where(text => !text.IsEmpty)
         from help in Optional(Texts)
         from unit in Optional(Texts)
         from type in Gen.Elements(Enum.GetValues<MetricType>())
         from metrics in Metrics.ListOf()
         select new MetricFamily { Name = name, Help = help, Unit = unit, Type = type, Metrics = [.. metrics] })
        .ToArbitrary();

    /// <summary>A histogram with every field set.</summary>
    public static MetricFamily Rich()
    {
        var exemplar = new Exemplar { Labels = [new("trace", "x\"y")], Value = 1.5, Timestamp = new(-5, 7) };
        var histogram = new Histogram
        {
            SampleCount = 3,
            SampleCountFloat = 3.5,
            SampleSum = 2.5,
            Buckets =
            [
                new(1) { CumulativeCount = 1, CumulativeCountFloat = 2.5, Exemplar = exemplar },
                new(double.PositiveInfinity),
            ],
            Created = new(1, 2),
            Schema = -2,
            ZeroThreshold = 1e-128,
            ZeroCount = 1,
            ZeroCountFloat = 0,
            Negative = new() { Spans = [new(-3, 1)], Deltas = [-1, 2], Counts = [1, 2] },
            Positive = new() { Spans = [new(1, 2), new(0, 4000000000)], Deltas = [3, -4], Counts = [0.5] },
            Exemplars = [exemplar, new()],
        };
        return new MetricFamily
        {
            Name = new("zz"),
            Help = new("a \"help\"\n\\x"),
            Type = MetricType.Histogram,
            Metrics =
            [
                new()
                {
                    Labels = [new("a", "b"), new("instance", "")],
                    ValueType = MetricType.Histogram,
                    Histogram = histogram,
                },
            ],
        };
    }

    private static Gen<T?> Optional<T>(Gen<T> values)
        where T : struct =>
        Gen.OneOf(Gen.Constant<T?>(null), values.Select(value => (T?)value));
}
