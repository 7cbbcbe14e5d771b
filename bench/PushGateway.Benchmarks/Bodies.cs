using System.Buffers;
using System.Globalization;
using System.Text;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;

namespace PushGateway.Benchmarks;

/// <summary>The bodies that are pushed, the same in each run.</summary>
public static class Bodies
{
    public const int FamiliesPerGroup = 5;
    public const int SeriesPerFamily = 4;
    public const int SeriesPerGroup = FamiliesPerGroup * SeriesPerFamily;

    private const int LargeSeries = 100_000;

    private static readonly (string Name, string Type, string Help)[] Families =
    [
        ("batch_bytes_written_total", "counter", "Bytes written by the last run."),
        ("batch_duration_seconds", "gauge", "How long the last run took."),
        ("batch_last_success_timestamp_seconds", "gauge", "When a run last succeeded."),
        ("batch_records_failed_total", "counter", "Records that the last run could not process."),
        ("batch_records_processed_total", "counter", "Records that the last run processed."),
    ];

    private static readonly string[] Stages = ["extract", "transform", "load", "verify"];

    /// <summary>One sample, as a shell script pushes it.</summary>
    public static Body Small { get; } = new("small", "some_metric 3.14\n"u8.ToArray());

    /// <summary>What a batch job pushes: 20 series of counters and gauges in 5 families, and a histogram.</summary>
    public static Body Typical { get; } = new("typical", [.. Group(0).Bytes, .. Histograms(1)]);

    /// <summary>50 histograms of 9 buckets in one family: 550 lines.</summary>
    public static Body Buckets { get; } = new("histograms", Histograms(50));

    /// <summary>20,000 histograms of 9 buckets: 12 MB, in protobuf 3 MB.</summary>
    public static Body LargeBuckets { get; } = new("large histograms", Histograms(20_000));

    /// <summary>100,000 series in 5 families, 8 MB.</summary>
    public static Body Large { get; } = new("large", Text(LargeSeries / FamiliesPerGroup, salt: 0));

    /// <summary>20 series of counters and gauges in 5 families; the values differ from one group to the next.</summary>
    public static Body Group(int number) => new("group", Text(SeriesPerFamily, number));

    /// <summary>The same families in protobuf.</summary>
    public static Body ToProtobuf(Body text)
    {
        var message = new ArrayBufferWriter<byte>();
        foreach (MetricFamily family in text.ParseText())
        {
            ProtobufExposition.Write(family, message);
        }
        return new Body(text.Name, message.WrittenSpan.ToArray());
    }

    /// <summary>The same families in OpenMetrics: nothing but the names of counters in metadata differs, and the end.</summary>
    public static Body ToOpenMetrics(Body text)
    {
        string body = Encoding.ASCII.GetString(text.Bytes);
        foreach ((string name, _, _) in Families.Where(family => family.Type == "counter"))
        {
            string family = name[..^"_total".Length];
            body = body.Replace($"# HELP {name} ", $"# HELP {family} ", StringComparison.Ordinal)
                .Replace($"# TYPE {name} ", $"# TYPE {family} ", StringComparison.Ordinal);
        }
        return new Body(text.Name, Encoding.ASCII.GetBytes(body + "# EOF\n"));
    }

    private static byte[] Text(int seriesPerFamily, int salt)
    {
        var text = new StringBuilder();
        foreach ((string name, string type, string help) in Families)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
            for (int i = 0; i < seriesPerFamily; i++)
            {
                text.Append(name).Append(Labels(i)).Append(CultureInfo.InvariantCulture, $" {Value(i, salt)}\n");
            }
        }
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static string Labels(int series) =>
        $"{{stage=\"{Stages[series % Stages.Length]}\",source=\"orders-eu-{series / Stages.Length:D5}\"}}";

    /// <summary>Every other one is a fraction.</summary>
    private static double Value(int series, int salt)
    {
        int whole = ((series * 7919) + (salt * 31)) % 1_000_003;
        return series % 2 == 0 ? whole : whole / 64.0;
    }

    private static byte[] Histograms(int count)
    {
        var text = new StringBuilder();
        text.Append("# HELP batch_step_seconds How long the steps of the last run took.\n");
        text.Append("# TYPE batch_step_seconds histogram\n");
        string[] bounds = ["0.005", "0.01", "0.05", "0.1", "0.5", "1", "5", "10", "+Inf"];
        for (int step = 0; step < count; step++)
        {
            string label = $"step=\"{step:D5}\"";
            for (int i = 0; i < bounds.Length; i++)
            {
                string labels = $"{label},le=\"{bounds[i]}\"";
                text.Append(CultureInfo.InvariantCulture, $"batch_step_seconds_bucket{{{labels}}} {37 * (i + 1)}\n");
            }
            text.Append(CultureInfo.InvariantCulture, $"batch_step_seconds_sum{{{label}}} 412.0625\n");
            text.Append(CultureInfo.InvariantCulture, $"batch_step_seconds_count{{{label}}} 333\n");
        }
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
