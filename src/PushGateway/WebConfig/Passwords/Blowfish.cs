using System.Buffers.Binary;

namespace PushGateway.WebConfig.Passwords;

/// <summary>
/// Blowfish with the costly key schedule of bcrypt (Provos and Mazières, "A Future-Adaptable Password Scheme", 1999).
/// </summary>
internal sealed class Blowfish
{
    private const int Rounds = 16;
    private const int BoxSize = 256;
    private const int MaxKeyBytes = (Rounds + 2) * sizeof(uint);

    private readonly uint[] _subkeys = BlowfishTables.Subkeys.ToArray();
    private readonly uint[] _boxes = BlowfishTables.Boxes.ToArray();

    /// <summary>EksBlowfishSetup of the paper; takes 2^cost times what a usual key schedule does.</summary>
    /// <param name="key">Not empty; no more than 72 bytes of it count.</param>
    public Blowfish(int cost, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> key)
    {
        uint[] keyWords = Repeat(key);
        uint[] saltWords = Repeat(salt);
        uint[] nothing = new uint[saltWords.Length];
        ExpandKey(keyWords, saltWords);
        for (ulong i = 0; i < 1UL << cost; i++)
        {
            ExpandKey(keyWords, nothing);
            ExpandKey(saltWords, nothing);
        }
    }

    public void Encrypt(ref uint left, ref uint right)
    {
        uint[] subkeys = _subkeys;
        uint[] boxes = _boxes;
        uint l = left;
        uint r = right;
        for (int i = 0; i < Rounds; i += 2)
        {
            l ^= subkeys[i];
            r ^= Mix(boxes, l) ^ subkeys[i + 1];
            l ^= Mix(boxes, r);
        }
        left = r ^ subkeys[Rounds + 1];
        right = l ^ subkeys[Rounds];
    }

    /// <summary>The bytes again and again, in words, as often as there are subkeys.</summary>
    private static uint[] Repeat(ReadOnlySpan<byte> bytes)
    {
        Span<byte> repeated = stackalloc byte[MaxKeyBytes];
        for (int i = 0; i < repeated.Length; i++)
        {
            repeated[i] = bytes[i % bytes.Length];
        }
        uint[] words = new uint[Rounds + 2];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(repeated[(i * sizeof(uint))..]);
        }
        repeated.Clear();
        return words;
    }

    private static uint Mix(uint[] boxes, uint word) =>
        ((boxes[word >> 24] + boxes[BoxSize + (byte)(word >> 16)]) ^ boxes[(2 * BoxSize) + (byte)(word >> 8)])
            + boxes[(3 * BoxSize) + (byte)word];

    /// <param name="salt">A salt of 16 bytes, repeated; all zero for none.</param>
    private void ExpandKey(uint[] key, uint[] salt)
    {
        for (int i = 0; i < _subkeys.Length; i++)
        {
            _subkeys[i] ^= key[i];
        }
        uint left = 0;
        uint right = 0;
        int half = 0;
        Fill(_subkeys, salt, ref half, ref left, ref right);
        Fill(_boxes, salt, ref half, ref left, ref right);
    }

    private void Fill(uint[] words, uint[] salt, ref int half, ref uint left, ref uint right)
    {
        for (int i = 0; i < words.Length; i += 2)
        {
            left ^= salt[half];
            right ^= salt[half + 1];
            half ^= 2;
            Encrypt(ref left, ref right);
            words[i] = left;
            words[i + 1] = right;
        }
    }
}
