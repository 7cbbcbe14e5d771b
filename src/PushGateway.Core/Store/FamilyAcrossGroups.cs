using System.Collections;

namespace PushGateway.Core.Store;

/// <summary>The families that all groups of a snapshot have under one name, in the order of the groups.</summary>
public sealed class FamilyView : IEnumerable<StoredFamily>
{
    private readonly StoreSnapshot _snapshot;
    private readonly FamilyPositions _places;

    internal FamilyView(StoreSnapshot snapshot, FamilyPositions places)
    {
        _snapshot = snapshot;
        _places = places;
    }

    /// <summary>That of the first group, whose type and help are shown for all.</summary>
    public FamilyHeader Header => _places.Header;

    /// <summary>In how many groups it is.</summary>
    public int Count => _places.Count;

    /// <summary>That of one of the groups.</summary>
    public ref readonly StoredFamily this[int index]
    {
        get
        {
            FamilyPositions.Place place = _places[index];
            return ref _snapshot.FamiliesInOrder(place.Group)[place.Family];
        }
    }

    public IEnumerator<StoredFamily> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
