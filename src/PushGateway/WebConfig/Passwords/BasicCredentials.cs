using System.Text;

namespace PushGateway.WebConfig.Passwords;

/// <summary>User and password of an Authorization header (RFC 7617).</summary>
internal static class BasicCredentials
{
    private const string Scheme = "Basic ";

    /// <param name="password">The raw bytes.</param>
    public static bool TryParse(string? header, out string user, out byte[] password)
    {
        user = "";
        password = [];
        if (header is null || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        ReadOnlySpan<char> encoded = header.AsSpan(Scheme.Length);
        byte[] bytes = new byte[encoded.Length];

        // Convert skips blanks. Go does not.
        if (encoded.ContainsAny(' ', '\t') || !Convert.TryFromBase64Chars(encoded, bytes, out int length))
        {
            return false;
        }
        int colon = bytes.AsSpan(0, length).IndexOf((byte)':');
        if (colon < 0 || !System.Text.Unicode.Utf8.IsValid(bytes.AsSpan(0, colon)))
        {
            return false;
        }
        user = Encoding.UTF8.GetString(bytes, 0, colon);
        password = bytes[(colon + 1)..length];
        return true;
    }
}
