using System.Globalization;

namespace PushGateway.Core.Store;

/// <summary>
/// Limits of a push, and of the resulting store. 0 means no limit. They apply only to pushes: stored and restored groups
/// stay.
/// </summary>
/// <param name="Series">Series in one push.</param>
/// <param name="Labels">Labels of one series, including those of its group.</param>
/// <param name="NameBytes">Bytes of the name of a metric or label.</param>
/// <param name="ValueBytes">Bytes of the value of a label.</param>
/// <param name="StoredSeries">Series in the store, push times included.</param>
/// <param name="StoredGroups">Groups in the store.</param>
public sealed record PushLimits(
    long Series = 0, long Labels = 0, long NameBytes = 0, long ValueBytes = 0, long StoredSeries = 0, long StoredGroups = 0)
{
    public static readonly PushLimits None = new();

    /// <summary>The quota for groups of the same kind as the group of the push; null for no limit.</summary>
    public GroupQuota? Quota { get; init; }

    /// <summary>The limits that the body of a push to a group must not exceed.</summary>
    public BodyLimits OfBody(GroupingKey key) => new(Series, Labels, NameBytes, ValueBytes, key.Labels.Length);

    /// <summary>The exceeded limit of a push, or null.</summary>
    internal PushError? FindExcess(IReadOnlyList<MetricFamily> families, GroupingKey key)
    {
        long series = 0;
        foreach (MetricFamily family in families)
        {
            series += family.Metrics.Count;
        }
        if (Exceeds(series, Series))
        {
            return Excess(LimitKind.Series, $"the push has {series} series, and at most {Series} are allowed");
        }
        foreach (Label label in key.Labels)
        {
            if (FindExcess(label, "the URL") is { } excess)
            {
                return excess;
            }
        }
        foreach (MetricFamily family in families)
        {
            if (FindExcess(family, key) is { } excess)
            {
                return excess;
            }
        }
        return null;
    }

    /// <summary>The limit that the families of a push exceed after they are merged with the stored ones, or null.</summary>
    /// <param name="series">Includes the push time.</param>
    internal PushError? FindMergedExcess(long series)
    {
        // The push time is not part of the push.
        return Exceeds(series - 1, Series)
            ? Excess(
                LimitKind.Series,
                $"the families of the push would have {series - 1} series with the stored ones, and at most {Series} are allowed")
            : null;
    }

    /// <summary>The limit of the store that a push would exceed, or null.</summary>
    internal PushError? FindStoredExcess(long series, long seriesBefore, long groups, bool isNewGroup)
    {
        if (isNewGroup && Exceeds(groups + 1, StoredGroups))
        {
            return Excess(LimitKind.StoredGroups, $"{groups} groups are stored, and at most {StoredGroups} are allowed");
        }
        if (isNewGroup && Quota is { } quota && quota.Count + 1 > quota.Max)
        {
            return Excess(
                LimitKind.RuleGroups, $"{quota.Count} groups of the rule {quota.Name} are stored, and at most {quota.Max} are allowed");
        }
        return series > seriesBefore && Exceeds(series, StoredSeries)
            ? Excess(
                LimitKind.StoredSeries,
                $"{series} series would be stored with this push, and at most {StoredSeries} are allowed")
            : null;
    }

    private PushError? FindExcess(MetricFamily family, GroupingKey key)
    {
        if (Exceeds(family.Name.Length, NameBytes))
        {
            return Excess(
                LimitKind.NameLength, $"a metric name has {family.Name.Length} bytes, and at most {NameBytes} are allowed");
        }
        foreach (Metric metric in family.Metrics)
        {
            ReadOnlySpan<Label> labels = metric.Labels.Span;
            long count = (long)labels.Length + key.Labels.Length;
            if (Exceeds(count, Labels))
            {
                string name = GoQuote.Quote(family.Name.Span);
                return Excess(
                    LimitKind.Labels,
                    $"a series of {name} has {count} labels with those of its group, and at most {Labels} are allowed");
            }
            foreach (ref readonly Label label in labels)
            {
                if (FindExcess(label, "a series") is { } excess)
                {
                    return excess;
                }
            }
        }
        return null;
    }

    private PushError? FindExcess(in Label label, string where) =>
        Exceeds(label.Name.Length, NameBytes)
            ? Excess(
                LimitKind.NameLength,
                $"a label name of {where} has {label.Name.Length} bytes, and at most {NameBytes} are allowed")
        : Exceeds(label.Value.Length, ValueBytes)
            ? Excess(
                LimitKind.ValueLength,
                $"a label value of {where} has {label.Value.Length} bytes, and at most {ValueBytes} are allowed")
        : null;

    private static bool Exceeds(long number, long limit) => limit > 0 && number > limit;

    private static PushError Excess(LimitKind limit, FormattableString message) =>
        new(message.ToString(CultureInfo.InvariantCulture)) { Limit = limit };
}
