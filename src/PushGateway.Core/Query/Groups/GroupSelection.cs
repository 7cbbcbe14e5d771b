using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store;

namespace PushGateway.Core.Query.Groups;

/// <summary>Criteria for groups. A group is selected if it meets all of them.</summary>
public sealed record GroupSelection
{
    public const int MaxWords = 32;

    /// <summary>At least one of these selectors must select a series of the group. Empty selects all groups.</summary>
    public IReadOnlyList<Selector> Selectors { get; init; } = [];

    /// <summary>
    /// Words that must all occur in the grouping key, family names or label values. At most <see cref="MaxWords"/>.
    /// </summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Whether the last push was rejected; null for either.</summary>
    public bool? HasFailed { get; init; }

    /// <summary>Only groups without a pushed sample.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>Upper bound (exclusive) of the last accepted push, in seconds since 1970.</summary>
    public double? PushedBefore { get; init; }

    /// <summary>The same bound, as the criterion for the state "stale".</summary>
    public double? StaleSince { get; init; }

    /// <summary>Lower bound (inclusive) of the last accepted push, in seconds since 1970.</summary>
    public double? PushedSince { get; init; }

    /// <summary>Only groups that scrapes omit. The caller must also select them by <see cref="Among"/>.</summary>
    public bool IsQuarantined { get; init; }

    /// <summary>Only groups that are late. The caller must also select them by <see cref="Where"/>.</summary>
    public bool IsLate { get; init; }

    /// <summary>
    /// Only groups without a push for more than half of their time to live. The caller must also select them by <see cref="Where"/>.
    /// </summary>
    public bool IsExpiring { get; init; }

    /// <summary>Whether a group may be selected; null for all.</summary>
    public Predicate<MetricGroup>? Where { get; init; }

    /// <summary>Whether a group may be selected, by its key; null for all.</summary>
    public Predicate<GroupingKey>? Among { get; init; }

    public bool SelectsAll =>
        Selectors.Count == 0 && Words.Count == 0 && HasFailed is null && !IsEmpty && !IsQuarantined && !IsLate && !IsExpiring
        && Among is null && Where is null && StaleSince is null && PushedBefore is null && PushedSince is null;
}

/// <summary>Matches a selection against groups, one after the other. Not thread-safe.</summary>
internal sealed class GroupScan(GroupSelection selection, SelectorScan[] selectors)
{
    private readonly SearchWords _words = new(selection.Words);

    /// <summary>Checks the cheapest criteria first.</summary>
    public bool Matches(MetricGroup group) => HasState(group) && MatchesBesideState(group);

    public bool HasState(MetricGroup group) =>
        (selection.Among is null || selection.Among(group.Key))
        && (selection.HasFailed is null || selection.HasFailed != group.IsOk)
        && (selection.Where is null || selection.Where(group))
        && !(selection.IsEmpty && GroupSummary.HasSamples(group))
        && IsPushed(before: selection.StaleSince, since: null, group);

    /// <summary>Whether a group meets the criteria, except those for its state.</summary>
    public bool MatchesBesideState(MetricGroup group) =>
        IsPushed(selection.PushedBefore, selection.PushedSince, group)
        && (selection.Words.Count == 0 || _words.OccurIn(group))
        && (selectors.Length == 0 || Array.Exists(selectors, selector => selector.Matches(group)));

    private static bool IsPushed(double? before, double? since, MetricGroup group)
    {
        if (before is null && since is null)
        {
            return true;
        }
        double pushed = PushTimestamps.Read(group, PushTimestamps.Success);
        return !(pushed >= before) && !(pushed < since);
    }
}
