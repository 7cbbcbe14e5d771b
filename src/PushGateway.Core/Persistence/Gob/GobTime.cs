using System.Buffers.Binary;

namespace PushGateway.Core.Persistence.Gob;

/// <summary>
/// The binary form of Go's time.Time: a version, seconds since the year 1, nanoseconds, and the zone's offset in
/// minutes, to which version 2 adds seconds. The offset affects only the display.
/// </summary>
internal static class GobTime
{
    public const int Bytes = 15;

    /// <summary>Seconds from the year 1 to 1970.</summary>
    private const long UnixEpoch = 62_135_596_800;

    private const int NanosecondsPerSecond = 1_000_000_000;

    /// <summary>UTC. 0 would be a zone without an offset.</summary>
    private const short Utc = -1;

    /// <summary>
    /// Reads nanoseconds since 1970: 0 for earlier times, such as Go's zero time, and <see cref="long.MaxValue"/> for
    /// times after 2262. False for an unknown version.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out long nanoseconds)
    {
        nanoseconds = 0;
        if (bytes is not ([1, ..] and { Length: Bytes } or [2, ..] and { Length: Bytes + 1 }))
        {
            return false;
        }
        Int128 seconds = BinaryPrimitives.ReadInt64BigEndian(bytes[1..]);
        int fraction = BinaryPrimitives.ReadInt32BigEndian(bytes[9..]);
        Int128 exact = (seconds - UnixEpoch) * NanosecondsPerSecond + fraction;
        nanoseconds = (long)Int128.Clamp(exact, 0, long.MaxValue);
        return true;
    }

    /// <param name="nanoseconds">Since 1970; negative values become 0.</param>
    public static void Write(Span<byte> destination, long nanoseconds)
    {
        (long seconds, long fraction) = Math.DivRem(Math.Max(nanoseconds, 0), NanosecondsPerSecond);
        destination[0] = 1;
        BinaryPrimitives.WriteInt64BigEndian(destination[1..], seconds + UnixEpoch);
        BinaryPrimitives.WriteInt32BigEndian(destination[9..], (int)fraction);
        BinaryPrimitives.WriteInt16BigEndian(destination[13..], Utc);
    }
}
