using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>
/// Which groups have which families: what a scrape has to gather before it can write family after family. Most pushes
/// bring new values for what is there, and leave it as it is; so all snapshots in between share one.
/// </summary>
/// <remarks>For 10,000 groups of 7 families it takes 4 ms to gather, of some 10 ms that a scrape takes without a network.</remarks>
internal sealed class FamilyIndex
{
    private FamilyPositions[]? _families;

    /// <summary>The families that have metrics, by name in order. Gathered when first asked for.</summary>
    /// <param name="snapshot">One of those that share this.</param>
    public FamilyPositions[] FamiliesOf(StoreSnapshot snapshot) => _families ??= Gather(snapshot);

    private static FamilyPositions[] Gather(StoreSnapshot snapshot)
    {
        var byName = new Dictionary<Utf8String, FamilyPositions>();
        for (int group = 0; group < snapshot.GroupCount; group++)
        {
            ReadOnlySpan<StoredFamily> families = snapshot.FamiliesInOrder(group);
            for (int i = 0; i < families.Length; i++)
            {
                if (families[i].MetricCount == 0)
                {
                    continue;
                }
                FamilyHeader header = families[i].Header;
                if (!byName.TryGetValue(header.Name, out FamilyPositions? places))
                {
                    places = new FamilyPositions(header);
                    byName.Add(header.Name, places);
                }
                places.Add(new FamilyPositions.Place(group, i));
            }
        }
        FamilyPositions[] inOrder = [.. byName.Values];
        Array.Sort(inOrder, (a, b) => a.Header.Name.CompareTo(b.Header.Name));
        return inOrder;
    }
}
