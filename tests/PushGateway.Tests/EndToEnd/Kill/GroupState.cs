using System.Collections.Immutable;

namespace PushGateway.Tests.EndToEnd.Kill;

/// <summary>
/// What a group holds. All series of a family have the same value, so that a push that is there in part is noticed.
/// </summary>
/// <param name="Values">By the family's name.</param>
internal sealed record GroupState(ImmutableSortedDictionary<string, int> Values, Moment Pushed, Moment Failed)
{
    /// <summary>What a push or a failure makes of a group that is not there.</summary>
    public static readonly GroupState Empty = new(
        ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal), Moment.Never, Moment.Never);

    /// <summary>Whether a scrape that shows the other is what this one says.</summary>
    public bool Allows(GroupState other) =>
        Values.SequenceEqual(other.Values) && Pushed.Includes(other.Pushed) && Failed.Includes(other.Failed);

    public override string ToString() =>
        FormattableString.Invariant($"{{{string.Join(", ", Values)}}} pushed {Pushed.From:F6}, failed {Failed.From:F6}");
}
