using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Journal;

namespace PushGateway.Core.Persistence.Recovery;

/// <summary>A segment found at startup.</summary>
/// <param name="Header">Null if it is unreadable.</param>
/// <param name="Fault">
/// Why the header is unreadable; null if it is readable, or if a crash left the file without a header.
/// </param>
internal sealed record SegmentInfo(string Name, SegmentHeader? Header, long Length, string? Fault)
{
    public bool IsEmpty => Header is null ? Fault is null : Length <= SegmentHeader.Bytes;

    public static SegmentInfo Inspect(DurableFolder folder, string name)
    {
        using DurableFile file = folder.Open(name);
        long length = file.Length;
        Span<byte> start = stackalloc byte[(int)Math.Min(length, SegmentHeader.Bytes)];
        var reader = new BufferedFileReader(file, length);
        reader.TryCopy(0, start);
        var header = SegmentHeader.Decode(start, out bool isNewer);
        if (header is not null)
        {
            return new SegmentInfo(name, header, length, Fault: null);
        }
        string fault = isNewer ? "written by a newer version" : "damaged header";
        return new SegmentInfo(name, null, length, IsUnfinished(reader) ? null : fault);
    }

    private static bool IsUnfinished(BufferedFileReader reader)
    {
        // Records follow only after the header is durable, so a file without one has no records.
        bool isBlank = true;
        for (long offset = 0; isBlank && reader.ReadAt(offset) is { IsEmpty: false } chunk; offset += chunk.Length)
        {
            isBlank = chunk.IndexOfAnyExcept((byte)0) < 0;
        }
        return isBlank || reader.Limit <= SegmentHeader.Bytes;
    }
}
