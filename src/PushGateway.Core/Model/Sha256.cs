using System.Buffers.Binary;
using System.Numerics;

namespace PushGateway.Core.Model;

/// <summary>
/// SHA-256 (FIPS 180-4) for short texts: logins, tokens and keys. On Linux, the framework's implementation loads OpenSSL and
/// aborts the process if it is missing. Only TLS may require OpenSSL.
/// </summary>
public static class Sha256
{
    public const int HashBytes = 32;

    private const int BlockBytes = 64;
    private const int LengthBytes = 8;

    /// <summary>The first 32 bits of the fractions of the cube roots of the first 64 primes.</summary>
    private static readonly uint[] RoundKeys =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    public static byte[] HashData(ReadOnlySpan<byte> data)
    {
        // Padded: a one bit, zeros, and the length in bits at the end of a block.
        byte[] padded = new byte[(data.Length + 1 + LengthBytes + BlockBytes - 1) / BlockBytes * BlockBytes];
        data.CopyTo(padded);
        padded[data.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(padded.AsSpan(padded.Length - LengthBytes), (ulong)data.Length * 8);

        // The first 32 bits of the fractions of the square roots of the first 8 primes.
        Span<uint> state =
        [
            0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
        ];
        for (int start = 0; start < padded.Length; start += BlockBytes)
        {
            Absorb(padded.AsSpan(start, BlockBytes), state);
        }
        Array.Clear(padded);
        byte[] hash = new byte[HashBytes];
        for (int i = 0; i < state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(i * sizeof(uint)), state[i]);
        }
        return hash;
    }

    private static void Absorb(ReadOnlySpan<byte> block, Span<uint> state)
    {
        Span<uint> words = stackalloc uint[RoundKeys.Length];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = i < BlockBytes / sizeof(uint)
                ? BinaryPrimitives.ReadUInt32BigEndian(block[(i * sizeof(uint))..])
                : words[i - 16] + words[i - 7]
                    + (Turn(words[i - 15], 7) ^ Turn(words[i - 15], 18) ^ (words[i - 15] >> 3))
                    + (Turn(words[i - 2], 17) ^ Turn(words[i - 2], 19) ^ (words[i - 2] >> 10));
        }
        (uint a, uint b, uint c, uint d) = (state[0], state[1], state[2], state[3]);
        (uint e, uint f, uint g, uint h) = (state[4], state[5], state[6], state[7]);
        for (int i = 0; i < words.Length; i++)
        {
            uint first = h + (Turn(e, 6) ^ Turn(e, 11) ^ Turn(e, 25)) + ((e & f) ^ (~e & g)) + RoundKeys[i] + words[i];
            uint second = (Turn(a, 2) ^ Turn(a, 13) ^ Turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + first, c, b, a, first + second);
        }
        ReadOnlySpan<uint> change = [a, b, c, d, e, f, g, h];
        for (int i = 0; i < state.Length; i++)
        {
            state[i] += change[i];
        }
    }

    private static uint Turn(uint word, int bits) => BitOperations.RotateRight(word, bits);
}
