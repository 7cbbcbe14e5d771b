using System.Collections.Immutable;

namespace PushGateway.Tests.EndToEnd.Kill;

/// <summary>
/// The content of a group. All series of a family have the same value, so that a partly stored push is detected.
/// </summary>
/// <param name="Values">By the family's name.</param>
internal sealed record GroupState(ImmutableSortedDictionary<string, int> Values, Moment Pushed, Moment Failed)
{
    /// <summary>The state of a missing group, which a push or a failure creates.</summary>
    public static readonly GroupState Empty = new(
        ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal), Moment.Never, Moment.Never);

    /// <summary>Whether a scraped state matches this one.</summary>
    public bool Allows(GroupState other) =>
        Values.SequenceEqual(other.Values) && Pushed.Includes(other.Pushed) && Failed.Includes(other.Failed);

    public override string ToString() =>
        FormattableString.Invariant($"{{{string.Join(", ", Values)}}} pushed {Pushed.From:F6}, failed {Failed.From:F6}");
}
