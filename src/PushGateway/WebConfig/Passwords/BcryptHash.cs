using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using BCryptLibrary = BCrypt.Net.BCrypt;

namespace PushGateway.WebConfig.Passwords;

/// <summary>A stored password: <c>$2y$10$</c>, 22 characters of salt and 31 of hash.</summary>
internal sealed class BcryptHash
{
    private const int TextLength = 60;
    private const int SaltStart = 7;
    private const int LastOfSalt = 28;
    private const int LastOfHash = 59;
    private const int MinCost = 4;
    private const int MaxCost = 31;
    private const string Alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> AlphabetCharacters = SearchValues.Create(Alphabet);

    private readonly string _canonical;

    private BcryptHash(string text)
    {
        Text = text;

        // The library compares texts. The last characters contain only 2 bits of the salt's 128, and 4 of the hash's 184.
        char[] canonical = text.ToCharArray();
        canonical[LastOfSalt] = WithBits(canonical[LastOfSalt], 0b110000);
        canonical[LastOfHash] = WithBits(canonical[LastOfHash], 0b111100);
        _canonical = new string(canonical);
    }

    public string Text { get; }

    /// <summary>Accepts 2a, 2b and 2y, which are computed in the same way. The revision letters mark historical bugs.</summary>
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
        hash = new BcryptHash(text);
        return true;
    }

    /// <summary>Whether the password matches. A mismatch takes the same time.</summary>
    /// <remarks>The library needs text, so a password that is not UTF-8 never matches.</remarks>
    public bool Verify(ReadOnlySpan<byte> password) =>
        BCryptLibrary.Verify(Encoding.UTF8.GetString(password), _canonical) && Utf8.IsValid(password);

    private static char WithBits(char character, int mask) =>
        Alphabet[Alphabet.IndexOf(character, StringComparison.Ordinal) & mask];
}
