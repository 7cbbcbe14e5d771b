namespace PushGateway.Core.Query.Groups;

/// <summary>What the gateway knows about a group in addition to the stored data.</summary>
/// <param name="Path">The URL path of the group.</param>
/// <param name="Quarantined">Why scrapes omit the group; null if they include it.</param>
/// <param name="Deadlines">When the group expires, and when its next push is due.</param>
public sealed record GroupContext(string Path, string? Quarantined, GroupDeadlines Deadlines);

/// <summary>When a group expires, and when its next push is due.</summary>
/// <param name="TimeToLive">Seconds from the last accepted push; null for no limit.</param>
/// <param name="Expires">Seconds since 1970; null for never.</param>
/// <param name="ExpectedInterval">The maximum seconds between two pushes; null if none is expected.</param>
/// <param name="IsLate">Whether the last push was rejected or is too old; null if none is expected.</param>
public readonly record struct GroupDeadlines(
    double? TimeToLive, double? Expires, double? ExpectedInterval, bool? IsLate);
