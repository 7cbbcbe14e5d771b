using System.Text.RegularExpressions;

namespace PushGateway.Tools;

/// <summary>
/// The conventions for names of metrics and labels that <c>promtool check metrics</c> checks. Source:
/// https://prometheus.io/docs/practices/naming/, and for the details client_golang, prometheus/testutil/promlint.
/// </summary>
internal static partial class MetricsLint
{
    private static readonly string[] TypesInNames = ["counter", "gauge", "summary", "histogram", "gauge_histogram"];

    /// <summary>Finds the problems, ordered by family name. Each problem is reported once per family.</summary>
    public static List<LintProblem> Find(IEnumerable<MetricFamily> families)
    {
        var problems = new List<LintProblem>();
        foreach (MetricFamily family in families.OrderBy(family => family.Name))
        {
            string name = family.Name.ToString();
            IEnumerable<string> found =
            [
                .. OfHelp(family), .. OfUnits(name), .. OfSuffix(name, family.Type), .. OfName(name), .. OfLabels(family),
            ];
            problems.AddRange(found.Order(StringComparer.Ordinal).Select(text => new LintProblem(family.Name, text)));
        }
        return problems;
    }

    private static IEnumerable<string> OfHelp(MetricFamily family)
    {
        if (family.Help is null)
        {
            yield return "has no help";
        }
    }

    private static IEnumerable<string> OfUnits(string name)
    {
        if (MetricUnit.FindIn(name) is { } unit && unit.Base != unit.Name)
        {
            yield return $"is in {unit.Name}, where the base unit {unit.Base} is expected";
        }
        foreach (string abbreviation in MetricUnit.Abbreviations.Where(text => HasPart(name, text)))
        {
            yield return $"has a part \"{abbreviation}\", which looks like a unit cut short: write units out";
        }
    }

    /// <summary>An untyped metric may have any suffix.</summary>
    private static IEnumerable<string> OfSuffix(string name, MetricType type)
    {
        if (type == MetricType.Counter && !EndsWith(name, "_total"))
        {
            yield return "is a counter, whose name ends in _total by convention";
        }
        if (type == MetricType.Untyped)
        {
            yield break;
        }
        if (type != MetricType.Counter && EndsWith(name, "_total"))
        {
            yield return "ends in _total, which is for counters";
        }
        if (type != MetricType.Gauge && EndsWith(name, "_timestamp_seconds"))
        {
            yield return "ends in _timestamp_seconds, which is for gauges";
        }
        if (type != MetricType.Histogram && EndsWith(name, "_bucket"))
        {
            yield return "ends in _bucket, which is for series of histograms";
        }
        if (type is not (MetricType.Histogram or MetricType.Summary) && (EndsWith(name, "_count") || EndsWith(name, "_sum")))
        {
            yield return $"ends in {name[name.LastIndexOf('_')..]}, which is for series of histograms and summaries";
        }
    }

    private static IEnumerable<string> OfName(string name)
    {
        foreach (string type in TypesInNames.Where(type => HasPart(name, type)))
        {
            yield return $"has its type in its name: \"{type}\"";
        }
        if (name.Contains(':'))
        {
            yield return "has a colon in its name, which is for recording rules";
        }
        if (CamelCase().IsMatch(name))
        {
            yield return "is in camelCase: use snake_case";
        }
    }

    private static IEnumerable<string> OfLabels(MetricFamily family)
    {
        var labels = new HashSet<Utf8String>();
        foreach (Metric metric in family.Metrics)
        {
            foreach (ref readonly Label label in metric.Labels.Span)
            {
                labels.Add(label.Name);
            }
        }
        bool hasType = family.Type != MetricType.Untyped;
        foreach (Utf8String label in labels)
        {
            string name = label.ToString();
            if (CamelCase().IsMatch(name))
            {
                yield return $"has a label {GoQuote.Quote(label.Span)} in camelCase: use snake_case";
            }
            if (hasType && name == "le" && family.Type != MetricType.Histogram)
            {
                yield return "has a label \"le\", which is for histograms";
            }
            if (hasType && name == "quantile" && family.Type != MetricType.Summary)
            {
                yield return "has a label \"quantile\", which is for summaries";
            }
        }
    }

    private static bool EndsWith(string name, string suffix) => name.EndsWith(suffix, StringComparison.Ordinal);

    /// <summary>Whether the name contains these words after its first word, ignoring case.</summary>
    private static bool HasPart(string name, string words) =>
        name.EndsWith($"_{words}", StringComparison.OrdinalIgnoreCase)
        || name.Contains($"_{words}_", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("[a-z][A-Z]")]
    private static partial Regex CamelCase();
}

/// <summary>A violation of a convention by an otherwise valid family.</summary>
internal sealed record LintProblem(Utf8String Family, string Text)
{
    /// <summary>The problem in one line, whatever the name contains.</summary>
    public override string ToString()
    {
        string name = NameRules.IsLegacyMetricName(Family.Span) ? Family.ToString() : GoQuote.Quote(Family.Span);
        return $"{name}: {Text}";
    }
}
