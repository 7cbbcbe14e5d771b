using System.Buffers.Binary;
using System.IO.Compression;

namespace PushGateway.Http.Push;

/// <summary>Reads bodies with Content-Encoding deflate: the zlib format, as HTTP defines it.</summary>
/// <remarks>
/// Rejects raw deflate data, which some clients send under that name. Without a checksum, a truncated body would be accepted.
/// </remarks>
internal static class DeflateBody
{
    private const int HeaderBytes = 2;
    private const int ChecksumBytes = 4;

    /// <summary>Whether a body has the header of the zlib format: method and window, no dictionary, and check bits. No text body has it.</summary>
    public static bool IsBegunBy(ReadOnlySpan<byte> body) =>
        body.Length >= HeaderBytes && body[0] == 0x78 && (body[1] & 0x20) == 0 && ((body[0] << 8) | body[1]) % 31 == 0;

    /// <summary>Decodes a body to its end. Returns an error, such as <see cref="RequestBody.TooMuch"/>, or null.</summary>
    public static async ValueTask<string?> DecodeAsync(ReadOnlyMemory<byte> body, BodyBuffer decoded, LargePushLease lease)
    {
        if (body.Length < HeaderBytes + ChecksumBytes)
        {
            return RequestBody.Truncated;
        }
        try
        {
            await using var zlib = new ZLibStream(RequestBody.StreamOf(body), CompressionMode.Decompress);
            if (!await decoded.TryReadAllAsync(zlib, timeout: null, CancellationToken.None, lease))
            {
                return RequestBody.TooMuch;
            }
        }
        catch (InvalidDataException)
        {
            return "deflate: invalid data or checksum";
        }

        // The stream reports neither a truncated body nor bytes after the end.
        return BinaryPrimitives.ReadUInt32BigEndian(body.Span[^ChecksumBytes..]) == Adler32(decoded.Join().Span)
            ? null
            : "deflate: truncated, or data after the end";
    }

    private static uint Adler32(ReadOnlySpan<byte> data)
    {
        const uint Modulus = 65521;

        // The maximum bytes whose sums fit in 32 bits.
        const int MaxBytes = 5552;

        uint sum = 1;
        uint sumOfSums = 0;
        while (!data.IsEmpty)
        {
            int count = Math.Min(data.Length, MaxBytes);
            foreach (byte b in data[..count])
            {
                sum += b;
                sumOfSums += sum;
            }
            sum %= Modulus;
            sumOfSums %= Modulus;
            data = data[count..];
        }
        return (sumOfSums << 16) | sum;
    }
}
