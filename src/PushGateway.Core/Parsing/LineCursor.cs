using System.Buffers;
using System.Text;

namespace PushGateway.Core.Parsing;

/// <summary>The unread rest of a line. Handles bytes, quotes and escapes, but no families.</summary>
internal ref struct LineCursor
{
    public const int NewLine = '\n';

    /// <summary>The end of a last line without a newline.</summary>
    public const int EndOfInput = -1;

    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t"u8);
    private static readonly SearchValues<byte> QuotedEnd = SearchValues.Create("\"\\"u8);

    private readonly ReadOnlyMemory<byte> _line;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly bool _terminated;

    /// <param name="line">The line without its newline.</param>
    /// <param name="terminated">Whether a newline follows.</param>
    public LineCursor(ReadOnlyMemory<byte> line, bool terminated)
    {
        _line = line;
        _bytes = line.Span;
        _terminated = terminated;
    }

    /// <summary>Whether a backslash before any character other than <c>\\</c>, <c>"</c> and <c>n</c> is literal.</summary>
    public bool AllowsUndefinedEscapes { readonly get; init; }

    /// <summary>The number of consumed bytes. Callers may reset it.</summary>
    public int Position { readonly get; set; }

    /// <summary>The next byte, <see cref="NewLine"/> or <see cref="EndOfInput"/>.</summary>
    public readonly int Current =>
        (uint)Position < (uint)_bytes.Length ? _bytes[Position] : _terminated ? NewLine : EndOfInput;

    /// <summary>Whether the cursor is at the end of a line without a newline.</summary>
    public readonly bool AtEndOfInput => !_terminated && Position >= _bytes.Length;

    /// <summary>The bytes of the next character; empty at the end of the line.</summary>
    public readonly ReadOnlySpan<byte> CurrentCharacter
    {
        get
        {
            Rune.DecodeFromUtf8(Rest, out _, out int length);
            return Rest[..length];
        }
    }

    public readonly bool AtBlank => Current is ' ' or '\t';

    private readonly ReadOnlySpan<byte> Rest => _bytes[Position..];

    public readonly bool StartsWith(ReadOnlySpan<byte> bytes) => Rest.StartsWith(bytes);

    public void Skip() => Position++;

    public void SkipToEnd() => Position = _bytes.Length;

    public void SkipBlanks()
    {
        while (AtBlank)
        {
            Position++;
        }
    }

    /// <summary>token = *(any byte but a blank)</summary>
    public Utf8String TakeToken()
    {
        int length = Rest.IndexOfAny(Blanks);
        return Take(length < 0 ? Rest.Length : length);
    }

    public Utf8String TakeRest() => Take(Rest.Length);

    /// <summary>Takes quoted text up to and including the closing quote, after the opening one.</summary>
    /// <param name="fault">
    /// What ended the text instead: <c>'\n'</c>, <see cref="EndOfInput"/>, or the byte of an invalid escape.
    /// <paramref name="text"/> is the text before it.
    /// </param>
    public bool TryTakeQuoted(out Utf8String text, out QuoteFault fault)
    {
        int length = Rest.IndexOfAny(QuotedEnd);
        if (length >= 0 && Rest[length] == '"')
        {
            text = Take(length);
            Skip();
            fault = default;
            return true;
        }
        return TryTakeEscaped(toQuote: true, out text, out fault);
    }

    /// <summary>docstring = the rest of the line, with escapes</summary>
    public bool TryTakeDocstring(out Utf8String text, out QuoteFault fault)
    {
        fault = default;
        if (!Rest.Contains((byte)'\\'))
        {
            text = TakeRest();
            return true;
        }
        return TryTakeEscaped(toQuote: false, out text, out fault);
    }

    /// <summary>Takes the given bytes if they come next.</summary>
    public bool TryTake(Utf8String bytes) => TryTake(bytes.Span);

    /// <inheritdoc cref="TryTake(Utf8String)"/>
    public bool TryTake(ReadOnlySpan<byte> bytes)
    {
        if (!StartsWith(bytes))
        {
            return false;
        }
        Position += bytes.Length;
        return true;
    }

    /// <summary>The bytes consumed since an earlier position.</summary>
    public readonly Utf8String TakenSince(int position) => new(_line[position..Position]);

    /// <summary>name = [a-zA-Z_:][a-zA-Z0-9_:]*, or the same without the colon; empty without a name</summary>
    public Utf8String TakeName(SearchValues<byte> nameBytes)
    {
        int length = Current is >= '0' and <= '9' ? 0 : Rest.IndexOfAnyExcept(nameBytes);
        return Take(length < 0 ? Rest.Length : length);
    }

    /// <summary>
    /// name = [a-zA-Z_:][a-zA-Z0-9_:]* [quoted] | quoted; empty without a name
    /// </summary>
    /// <remarks>Upstream: appends a quoted part to a plain one before it.</remarks>
    public bool TryTakeMetricName(out Utf8String name, out QuoteFault fault) =>
        TryTakeName(NameRules.MetricNameBytes, out name, out fault);

    /// <inheritdoc cref="TryTakeMetricName"/>
    public bool TryTakeLabelName(out Utf8String name, out QuoteFault fault) =>
        TryTakeName(NameRules.LabelNameBytes, out name, out fault);

    private bool TryTakeName(SearchValues<byte> nameBytes, out Utf8String name, out QuoteFault fault)
    {
        fault = default;
        name = TakeName(nameBytes);
        if (Current != '"')
        {
            return true;
        }
        Skip();
        bool taken = TryTakeQuoted(out Utf8String quoted, out fault);
        name = name.IsEmpty ? quoted : new Utf8String([.. name.Span, .. quoted.Span]);
        return taken;
    }

    /// <summary>Copies text with escapes, up to a quote or the end of the line. Counts it first, so that one copy suffices.</summary>
    private bool TryTakeEscaped(bool toQuote, out Utf8String text, out QuoteFault fault)
    {
        int start = Position;
        int length = Unescape(toQuote, [], out fault);
        bool isTaken = fault.At == '"' || (!toQuote && !fault.InEscape);
        Position = start;

        // Text that is only part of an error: no more than the error shows.
        byte[] copy = new byte[isTaken ? length : Math.Min(length, GoQuote.MaxShownBytes + 1)];
        Unescape(toQuote, copy, out fault);
        text = new Utf8String(copy);
        if (isTaken && toQuote)
        {
            Skip();
        }
        return isTaken;
    }

    /// <summary>Consumes text with escapes. Returns its length without them, and copies as much of it as fits.</summary>
    /// <param name="fault">What ended the text; in an escape only if the escape is invalid.</param>
    private int Unescape(bool toQuote, Span<byte> copy, out QuoteFault fault)
    {
        int count = 0;
        while (true)
        {
            int plain = toQuote ? Rest.IndexOfAny(QuotedEnd) : Rest.IndexOf((byte)'\\');
            ReadOnlySpan<byte> run = Take(plain < 0 ? Rest.Length : plain).Span;
            run[..Math.Min(run.Length, Math.Max(copy.Length - count, 0))].CopyTo(copy[Math.Min(count, copy.Length)..]);
            count += run.Length;
            fault = new QuoteFault(Current, InEscape: false);
            if (Current != '\\')
            {
                return count;
            }
            Skip();
            if (AllowsUndefinedEscapes && Current is not ('\\' or '"' or 'n' or NewLine or EndOfInput))
            {
                if (count < copy.Length)
                {
                    copy[count] = (byte)'\\';
                }
                count++;
                continue;
            }
            if (Current is not ('\\' or '"' or 'n'))
            {
                fault = new QuoteFault(Current, InEscape: true);
                return count;
            }
            if (count < copy.Length)
            {
                copy[count] = Current == 'n' ? (byte)'\n' : (byte)Current;
            }
            count++;
            Skip();
        }
    }

    private Utf8String Take(int length)
    {
        var token = new Utf8String(_line.Slice(Position, length));
        Position += length;
        return token;
    }
}

/// <summary>The byte (or end) that interrupted quoted text, and whether it follows a backslash.</summary>
internal readonly record struct QuoteFault(int At, bool InEscape);
