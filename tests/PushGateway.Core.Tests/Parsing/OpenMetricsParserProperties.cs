using System.Buffers;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Parsing;

/// <summary>Families survive a round trip through OpenMetrics, with a writer that implements only the format.</summary>
public class OpenMetricsParserProperties
{
    private static readonly Gen<string> Texts = Gen.Elements(
        "", "a", "b c", "\"", "\\", "\n", "\\n", "ä😀", "{},=#", "x\"y\\z\n", "1", "# EOF", "\r", "\t", "\0");

    private static readonly Gen<string> Names = Gen.Elements("a", "b", "c_seconds", "d.e", "ä b", "\"f\"\\");

    private static readonly Gen<double> Numbers = Gen.Elements(
        0, 1, 17.5, 1e-9, 1.7976931348623157e308, double.PositiveInfinity, 1.0 / 3);

    private static readonly Gen<Timestamp?> Times = Gen.OneOf(
        Gen.Constant<Timestamp?>(null),
        Gen.Elements<Timestamp?>(new Timestamp(1_700_000_000, 123_456_789), new Timestamp(0, 0), new Timestamp(5, 1)));

    private static readonly Gen<Exemplar?> ExemplarsOrNone =
        from texts in Texts.ListOf(2)
        from number in Numbers
        from time in Times
        from isThere in Gen.Elements(true, false)
        select isThere ? new Exemplar { Labels = LabelsOf(texts, "m"), Value = number, Timestamp = time } : null;

    /// <summary>Labels of different names, so that each metric of a family has others.</summary>
    private static readonly Gen<List<(string Type, MetricFamily Family)>> Bodies =
        from families in FamilyOf().ListOf()
        select families.DistinctBy(family => family.Family.Name).ToList();

    [Fact]
    public void TryParse_WhatWasWritten_GivesTheFamiliesBack() => Prop.ForAll(
        Arb.From(Bodies),
        bodies =>
        {
            string body = string.Concat(bodies.Select(family => Write(family.Type, family.Family)));
            List<MetricFamily> parsed = ParsedOpenMetrics.Families(body, NameValidation.Utf8);
            Assert.Equal(Show(bodies.Select(body => body.Family).Where(family => family.Metrics.Count > 0)), Show(parsed));
        }).Check(PropertyTests.Settings);

    /// <summary>The gateway's own writer, which scrapes use.</summary>
    [Fact]
    public void TryParse_WhatAScrapeWrites_GivesTheFamiliesBack() => Prop.ForAll(
        Arb.From(Bodies),
        bodies =>
        {
            List<MetricFamily> families = [.. bodies.Select(body => body.Family).Where(family => family.Metrics.Count > 0)];
            var output = new ArrayBufferWriter<byte>();
            families.ForEach(family => ExpositionFormat.OpenMetrics.Write(family, output));
            output.Write("# EOF\n"u8);

            Assert.Equal(Show(families), Show(ParsedOpenMetrics.Families(output.WrittenMemory, NameValidation.Utf8)));
        }).Check(PropertyTests.Settings);

    private static string Show(IEnumerable<MetricFamily> families) => string.Concat(
        families.Select(family => $"{ParsedText.Describe([family])} {family.Unit}\n"));

    private static Gen<(string Type, MetricFamily Family)> FamilyOf() =>
        from type in Gen.Elements("counter", "gauge", "unknown", "info", "histogram", "gaugehistogram", "summary")
        from name in Names
        from help in Texts
        from texts in Texts.ListOf()
        from numbers in Numbers.ListOf(3)
        from time in Times
        from exemplar in ExemplarsOrNone
        select (type, new MetricFamily
        {
            // Each type has its own names, which do not clash.
            Name = new Utf8String(NameOf(type, name)),
            Type = TypeOf(type),
            Help = help.Length == 0 ? null : new Utf8String(help),
            Unit = type != "info" && name.EndsWith("_seconds", StringComparison.Ordinal) ? new Utf8String("seconds") : null,
            Metrics = [.. texts.Distinct().Select(text => NewMetric(type, text, numbers, time, exemplar))],
        });

    private static string NameOf(string type, string name) =>
        type + name + (type == "counter" ? "_total" : type == "info" ? "_info" : "");

    private static MetricType TypeOf(string type) => type switch
    {
        "counter" => MetricType.Counter,
        "gauge" or "info" => MetricType.Gauge,
        "histogram" => MetricType.Histogram,
        "gaugehistogram" => MetricType.GaugeHistogram,
        "summary" => MetricType.Summary,
        _ => MetricType.Untyped,
    };

