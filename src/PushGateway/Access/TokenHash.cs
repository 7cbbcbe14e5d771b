using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace PushGateway.Access;

/// <summary>
/// The SHA-256 of a bearer token, <c>sha256:HEX</c>. It needs no salt and no slow hash, since tokens are random.
/// </summary>
internal sealed class TokenHash
{
    private const string Prefix = "sha256:";
    private const string Scheme = "Bearer ";

    /// <summary>RFC 6750, 2.1: b64token.</summary>
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

    /// <summary>The hashes of an unset shell variable: of no bytes, and of an empty line.</summary>
    private static readonly byte[][] EmptyTokenHashes = [Sha256.HashData([]), Sha256.HashData("\n"u8), Sha256.HashData("\r\n"u8)];

    private readonly byte[] _hash;

    private TokenHash(byte[] hash) => _hash = hash;

    /// <param name="error">Does not repeat the text, which could be the token itself.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out TokenHash? hash, [NotNullWhen(false)] out string? error)
    {
        hash = null;
        byte[] bytes = new byte[Sha256.HashBytes];
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)
            || text.Length != Prefix.Length + (2 * bytes.Length)
            || Convert.FromHexString(text.AsSpan(Prefix.Length), bytes, out _, out _) != OperationStatus.Done)
        {
            error = $"needs the hash of a token, {Prefix} and {2 * bytes.Length} hexadecimal digits, and nothing else";
            return false;
        }
        if (Array.Exists(EmptyTokenHashes, nothing => nothing.AsSpan().SequenceEqual(bytes)))
        {
            error = "has the hash of an empty token";
            return false;
        }
        hash = new TokenHash(bytes);
        error = null;
        return true;
    }

    /// <summary>The hash of the token in an Authorization header (RFC 6750); null without a token.</summary>
    public static byte[]? OfHeader(string header)
    {
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        ReadOnlySpan<char> token = header.AsSpan(Scheme.Length).Trim(' ');
        return token.IsEmpty || token.ContainsAnyExcept(TokenCharacters)
            ? null
            : Sha256.HashData(Encoding.ASCII.GetBytes(token.ToString()));
    }

    /// <summary>Compares in constant time.</summary>
    public bool Is(byte[] hash) => CryptographicOperations.FixedTimeEquals(_hash, hash);
}
