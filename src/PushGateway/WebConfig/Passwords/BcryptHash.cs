using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace PushGateway.WebConfig.Passwords;

/// <summary>A stored password: <c>$2y$10$</c>, then 22 characters of salt and 31 of hash.</summary>
internal sealed class BcryptHash
{
    private const int TextLength = 60;
    private const int SaltStart = 7;
    private const int SaltCharacters = 22;
    private const int SaltBytes = 16;
    private const int HashBytes = 23;
    private const int MinCost = 4;
    private const int MaxCost = 31;
    private const int Repetitions = 64;
    private const string Alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> AlphabetCharacters = SearchValues.Create(Alphabet);

    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private BcryptHash(string text, int cost, byte[] salt, byte[] hash)
    {
        Text = text;
        Cost = cost;
        _salt = salt;
        _hash = hash;
    }

    public string Text { get; }

    /// <summary>The time a check takes is two to the power of it.</summary>
    public int Cost { get; }

    /// <summary>Takes 2a, 2b and 2y, which are the same today: the letters tell of errors long mended.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out BcryptHash? hash, [NotNullWhen(false)] out string? error)
    {
        hash = null;
        error = null;
        if (text.Length != TextLength || text[..2] != "$2" || !"aby".Contains(text[2], StringComparison.Ordinal)
            || text[3] != '$' || text[6] != '$'
            || !int.TryParse(text.AsSpan(4, 2), NumberStyles.None, CultureInfo.InvariantCulture, out int cost)
            || text.AsSpan(SaltStart).ContainsAnyExcept(AlphabetCharacters))
        {
            error = "is not a bcrypt hash; it has to look like $2y$10$ and 53 more characters";
            return false;
        }
        if (cost is < MinCost or > MaxCost)
        {
            error = $"has a bcrypt cost of {cost}; it has to be from {MinCost} to {MaxCost}";
            return false;
        }
        byte[] salt = Decode(text.AsSpan(SaltStart, SaltCharacters), SaltBytes);
        hash = new BcryptHash(text, cost, salt, Decode(text.AsSpan(SaltStart + SaltCharacters), HashBytes));
        return true;
    }

    /// <summary>Whether that is the password. Takes as long if it is not.</summary>
    public bool Verify(ReadOnlySpan<byte> password) =>
        CryptographicOperations.FixedTimeEquals(Compute(Cost, _salt, password).AsSpan(0, HashBytes), _hash);

    private static byte[] Compute(int cost, byte[] salt, ReadOnlySpan<byte> password)
    {
        // As in C, where the key is a string with its end.
        byte[] key = [.. password, 0];
        var cipher = new Blowfish(cost, salt, key);
        CryptographicOperations.ZeroMemory(key);

        byte[] text = "OrpheanBeholderScryDoubt"u8.ToArray();
        for (int i = 0; i < text.Length; i += 2 * sizeof(uint))
        {
            Span<byte> half = text.AsSpan(i);
            uint left = BinaryPrimitives.ReadUInt32BigEndian(half);
            uint right = BinaryPrimitives.ReadUInt32BigEndian(half[sizeof(uint)..]);
            for (int repetition = 0; repetition < Repetitions; repetition++)
            {
                cipher.Encrypt(ref left, ref right);
            }
            BinaryPrimitives.WriteUInt32BigEndian(half, left);
            BinaryPrimitives.WriteUInt32BigEndian(half[sizeof(uint)..], right);
        }
        return text;
    }

    /// <summary>Base 64 in an alphabet of its own; bits beyond the last byte do not count.</summary>
    private static byte[] Decode(ReadOnlySpan<char> text, int byteCount)
    {
        byte[] bytes = new byte[byteCount];
        int bits = 0;
        int bitCount = 0;
        int written = 0;
        foreach (char c in text)
        {
            bits = (bits << 6) | Alphabet.IndexOf(c, StringComparison.Ordinal);
            bitCount += 6;
            if (bitCount >= 8 && written < byteCount)
            {
                bitCount -= 8;
                bytes[written++] = (byte)(bits >> bitCount);
                bits &= (1 << bitCount) - 1;
            }
        }
        return bytes;
    }
}
