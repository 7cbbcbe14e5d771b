using PushGateway.Core.Exposition;

namespace PushGateway.Core.Store.Consistency;

/// <summary>
/// The rules for a single metric, whatever else is stored, with the messages that clients of the Go Pushgateway see.
/// </summary>
internal static class MetricRules
{
    private enum LabelFault
    {
        None,
        NameTwice,
        InvalidName,
        ExplicitQuantile,
        ExplicitBound,
        ValueNotUtf8,
    }

    /// <summary>Whether <see cref="FindFault"/> finds a fault, without building a message.</summary>
    public static bool HasFault(MetricFamily family, Metric metric) =>
        !Fits(family.Type, metric.ValueType) || FindLabelFault(metric, out _) != LabelFault.None;

    /// <summary>The fault of a metric, whose labels must be sorted by name; null for none.</summary>
    public static string? FindFault(MetricFamily family, Metric metric)
    {
        if (!Fits(family.Type, metric.ValueType))
        {
            return NotA(family.Name, metric, family.Type);
        }
        LabelFault fault = FindLabelFault(metric, out Label label);
        return fault == LabelFault.None ? null : Describe(family.Name, metric, Describe(fault, label));
    }

    /// <summary>
    /// Whether a family of one type can contain metrics of another. Histograms and gauge histograms can mix, since both
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

    public static string Describe(Utf8String name, Metric metric, string fault) =>
        $"collected metric {GoQuote.Quote(name.Span)} {{ {PrototextExposition.Describe(metric)}}} {fault}";

    private static string Describe(LabelFault fault, Label label) => fault switch
    {
        LabelFault.NameTwice => $"has two or more labels with the same name: {label.Name}",
        LabelFault.InvalidName => $"has a label with an invalid name: {label.Name}",
        LabelFault.ExplicitQuantile => "must not have an explicit \"quantile\" label",
        LabelFault.ExplicitBound => "must not have an explicit \"le\" label",
        _ => $"has a label named {GoQuote.Quote(label.Name.Span)} whose value is not utf8: "
            + GoQuote.Quote(label.Value.Span),
    };

    private static LabelFault FindLabelFault(Metric metric, out Label faulty)
    {
        Utf8String previous = default;
        foreach (ref readonly Label label in metric.Labels)
        {
            faulty = label;
            if (label.Name == previous)
            {
                return LabelFault.NameTwice;
            }
            if (!NameRules.IsValidLabelName(label.Name, NameValidation.Utf8)
                || label.Name.Span.StartsWith(NameRules.ReservedLabelPrefix))
            {
                return LabelFault.InvalidName;
            }
            if (metric.Summary is not null && label.Name.Span.SequenceEqual("quantile"u8))
            {
                return LabelFault.ExplicitQuantile;
            }
            if (metric.Histogram is not null && label.Name.Span.SequenceEqual("le"u8))
            {
                // Upstream accepts it, and Prometheus rejects every scrape: each bucket has the label twice.
                return LabelFault.ExplicitBound;
            }
            if (!label.Value.IsValidUtf8)
            {
                return LabelFault.ValueNotUtf8;
            }
            previous = label.Name;
        }
        faulty = default;
        return LabelFault.None;
    }
}
