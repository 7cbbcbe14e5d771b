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

/// <summary>An error of a rejected push, without its message: a push can have more errors than are shown.</summary>
/// <param name="Family">The family with its group's labels.</param>
/// <param name="Metric">Null if the error concerns the whole family.</param>
/// <param name="Whole">The conflict that concerns the whole family, if any.</param>
internal readonly record struct PushFault(MetricFamily Family, Metric? Metric, Conflict? Whole)
{
    /// <summary>All errors of a family, metric by metric.</summary>
    /// <param name="hasFaults">Whether one of its metrics has a fault of its own.</param>
    /// <param name="conflicts">The conflicts of this family. If one concerns the whole family, only that is
    /// reported.</param>
    public static IEnumerable<PushFault> Of(MetricFamily family, bool hasFaults, IReadOnlyList<Conflict> conflicts)
    {
        if (conflicts is [{ Metric: < 0 } whole, ..])
        {
            // Upstream: a conflict of types is reported once for each metric.
            return whole.Kind == ConflictKind.Type
                ? family.Metrics.Select(metric => new PushFault(family, metric, whole))
                : [new PushFault(family, null, whole)];
        }
        if (!hasFaults)
        {
            return conflicts.Select(conflict => new PushFault(family, family.Metrics[conflict.Metric], null));
        }
        HashSet<int> conflicting = [.. conflicts.Select(conflict => conflict.Metric)];
        return family.Metrics
            .Where((metric, i) => conflicting.Contains(i) || MetricRules.HasFault(family, metric))
            .Select(metric => new PushFault(family, metric, null));
    }

    /// <summary>The error in fields, without the groups.</summary>
    public RejectionCause ToCause() => new(KindOf())
    {
        Family = Family.Name.ToString(),
        Here = Whole is { Kind: ConflictKind.Type or ConflictKind.ReservedType } ? Family.Type : null,
        There = Whole is { Kind: ConflictKind.Type or ConflictKind.ReservedType, OtherType: var type } ? type : null,
    };

    private RejectionKind KindOf() => Whole?.Kind switch
    {
        ConflictKind.Type => RejectionKind.Type,
        ConflictKind.NameReservedByOther or ConflictKind.ReservesNameOfOther => RejectionKind.Name,
        ConflictKind.ReservedHelp or ConflictKind.ReservedType => RejectionKind.Reserved,
        _ => MetricRules.HasFault(Family, Metric!) ? RejectionKind.Invalid : RejectionKind.Duplicate,
    };

    public string Describe() =>
        Metric is null ? Whole!.Value.DescribeFamily()
        : Whole is { } whole ? MetricRules.NotA(Family.Name, Metric, whole.OtherType)
        : MetricRules.FindFault(Family, Metric) ?? MetricRules.CollectedBefore(Family.Name, Metric);
}

/// <summary>Joins errors in the form that clients of the Go Pushgateway see.</summary>
public static class ErrorList
{
    /// <summary>
    /// Bounds the message: a small push to a group with a long key can have more errors than a string can hold.
    /// </summary>
    private const int MaxShownCharacters = 1 << 20;

    /// <summary>A single error unchanged; several with their number, each on its own line, up to the limit.</summary>
    public static string Join(IEnumerable<string> errors) => Join(errors, error => error);

    /// <inheritdoc cref="Join"/>
    /// <param name="describe">Called for the errors that are shown.</param>
    internal static string Join<T>(IEnumerable<T> errors, Func<T, string> describe)
    {
        var list = new StringBuilder();
        string first = "";
        int count = 0;
        int more = 0;
        foreach (T error in errors)
        {
            count++;
            if (list.Length > MaxShownCharacters)
            {
                more++;
                continue;
            }
            string message = describe(error);
            first = count == 1 ? message : first;
            list.Append("\n* ").Append(message);
        }
        return count == 1 ? first
            : $"{count} error(s) occurred:{list}" + (more == 0 ? "" : $"\n* and {more} more");
    }
}
