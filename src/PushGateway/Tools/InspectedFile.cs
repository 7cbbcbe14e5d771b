using PushGateway.Core.Persistence;
using PushGateway.Core.Store;

namespace PushGateway.Tools;

/// <summary>A persistence file with its journal.</summary>
/// <param name="Size">In bytes; null if only the journal is there.</param>
/// <param name="Trailer">What the file says of the journal; null if the Go Pushgateway has written it.</param>
/// <param name="Journal">Its parts, oldest first.</param>
/// <param name="Groups">What a start would restore.</param>
internal sealed record InspectedFile(
    string Path, long? Size, CheckpointId? Trailer, IReadOnlyList<JournalSegment> Journal, StoreSnapshot Groups)
{
    /// <summary>Families that a start would leave out.</summary>
    public required IReadOnlyList<UnreadableFamily> Unreadable { get; init; }

    /// <summary>What a start would log as not being as it should be.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    public bool IsSound => Unreadable.Count + Findings.Count == 0;
}
