using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using Snappier;

namespace PushGateway.Http.Push;

/// <summary>Reads Snappy's framing format. A library decodes the blocks.</summary>
/// <remarks>Source: google/snappy, framing_format.txt. The library's own reader of frames accepts truncated bodies.</remarks>
internal static class SnappyFrames
{
    private const int HeaderBytes = 4;
    private const int ChecksumBytes = 4;

    /// <summary>The maximum decoded size of a chunk.</summary>
    private const int MaxChunkBytes = 64 * 1024;

    private const byte CompressedChunk = 0x00;
    private const byte PlainChunk = 0x01;
    private const byte FirstSkippableChunk = 0x80;
    private const byte StreamIdentifier = 0xff;

    private const string Corrupt = "snappy: corrupt input";
    private const string Unsupported = "snappy: unsupported input";

    /// <summary>
    /// Decodes frames to the end; there may be none. Returns an error, such as <see cref="RequestBody.TooMuch"/>, or null.
    /// </summary>
    public static string? Decode(ReadOnlySpan<byte> frames, BodyBuffer decoded)
    {
        bool identified = false;
        while (!frames.IsEmpty)
        {
            if (frames.Length < HeaderBytes)
            {
                return Corrupt;
            }
            byte type = frames[0];
            int length = frames[1] | (frames[2] << 8) | (frames[3] << 16);
            frames = frames[HeaderBytes..];
            if (length > frames.Length || !(identified || type == StreamIdentifier))
            {
                return Corrupt;
            }
            if (DecodeChunk(type, frames[..length], decoded) is { } fault)
            {
                return fault;
            }
            identified = true;
            frames = frames[length..];
        }
        return null;
    }

    /// <summary>The maximum decoded size of frames of this length. A block of 64 KiB needs at least a twentieth of that, and a header.</summary>
    public static int MaxLengthOf(int frames) => (int)Math.Min(32L * frames, int.MaxValue);

    private static string? DecodeChunk(byte type, ReadOnlySpan<byte> chunk, BodyBuffer decoded) => type switch
    {
        StreamIdentifier => chunk.SequenceEqual("sNaPpY"u8) ? null : Corrupt,
        >= FirstSkippableChunk => null,
        CompressedChunk or PlainChunk => DecodeData(type, chunk, decoded),
        _ => Unsupported,
    };

    private static string? DecodeData(byte type, ReadOnlySpan<byte> chunk, BodyBuffer decoded)
    {
        if (chunk.Length < ChecksumBytes)
        {
            return Corrupt;
        }
        ReadOnlySpan<byte> data = chunk[ChecksumBytes..];
        if (type == CompressedChunk)
        {
            if (!TryDecodeBlock(data, out byte[] block))
            {
                return Corrupt;
            }
            data = block;
        }
        if (data.Length > MaxChunkBytes || BinaryPrimitives.ReadUInt32LittleEndian(chunk) != MaskedChecksum(data))
        {
            return Corrupt;
        }
        return decoded.TryAppend(data) ? null : RequestBody.TooMuch;
    }

    private static bool TryDecodeBlock(ReadOnlySpan<byte> block, out byte[] data)
    {
        data = [];
        try
        {
            int length = Snappy.GetUncompressedLength(block);
            if (length is < 0 or > MaxChunkBytes)
            {
                return false;
            }
            data = new byte[length];
            return Snappy.TryDecompress(block, data, out int written) && written == length;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>The CRC-32C, masked as the format requires.</summary>
    private static uint MaskedChecksum(ReadOnlySpan<byte> data) =>
        BitOperations.RotateRight(Crc32.HashToUInt32(Crc32ParameterSet.Crc32C, data), 15) + 0xa282ead8;
}
