using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store;

namespace PushGateway.Core.Query.Groups;

/// <summary>Which groups somebody wants: those for which all of it holds.</summary>
public sealed record GroupSelection
{
    public const int MaxWords = 32;

    /// <summary>One of them has to select a series of the group; none selects all.</summary>
    public IReadOnlyList<Selector> Selectors { get; init; } = [];

    /// <summary>Words that have to occur in the grouping key or in the name of a family; at most <see cref="MaxWords"/>.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Whether the last push was refused; null for either.</summary>
    public bool? HasFailed { get; init; }

    /// <summary>The last push that was taken was before, in seconds since 1970.</summary>
    public double? PushedBefore { get; init; }

    /// <summary>The last push that was taken was then or later, in seconds since 1970.</summary>
    public double? PushedSince { get; init; }

    /// <summary>Only those that are left out of scrapes: <see cref="Among"/> has to say which.</summary>
    public bool IsQuarantined { get; init; }

    /// <summary>Says of a key whether its group may be selected; null for all.</summary>
    public Predicate<GroupingKey>? Among { get; init; }

    public bool SelectsAll =>
        Selectors.Count == 0 && Words.Count == 0 && HasFailed is null && !IsQuarantined && Among is null
        && PushedBefore is null && PushedSince is null;
}
