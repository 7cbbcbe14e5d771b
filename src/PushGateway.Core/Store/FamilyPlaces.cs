namespace PushGateway.Core.Store;

/// <summary>Where the families of one name are, in the order of the groups.</summary>
/// <remarks>In chunks: a list that doubles would be a large object with 10,000 groups, and leave others behind.</remarks>
internal sealed class FamilyPositions(FamilyHeader header)
{
    private const int ChunkPlaces = 1024;
    private const int FirstPlaces = 4;

    private readonly List<Place[]> _chunks = [];

    /// <summary>That of the first group.</summary>
    public FamilyHeader Header => header;

    public int Count { get; private set; }

    public Place this[int index] => _chunks[index / ChunkPlaces][index % ChunkPlaces];

    public void Add(Place place)
    {
        int used = Count % ChunkPlaces;
        if (used == 0)
        {
            _chunks.Add(new Place[Count == 0 ? FirstPlaces : ChunkPlaces]);
        }
        else if (used == _chunks[^1].Length)
        {
            Place[] larger = new Place[Math.Min(4 * used, ChunkPlaces)];
            _chunks[^1].CopyTo(larger, 0);
            _chunks[^1] = larger;
        }
        _chunks[^1][used] = place;
        Count++;
    }

    /// <param name="Group">Which of the snapshot's groups it is, in their order.</param>
    /// <param name="Family">Which of the group's families it is.</param>
    internal readonly record struct Place(int Group, int Family);
}
