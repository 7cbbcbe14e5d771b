using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Store;

namespace PushGateway.Core.Persistence.Snapshot;

/// <summary>The parts of a persistence file, found without decoding the content.</summary>
/// <param name="ContentLength">The size in bytes of the first part, which the Go Pushgateway reads.</param>
/// <param name="Checksums">Null without any, as in files of earlier versions, or if they are damaged.</param>
/// <param name="Trailer">Null if it is damaged, or if there is none.</param>
/// <param name="Damage">The damage of our own part; null if it is intact.</param>
internal sealed record SnapshotLayout(
    long ContentLength, GroupChecksums? Checksums, SnapshotTrailer? Trailer, string? Damage)
{
    /// <summary>Both gateways write fewer than ten.</summary>
    private const int MaxMessages = 100;

    /// <summary>The idempotency keys; empty without any, or if they are damaged.</summary>
    public IReadOnlyList<RememberedKey> Keys { get; init; } = [];

    public static SnapshotLayout Read(BufferedFileReader file)
    {
        long? trailerStart = SnapshotTrailer.FindAtEnd(file);
        SnapshotTrailer? trailer = trailerStart is { } start ? SnapshotTrailer.Read(file, start) : null;
        bool isPlausible = trailer is not null && trailer.ContentLength <= trailerStart;
        if ((isPlausible ? trailer!.ContentLength : FindAfterMessages(file) ?? trailerStart) is not { } content)
        {
            return new SnapshotLayout(file.Limit, null, null, null);
        }
        var checksums = GroupChecksums.Read(file, content);
        long? keysStart = checksums is null ? KeyBlock.Find(file, content) : content + checksums.Bytes;
        IReadOnlyList<RememberedKey> keys = KeyBlock.Read(file, keysStart ?? file.Limit);
        long ownEnd = keys.Count > 0 ? keysStart!.Value + KeyBlock.BytesOf(keys) : content + (checksums?.Bytes ?? 0);
        long end = trailerStart ?? ownEnd;
        trailer ??= SnapshotTrailer.Read(file, end);
        long rest = file.Limit - end - SnapshotTrailer.Bytes;
        bool hasChecksums = checksums is not null || (keysStart ?? end) == content;
        string? damage =
            trailer?.ContentLength != content ? "damaged or incomplete trailer"
            : !hasChecksums ? "damaged checksums of its groups"
            : end != ownEnd ? "damaged idempotency keys"
            : rest > 0 ? $"{rest} bytes follow its end"
            : null;
        return new SnapshotLayout(content, checksums, trailer?.ContentLength == content ? trailer : null, damage)
        {
            Keys = keys,
        };
    }

    /// <summary>
    /// Finds the end of the content by the lengths of its gob messages. No message begins like our own part.
    /// </summary>
    private static long? FindAfterMessages(BufferedFileReader file)
    {
        long offset = 0;
        for (int messages = 0; messages < MaxMessages; messages++)
        {
            ReadOnlySpan<byte> start = file.ReadAt(offset, GroupChecksums.Magic.Length + 1);
            if (start.StartsWith(SnapshotTrailer.Magic)
                || start.StartsWith(GroupChecksums.Magic)
                || start.StartsWith(KeyBlock.Magic))
            {
                return offset;
            }
            if (!GobReader.TryDecodeUInt(start, out ulong length, out int bytes)
                || length == 0
                || length > (ulong)(file.Limit - offset - bytes))
            {
                return null;
            }
            offset += bytes + (long)length;
        }
        return null;
    }
}
