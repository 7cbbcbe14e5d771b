using System.Text;
using PushGateway.Core.Model;

namespace PushGateway.Core.Store.Consistency;

internal enum ConflictKind
{
    /// <summary>A series is there already.</summary>
    Series,

    /// <summary>Other groups have the family with another type.</summary>
    Type,

    /// <summary>A stored summary or histogram claims the name.</summary>
    NameReservedByOther,

    /// <summary>It is a summary or histogram and would claim a stored family's name.</summary>
    ReservesNameOfOther,

    /// <summary>It is a family of the gateway's own, with another help.</summary>
    ReservedHelp,

    /// <summary>It is a family of the gateway's own, with another type.</summary>
    ReservedType,
}

/// <summary>Why a family does not fit with what is stored.</summary>
/// <param name="Metric">Which metric of the family, in the order of the push, where it is about one.</param>
internal readonly record struct Conflict(
    ConflictKind Kind,
    FamilyHeader Family,
    int Metric = -1,
    Utf8String OtherName = default,
    MetricType OtherType = default,
    Utf8String OtherHelp = default)
{
    /// <summary>All that is wrong with a family, metric by metric.</summary>
    /// <param name="stored">The form in which the family was to be stored.</param>
    /// <param name="conflicts">Those of this family. One that is about the whole family is the only thing told.</param>
    public static IEnumerable<string> Describe(
        MetricFamily family, StoredFamily stored, IReadOnlyList<Conflict> conflicts)
    {
        if (conflicts is [{ Metric: < 0 } whole, ..])
        {
            return whole.Describe(family);
        }
        IEnumerable<int> suspects = stored.HasFaults
            ? Enumerable.Range(0, family.Metrics.Count)
            : conflicts.Select(conflict => conflict.Metric);
        HashSet<int> clashing = [.. conflicts.Select(conflict => conflict.Metric)];
        return suspects.Select(i => MetricRules.FindFault(family, family.Metrics[i])
                ?? (clashing.Contains(i) ? MetricRules.CollectedBefore(family.Name, family.Metrics[i]) : null))
            .OfType<string>();
    }

    /// <summary>The messages of the Go Pushgateway. A clash of types is told of each metric of the family.</summary>
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

    /// <summary>The message of a conflict that is about the whole family.</summary>
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

/// <summary>Several errors in one text, as the Go Pushgateway's clients see them.</summary>
public static class ErrorList
{
    /// <summary>A small push to a group with a long key can have errors that no string would hold.</summary>
    private const int MaxShownCharacters = 1 << 20;

    /// <summary>One error as it is; several counted, each on a line of its own, as far as there is room.</summary>
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
