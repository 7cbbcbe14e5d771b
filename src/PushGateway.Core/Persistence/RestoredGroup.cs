using PushGateway.Core.Store;

namespace PushGateway.Core.Persistence;

/// <summary>A group of the persistence file as a store holds it.</summary>
/// <param name="Key">Not checked: see <see cref="PersistedGroup"/>.</param>
/// <param name="Families">For <see cref="RestoreCommand"/>.</param>
/// <param name="Unreadable">Families of the file that this gateway does not take.</param>
public sealed record RestoredGroup(
    GroupingKey Key, StoredFamily[] Families, IReadOnlyList<UnreadableFamily> Unreadable);
