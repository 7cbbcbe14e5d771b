using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace PushGateway.CommandLine;

/// <summary>How many keys to remember; 0 for none.</summary>
internal readonly record struct KeyCount(int Count)
{
    /// <summary>The maximum number of keys, which need up to two gigabytes.</summary>
    public const int Max = 10_000_000;

    // count := digits
    public static bool TryParse(string text, out KeyCount keys, [NotNullWhen(false)] out string? error)
    {
        bool isCount = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= Max;
        keys = new KeyCount(count);
        error = isCount ? null : $"invalid number {GoQuote.QuoteAscii(text)}: must be from 0, which is none, to {Max}";
        return isCount;
    }

    public override string ToString() => Count.ToString(CultureInfo.InvariantCulture);
}
