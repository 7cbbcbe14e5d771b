using System.Text;

namespace PushGateway.Core.Query.Selectors;

/// <summary>UTF-8 as characters, one text at a time: what was decoded lasts until the next one. For one thread.</summary>
internal sealed class CharBuffer
{
    private char[] _chars = new char[128];

    /// <summary>What is not UTF-8 becomes U+FFFD.</summary>
    public ReadOnlySpan<char> Decode(ReadOnlySpan<byte> utf8)
    {
        if (_chars.Length < utf8.Length)
        {
            // UTF-8 never has fewer bytes than UTF-16 has units.
            _chars = new char[Math.Max(utf8.Length, 2 * _chars.Length)];
        }
        return _chars.AsSpan(0, Encoding.UTF8.GetChars(utf8, _chars));
    }
}
