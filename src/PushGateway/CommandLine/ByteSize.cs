using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace PushGateway.CommandLine;

/// <summary>
/// A size of at least one byte: <c>1024</c>, <c>64MB</c> (of 1,000,000 bytes), <c>256MiB</c> (of 1,048,576).
/// </summary>
internal readonly record struct ByteSize(long Bytes)
{
    /// <summary>Largest first, as <see cref="ToString"/> tries them.</summary>
    private static readonly (string Name, long Bytes)[] Units =
    [
        ("TiB", 1L << 40), ("TB", 1_000_000_000_000),
        ("GiB", 1L << 30), ("GB", 1_000_000_000),
        ("MiB", 1L << 20), ("MB", 1_000_000),
        ("KiB", 1L << 10), ("KB", 1_000),
        ("B", 1),
    ];

    public static ByteSize FromMebibytes(long mebibytes) => new(mebibytes << 20);

    // size := digits [ unit ], the unit in upper or lower case
    public static bool TryParse(string text, out ByteSize size, [NotNullWhen(false)] out string? error)
    {
        size = default;
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        string unit = digits < 0 ? "B" : text[digits..];
        long inUnit = Array.Find(Units, known => known.Name.Equals(unit, StringComparison.OrdinalIgnoreCase)).Bytes;
        if (inUnit == 0
            || !Int128.TryParse(
                digits < 0 ? text : text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out Int128 number))
        {
            error = $"invalid size {GoQuote.QuoteAscii(text)}: must be a number of bytes, such as 1024, 64MB or 256MiB";
            return false;
        }
        if (number < 1 || number > long.MaxValue / inUnit)
        {
            error = $"invalid size {GoQuote.QuoteAscii(text)}: must be from 1 to {long.MaxValue} bytes";
            return false;
        }
        size = new ByteSize((long)number * inUnit);
        error = null;
        return true;
    }

    /// <summary>The size in the largest unit that needs no fraction: <c>256MiB</c>, <c>64MB</c>, <c>1KiB</c>.</summary>
    public override string ToString()
    {
        long bytes = Bytes;
        (string name, long inUnit) = Array.Find(Units, unit => bytes % unit.Bytes == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / inUnit}{name}");
    }
}
