using System.Text;

namespace PushGateway.Core.Store.Consistency;

internal enum ConflictKind
{
    /// <summary>The series exists already.</summary>
    Series,

    /// <summary>Other groups have the family with another type.</summary>
    Type,

    /// <summary>A stored summary or histogram reserves the name.</summary>
    NameReservedByOther,

    /// <summary>The family is a summary or histogram and would reserve the name of a stored family.</summary>
    ReservesNameOfOther,

    /// <summary>The gateway has a family of that name, with another help.</summary>
    ReservedHelp,

    /// <summary>The gateway has a family of that name, with another type.</summary>
    ReservedType,
}

/// <summary>Why a family is inconsistent with the stored ones.</summary>
/// <param name="Metric">Index of the metric in the push; -1 if the conflict concerns the whole family.</param>
internal readonly record struct Conflict(
    ConflictKind Kind,
    FamilyHeader Family,
    int Metric = -1,
    Utf8String OtherName = default,
    MetricType OtherType = default,
    Utf8String OtherHelp = default)
{
    /// <summary>All errors of a family, metric by metric.</summary>
    /// <param name="stored">The rendered form of the family.</param>
    /// <param name="conflicts">The conflicts of this family. If one concerns the whole family, only that is
    /// reported.</param>
    public static IEnumerable<string> Describe(
        MetricFamily family, StoredFamily stored, IReadOnlyList<Conflict> conflicts)
    {
        if (conflicts is [{ Metric: < 0 } whole, ..])
        {
            return whole.Describe(family);
        }
        IEnumerable<int> candidates = stored.HasFaults
            ? Enumerable.Range(0, family.Metrics.Count)
            : conflicts.Select(conflict => conflict.Metric);
        HashSet<int> conflicting = [.. conflicts.Select(conflict => conflict.Metric)];
        return candidates.Select(i => MetricRules.FindFault(family, family.Metrics[i])
                ?? (conflicting.Contains(i) ? MetricRules.CollectedBefore(family.Name, family.Metrics[i]) : null))
            .OfType<string>();
    }

    /// <summary>The messages of the Go Pushgateway, which reports a conflict of types once for each metric.</summary>
    public IEnumerable<string> Describe(MetricFamily family)
    {
        Conflict self = this;
        return Kind switch
        {
            ConflictKind.Series => [MetricRules.CollectedBefore(family.Name, family.Metrics[Metric])],
            ConflictKind.Type => family.Metrics.Select(metric =>
                MetricRules.NotA(family.Name, metric, self.OtherType)),
            _ => [DescribeFamily()],
        };
    }

    /// <summary>The message of a conflict that concerns the whole family.</summary>
    public string DescribeFamily()
    {
        string name = GoQuote.Quote(Family.Name.Span);
        string other = GoQuote.Quote(OtherName.Span);
        return Kind switch
        {
            ConflictKind.NameReservedByOther =>
                $"collected metric named {name} collides with previously collected "
                + $"{(OtherType == MetricType.Summary ? "summary" : "histogram")} named {other}",
            ConflictKind.ReservesNameOfOther when OtherName.Span.EndsWith("_bucket"u8) =>
                $"collected histogram named {name} collides with previously collected metric named {other}",
            ConflictKind.ReservesNameOfOther =>
                $"collected histogram or summary named {name} collides with previously collected metric named {other}",
            ConflictKind.ReservedHelp =>
                $"gathered metric family {Family.Name} has help {GoQuote.Quote((Family.Help ?? default).Span)} "
                + $"but should have {GoQuote.Quote(OtherHelp.Span)}",
            _ => $"gathered metric family {Family.Name} has type {Family.Type.ProtoName()} "
                + $"but should have {OtherType.ProtoName()}",
        };
    }
}

/// <summary>Joins errors in the form that clients of the Go Pushgateway see.</summary>
public static class ErrorList
{
    /// <summary>
    /// Bounds the message: a small push to a group with a long key can have more errors than a string can hold.
    /// </summary>
    private const int MaxShownCharacters = 1 << 20;

    /// <summary>A single error unchanged; several with their number, each on its own line, up to the limit.</summary>
    public static string Join(IEnumerable<string> errors)
    {
        var list = new StringBuilder();
        string first = "";
        int count = 0;
        int more = 0;
        foreach (string error in errors)
        {
            first = count++ == 0 ? error : first;
            if (list.Length <= MaxShownCharacters)
            {
                list.Append("\n* ").Append(error);
            }
            else
            {
                more++;
            }
        }
        return count == 1 ? first
            : $"{count} error(s) occurred:{list}" + (more == 0 ? "" : $"\n* and {more} more");
    }
}
