using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store.Output.Gzip;

/// <summary>The compressed lines of a family in consecutive groups.</summary>
/// <param name="Stamps">The stamps of the families of the groups; see <see cref="StoredFamily.Stamp"/>.</param>
internal sealed record DeflatedChunk(long[] Stamps, DeflatedPiece Piece)
{
    /// <summary>Whether these families are the parts of a view from an index on.</summary>
    public bool IsAt(FamilyView parts, int start)
    {
        if (parts.Count - start < Stamps.Length)
        {
            return false;
        }
        for (int i = 0; i < Stamps.Length; i++)
        {
            if (parts[start + i].Stamp != Stamps[i])
            {
                return false;
            }
        }
        return true;
    }
}
