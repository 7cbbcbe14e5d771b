using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store;

namespace PushGateway.Core.Query.Groups;

/// <summary>Holds a selection against groups, one after the other. For one thread.</summary>
internal sealed class GroupScan(GroupSelection selection)
{
    private readonly SelectorScan[] _selectors = [.. selection.Selectors.Select(selector => new SelectorScan(selector))];
    private readonly SearchWords _words = new(selection.Words);

    /// <summary>What costs least comes first.</summary>
    public bool Matches(MetricGroup group) =>
        (selection.Among is null || selection.Among(group.Key))
        && (selection.HasFailed is null || selection.HasFailed != GroupSummary.IsOk(group))
        && IsPushedInTime(group)
        && (selection.Words.Count == 0 || _words.OccurIn(group))
        && (_selectors.Length == 0 || Array.Exists(_selectors, selector => selector.Matches(group)));

    private bool IsPushedInTime(MetricGroup group)
    {
        if (selection is { PushedBefore: null, PushedSince: null })
        {
            return true;
        }
        double pushed = PushTimestamps.Read(group, PushTimestamps.Success);
        return !(pushed >= selection.PushedBefore) && !(pushed < selection.PushedSince);
    }
}
