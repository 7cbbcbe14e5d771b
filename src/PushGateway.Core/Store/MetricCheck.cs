using PushGateway.Core.Exposition;
using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>
/// The rules that a metric must keep whatever else is stored, with the messages that the Go Pushgateway's clients see.
/// </summary>
internal static class MetricCheck
{
    /// <summary>What is wrong with a metric; its labels are sorted by name. Null if nothing is.</summary>
    public static string? FindFault(MetricFamily family, Metric metric) =>
        Fits(family.Type, metric.ValueType)
            ? FindLabelFault(metric) is { } fault ? Describe(family.Name, metric, fault) : null
            : NotA(family.Name, metric, family.Type);

    /// <summary>
    /// Whether metrics of one type can stand in a family of another. Histograms and gauge histograms can, since both
    /// are scraped as histograms.
    /// </summary>
    public static bool Fits(MetricType family, MetricType? value) =>
        family == value
        || (family is MetricType.Histogram or MetricType.GaugeHistogram
            && value is MetricType.Histogram or MetricType.GaugeHistogram);

    public static string NotA(Utf8String name, Metric metric, MetricType type) =>
        Describe(name, metric, $"is not a {type.ProtoName()}");

    public static string CollectedBefore(Utf8String name, Metric metric) =>
        Describe(name, metric, "was collected before with the same name and label values");

    private static string Describe(Utf8String name, Metric metric, string fault) =>
        $"collected metric {GoQuote.Quote(name.Span)} {{ {PrototextExposition.Describe(metric)}}} {fault}";

    private static string? FindLabelFault(Metric metric)
    {
        Utf8String previous = default;
        foreach (Label label in metric.Labels)
        {
            Utf8String name = label.Name;
            if (name == previous)
            {
                return $"has two or more labels with the same name: {name}";
            }
            if (!NameRules.IsValidLabelName(name, NameValidation.Utf8)
                || name.Span.StartsWith(NameRules.ReservedLabelPrefix))
            {
                return $"has a label with an invalid name: {name}";
            }
            if (metric.Summary is not null && name.Span.SequenceEqual("quantile"u8))
            {
                return "must not have an explicit \"quantile\" label";
            }
            if (!label.Value.IsValidUtf8)
            {
                return $"has a label named {GoQuote.Quote(name.Span)} whose value is not utf8: "
                    + GoQuote.Quote(label.Value.Span);
            }
            previous = name;
        }
        return null;
    }
}
