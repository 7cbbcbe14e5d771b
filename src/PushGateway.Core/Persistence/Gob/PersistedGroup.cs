using System.Collections.ObjectModel;
using PushGateway.Core.Store;

namespace PushGateway.Core.Persistence.Gob;

/// <summary>A group of a persistence file. Owns the memory of its families and labels.</summary>
/// <param name="Key">
/// Unchecked: the Go Pushgateway stores groups without a job, and label values in invalid UTF-8.
/// </param>
/// <param name="Families">
/// Distinct families in any order, including the push times. Their metrics have the labels of the group.
/// </param>
public sealed record PersistedGroup(GroupingKey Key, IReadOnlyList<PersistedFamily> Families)
{
    /// <summary>Properties that the Go Pushgateway does not know, and drops when it writes the file.</summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Families that this gateway cannot read, and does not write again.</summary>
    public IReadOnlyList<UnreadableFamily> Unreadable { get; init; } = [];
}

/// <summary>A family of a persistence file.</summary>
/// <param name="Family">Has its metrics in the order of the push.</param>
/// <param name="PushedAt">Nanoseconds since 1970.</param>
public readonly record struct PersistedFamily(MetricFamily Family, long PushedAt);

/// <summary>
/// A damaged family, or one that only the Go Pushgateway accepts: without a name, or with invalid UTF-8.
/// </summary>
/// <param name="Name">The unchecked name in the group's list of families.</param>
public sealed record UnreadableFamily(Utf8String Name, PushError Error);

/// <summary>A group of a persistence file in the form of the store.</summary>
/// <param name="Key">Unchecked: see <see cref="PersistedGroup"/>.</param>
/// <param name="Families">For <see cref="RestoreCommand"/>.</param>
/// <param name="Unreadable">Families that this gateway cannot read.</param>
public sealed record RestoredGroup(
    GroupingKey Key, StoredFamily[] Families, IReadOnlyList<UnreadableFamily> Unreadable)
{
    /// <summary>What the last accepted push specified for its group; null for nothing.</summary>
    public GroupTerms? Terms { get; init; }

    /// <summary>Why the parts of the group contradict each other; null if they do not, or if nothing was verified.</summary>
    public string? Fault { get; init; }
}