    private static Metric NewMetric(
        string type, string text, List<double> numbers, Timestamp? time, Exemplar? exemplar)
    {
        var metric = new Metric { Labels = [.. LabelsOf([text, "same"])], ValueType = TypeOf(type) };
        switch (type)
        {
            case "counter":
                (metric.Number, metric.Exemplar, metric.Created) = (numbers[0], exemplar, time);
                break;
            case "histogram" or "gaugehistogram":
                metric.ValueType = MetricType.Histogram;
                metric.Histogram = new Histogram
                {
                    SampleCount = 5,
                    SampleSum = numbers[1],
                    Created = type == "histogram" ? time : null,
                    Buckets =
                    [
                        new Bucket(type == "histogram" ? 0 : -0.5) { CumulativeCount = 0 },
                        new Bucket(1e-5) { CumulativeCount = 3, Exemplar = exemplar },
                        new Bucket(double.PositiveInfinity) { CumulativeCount = 5 },
                    ],
                };
                break;
            case "summary":
                metric.Summary = new Summary { SampleCount = 7, SampleSum = numbers[1], Created = time };
                metric.Summary.Quantiles.AddRange([new Quantile(0.99, numbers[2]), new Quantile(0.5, double.NaN)]);
                break;
            default:
                metric.Number = type == "info" ? 1 : numbers[0];
                break;
        }
        return metric;
    }

    private static List<Label> LabelsOf(IEnumerable<string> texts, string second = "o.p") =>
        [.. texts.Select((text, i) => new Label(i == 0 ? "l" : second, text))];

    private static string Write(string type, MetricFamily family)
    {
        string name = family.Name.ToString();
        name = type is "counter" or "info" ? name[..name.LastIndexOf('_')] : name;
        var text = new StringBuilder($"# TYPE {Quoted(name)} {type}\n");
        text.Append(family.Unit is { } unit ? $"# UNIT {Quoted(name)} {unit}\n" : "");
        text.Append(family.Help is { } help ? $"# HELP {Quoted(name)} {Escape($"{help}")}\n" : "");
        foreach (Metric metric in family.Metrics)
        {
            Write(type, name, metric, text);
        }
        return text.ToString();
    }

    private static void Write(string type, string name, Metric metric, StringBuilder text)
    {
        Timestamp? created = metric.Created ?? metric.Summary?.Created ?? metric.Histogram?.Created;
        if (metric.Histogram is { } histogram)
        {
            string prefix = type == "gaugehistogram" ? "_g" : "_";
            foreach (Bucket bucket in histogram.Buckets)
            {
                Line("_bucket", Float(bucket.Count), ("le", bucket.UpperBound), bucket.Exemplar);
            }
            Line(prefix + "count", $"{histogram.SampleCount}");
            Line(prefix + "sum", Float(histogram.SampleSum!.Value));
        }
        else if (metric.Summary is { } summary)
        {
            summary.Quantiles.ForEach(quantile => Line("", Float(quantile.Value), ("quantile", quantile.Rank)));
            Line("_count", $"{summary.SampleCount}");
            Line("_sum", Float(summary.SampleSum!.Value));
        }
        else
        {
            string suffix = type == "counter" ? "_total" : type == "info" ? "_info" : "";
            Line(suffix, Float(metric.Number), exemplar: metric.Exemplar);
        }
        if (created is { } time)
        {
            Line("_created", Seconds(time));
        }

        void Line(string suffix, string value, (string Name, double Value)? bound = null, Exemplar? exemplar = null)
        {
            IEnumerable<Label> labels = metric.Labels;
            labels = bound is { } added ? labels.Append(new Label(added.Name, Float(added.Value))) : labels;
            text.Append(CultureInfo.InvariantCulture, $"{{{Quoted(name + suffix)},{Pairs(labels)}}} {value}");
            if (exemplar is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $" # {{{Pairs(exemplar.Labels)}}} {Float(exemplar.Value!.Value)}");
                text.Append(exemplar.Timestamp is { } at ? $" {Seconds(at)}" : "");
            }
            text.Append('\n');
        }
    }

    private static string Pairs(IEnumerable<Label> labels) =>
        string.Join(',', labels.Select(label => $"{Quoted($"{label.Name}")}=\"{Escape($"{label.Value}")}\""));

    private static string Quoted(string name) => $"\"{Escape(name)}\"";

    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Float(double value) => GoNumber.Format(value);

    private static string Seconds(Timestamp time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.Seconds}.{time.Nanos:D9}");
}
