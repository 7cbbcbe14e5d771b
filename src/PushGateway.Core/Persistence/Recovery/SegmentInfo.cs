using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Journal;

namespace PushGateway.Core.Persistence.Recovery;

/// <summary>One of a journal's files as it is at start.</summary>
/// <param name="Header">Null if it cannot be read.</param>
/// <param name="Fault">
/// Why the header cannot be read; null if it can, or if the file was never finished and holds nothing.
/// </param>
internal sealed record SegmentInfo(string Name, SegmentHeader? Header, long Length, string? Fault)
{
    public bool IsEmpty => Header is null ? Fault is null : Length <= SegmentHeader.Bytes;

    /// <exception cref="IOException">The disk fails.</exception>
    public static SegmentInfo Inspect(DurableFolder folder, string name)
    {
        using DurableFile file = folder.TryOpen(name) ?? throw new IOException($"{name} has disappeared");
        long length = file.Length;
        Span<byte> start = stackalloc byte[(int)Math.Min(length, SegmentHeader.Bytes)];
        var window = new BufferedFileReader(file, length);
        window.TryCopy(0, start);
        var header = SegmentHeader.Decode(start, out bool isNewer);
        if (header is not null)
        {
            return new SegmentInfo(name, header, length, Fault: null);
        }
        string fault = isNewer ? "it was written by a newer version" : "its header is damaged";
        return new SegmentInfo(name, null, length, IsUnfinished(window) ? null : fault);
    }

    /// <summary>
    /// No record is written before the header is durable, so that none can be lost with a header that is not.
    /// </summary>
    private static bool IsUnfinished(BufferedFileReader window)
    {
        bool isBlank = true;
        for (long offset = 0; isBlank && window.At(offset) is { IsEmpty: false } there; offset += there.Length)
        {
            isBlank = there.IndexOfAnyExcept((byte)0) < 0;
        }
        return isBlank || window.Limit <= SegmentHeader.Bytes;
    }
}
