using System.Collections.ObjectModel;
using PushGateway.Core.Model;
using PushGateway.Core.Store;

namespace PushGateway.Core.Persistence.Gob;

/// <summary>A group as the persistence file has it. Owns the memory that its families and labels view.</summary>
/// <param name="Key">
/// Not checked: the Go Pushgateway stores groups without a job, and label values that are not UTF-8.
/// </param>
/// <param name="Families">
/// In any order, none twice, the group's push times among them. Their metrics have the labels of the group.
/// </param>
public sealed record PersistedGroup(GroupingKey Key, IReadOnlyList<PersistedFamily> Families)
{
    /// <summary>
    /// What the Go Pushgateway does not know of a group. It passes over it, and does not write it again.
    /// </summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Families of the file that this gateway does not take, and never writes.</summary>
    public IReadOnlyList<UnreadableFamily> Unreadable { get; init; } = [];
}

/// <summary>A family as the persistence file has it.</summary>
/// <param name="Family">With its metrics in the order of the push.</param>
/// <param name="PushedAt">Nanoseconds since 1970.</param>
public readonly record struct PersistedFamily(MetricFamily Family, long PushedAt);

/// <summary>
/// A family whose bytes are damaged, or which the Go Pushgateway took and this one refuses: without a name, or with
/// text that is not UTF-8.
/// </summary>
/// <param name="Name">As the group lists it, which may be anything.</param>
public sealed record UnreadableFamily(Utf8String Name, PushError Error);

/// <summary>A group of the persistence file as a store holds it.</summary>
/// <param name="Key">Not checked: see <see cref="PersistedGroup"/>.</param>
/// <param name="Families">For <see cref="RestoreCommand"/>.</param>
/// <param name="Unreadable">Families of the file that this gateway does not take.</param>
public sealed record RestoredGroup(
    GroupingKey Key, StoredFamily[] Families, IReadOnlyList<UnreadableFamily> Unreadable);
