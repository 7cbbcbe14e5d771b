using System.Collections.ObjectModel;
using PushGateway.Core.Store;

namespace PushGateway.Core.Persistence;

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
