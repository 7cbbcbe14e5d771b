using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace PushGateway.CommandLine;

/// <summary>A maximum count; 0 for no limit.</summary>
internal readonly record struct CountLimit(int Count)
{
    // count := digits
    public static bool TryParse(string text, out CountLimit limit, [NotNullWhen(false)] out string? error)
    {
        bool isCount = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count);
        limit = new CountLimit(count);
        error = isCount
            ? null
            : $"invalid number {GoQuote.QuoteAscii(text)}: must be from 0, which is no limit, to {int.MaxValue}";
        return isCount;
    }

    public override string ToString() => Count.ToString(CultureInfo.InvariantCulture);
}
