using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Output;

namespace PushGateway.Fuzz.Targets;

/// <summary>Properties of families from any source.</summary>
internal static class FamilyOracle
{
    public static readonly GroupingKey Key = new([new Label("job", "fuzz"), new Label("zone", "1")]);

    private const ulong MaxExactCount = 1UL << 53;

    private const long At = 1_700_000_000_000_000_000;

    /// <summary>The complete result of a parser, for comparisons.</summary>
    public static byte[] Show(List<MetricFamily>? families, PushError? error) =>
        families is null ? Encoding.UTF8.GetBytes($"error: {error}") : Encode(families);

    /// <summary>As delimited protobuf.</summary>
    public static byte[] Encode(List<MetricFamily> families)
    {
        var output = new ArrayBufferWriter<byte>();
        families.ForEach(family => ProtobufExposition.Write(family, output));
        return output.WrittenSpan.ToArray();
    }

    /// <summary>
    /// An accepted push can be scraped in every format, and pushing the scrape results in the same scrape. Do not use the
    /// families afterwards.
    /// </summary>
    public static void CheckScrape(List<MetricFamily> families)
    {
        bool isReadable = families.TrueForAll(CanBeReadAgain);
        bool hasTimes = families.TrueForAll(family => family.Metrics.TrueForAll(metric => TimesOf(metric).All(IsTime)));
        var store = new GroupStore([]);
        if (Push(store, families) is { } refusal)
        {
            if (refusal.Message.Length == 0)
            {
                throw new OracleException("a push is refused without a word");
            }
            return;
        }
        Scrape(store, ExpositionFormat.ProtobufText);
        byte[] message = Scrape(store, ExpositionFormat.ProtobufDelimited);
        if (!ProtobufParser.TryParse(message, out _, out PushError? error))
        {
            throw new OracleException($"the scrape as protobuf cannot be read: {error}");
        }
        byte[] openMetrics = Scrape(store, ExpositionFormat.OpenMetrics);
        if (hasTimes && !OpenMetricsParser.TryParse(openMetrics, NameValidation.Utf8, out _, out error))
        {
            throw new OracleException($"the scrape as OpenMetrics cannot be read: {error}\n{Encoding.UTF8.GetString(openMetrics)}");
        }
        byte[] scraped = Scrape(store, ExpositionFormat.Text);
        if (isReadable)
        {
            CheckText(scraped);
        }
    }

    /// <summary>
    /// Upstream: label names with a colon are not quoted, and then cannot be read; a gauge histogram h, which is scraped as a
    /// histogram, does not keep out an h_bucket; counts that are floats may be negative, and others are read as floats; and
    /// bounds that are NaN are left out.
    /// </summary>
    private static bool CanBeReadAgain(MetricFamily family) =>
        family.Type != MetricType.GaugeHistogram
        && family.Metrics.TrueForAll(metric =>
            !metric.Labels.Any(label => label.Name.Span.Contains((byte)':'))
            && metric.Histogram is null or { SampleCountFloat: null, SampleCount: null or <= MaxExactCount }
            && metric.Histogram?.Buckets.Exists(bucket => bucket.CumulativeCountFloat is not null
                || bucket.CumulativeCount > MaxExactCount || double.IsNaN(bucket.UpperBound)) != true
            && metric.Summary is null or { SampleCount: null or <= MaxExactCount }
            && metric.Summary?.Quantiles.Exists(quantile => double.IsNaN(quantile.Rank)) != true);

    private static IEnumerable<Timestamp?> TimesOf(Metric metric) =>
    [
        metric.Created,
        metric.Summary?.Created,
        metric.Histogram?.Created,
        metric.Exemplar?.Timestamp,
        .. metric.Histogram?.Buckets.Select(bucket => bucket.Exemplar?.Timestamp) ?? [],
    ];

    /// <summary>Protobuf has others, too, which are no times that the parser of OpenMetrics takes.</summary>
    private static bool IsTime(Timestamp? time) =>
        time is null or { Seconds: > -62_000_000_000 and < 253_000_000_000, Nanos: >= 0 and < 1_000_000_000 };

    public static byte[] Scrape(GroupStore store, ExpositionFormat format)
    {
        var exposition = new SnapshotExposition(store.Snapshot.Families(), [], [], format, NameEscaping.None);
        using var output = new MemoryStream();
        var writer = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        exposition.WriteAsync(writer, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        writer.Complete();
        return output.ToArray();
    }

    private static void CheckText(byte[] scraped)
    {
        if (!TextParser.TryParse(scraped, NameValidation.Utf8, out List<MetricFamily>? read, out PushError? error))
        {
            throw new OracleException($"the scrape cannot be read: {error}\n{Encoding.UTF8.GetString(scraped)}");
        }
        var second = new GroupStore([]);
        if (Push(second, read) is { } refusal)
        {
            throw new OracleException($"the scrape cannot be pushed: {refusal}\n{Encoding.UTF8.GetString(scraped)}");
        }
        OracleException.ThrowIfDifferent(
            "a scrape that was pushed is scraped differently",
            WithoutHelp(scraped),
            WithoutHelp(Scrape(second, ExpositionFormat.Text)));
    }

    /// <summary>Blanks before a help are not part of it once it was read, and nothing else is none.</summary>
    private static byte[] WithoutHelp(ReadOnlySpan<byte> scraped)
    {
        byte[] kept = new byte[scraped.Length];
        int length = 0;
        while (!scraped.IsEmpty)
        {
            ReadOnlySpan<byte> line = scraped[..(scraped.IndexOf((byte)'\n') + 1)];
            if (!line.StartsWith("# HELP "u8))
            {
                line.CopyTo(kept.AsSpan(length));
                length += line.Length;
            }
            scraped = scraped[line.Length..];
        }
        return kept[..length];
    }

    private static PushError? Push(GroupStore store, List<MetricFamily> families) =>
        store.Apply(new PushCommand(Key, PushMode.Replace, PushCheck.Checked, families, At)).Error;
}
