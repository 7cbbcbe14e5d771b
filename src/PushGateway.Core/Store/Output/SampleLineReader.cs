using System.Buffers;
using System.Runtime.CompilerServices;

namespace PushGateway.Core.Store.Output;

/// <summary>
/// Reads the sample lines of a family that has a line a metric (see <see cref="StoredFamily.IsLinePerMetric"/>): line
/// by line, and in a line label by label.
/// </summary>
/// <remarks>
/// Views the lines and copies nothing. Inlining saves some 4 % of the CPU time of a snapshot file. The
/// grammar of what <see cref="Exposition.TextExposition"/> writes for plain names:
/// <code>
/// line  = name ["{" label *("," label) "}"] " " value LF
/// label = name "=" quoted
/// </code>
/// </remarks>
internal ref struct SampleLineReader
{
    private readonly ReadOnlySpan<byte> _lines;
    private readonly int _nameLength;
    private readonly SearchValues<byte>? _endOrSpecial;

    /// <summary>Start of each line, by its place in the push; null to read the lines in their own order.</summary>
    private readonly int[]? _pushed;
    private int _next;

    /// <summary>The rest of the current line.</summary>
    private int _at;
    private int _end;

    /// <summary>The current label.</summary>
    private int _name;
    private int _value;
    private int _valueEnd;

    private SampleLineReader(in StoredFamily family, int[]? pushed, SearchValues<byte>? endOrSpecial)
    {
        _lines = family.Lines;
        _nameLength = family.Name.Length;
        _pushed = pushed;
        _endOrSpecial = endOrSpecial;
    }

    /// <summary>Reads the lines in the order of the exposition.</summary>
    public SampleLineReader(in StoredFamily family)
        : this(family, pushed: null, endOrSpecial: null)
    {
    }

    /// <summary>Reads the lines in the order of the push.</summary>
    /// <param name="endOrSpecial">
    /// The bytes that make a label value special, see <see cref="IsSpecial"/>; the quote and the backslash are among
    /// them. Null for these two.
    /// </param>
    public static SampleLineReader InPushOrder(in StoredFamily family, SearchValues<byte>? endOrSpecial = null) =>
        new(family, family.Supplement.PushOrder is { } order ? PushedLines(family.Lines, order) : null, endOrSpecial);

    /// <summary>The name of the label that was read last.</summary>
    public readonly ReadOnlySpan<byte> LabelName => _lines[_name..(_value - 2)];

    /// <summary>The value of the label that was read last, with the escapes of the text format.</summary>
    public readonly ReadOnlySpan<byte> EscapedLabelValue => _lines[_value.._valueEnd];

    /// <summary>Whether the label value has a special byte: an escape, unless the caller asked for others.</summary>
    public bool IsSpecial { get; private set; }

    /// <summary>The value of the label that was read last. Allocates if it is special.</summary>
    public readonly ReadOnlySpan<byte> LabelValue => IsSpecial ? Unescape(EscapedLabelValue) : EscapedLabelValue;

    /// <summary>The number of the line, as text. Available before the labels are read.</summary>
    public readonly ReadOnlySpan<byte> Value
    {
        get
        {
            ReadOnlySpan<byte> rest = _lines[_at.._end];
            return rest[(rest.LastIndexOf((byte)' ') + 1)..];
        }
    }

    /// <summary>Moves to the next line. False at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadLine()
    {
        int start = _next;
        if (_pushed is not null)
        {
            if (_next == _pushed.Length)
            {
                return false;
            }
            start = _pushed[_next];
        }
        else if (start == _lines.Length)
        {
            return false;
        }
        _at = start + _nameLength;
        _end = _at + _lines[_at..].IndexOf((byte)'\n');
        _next = _pushed is null ? _end + 1 : _next + 1;
        return true;
    }

    /// <summary>Moves to the next label of the line. False after the last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadLabel()
    {
        if (_lines[_at] is not ((byte)'{' or (byte)','))
        {
            return false;
        }
        _name = _at + 1;
        _value = _name + _lines[_name..].IndexOf((byte)'=') + 2;
        ReadOnlySpan<byte> rest = _lines[_value..];
        int length = _endOrSpecial is null ? rest.IndexOfAny((byte)'"', (byte)'\\') : rest.IndexOfAny(_endOrSpecial);
        IsSpecial = rest[length] != '"';
        _valueEnd = _value + (IsSpecial ? EndOfQuoted(rest) : length);
        _at = _valueEnd + 1;
        return true;
    }

    /// <summary>Escapes a text for quotes.</summary>
    public static byte[] Escape(ReadOnlySpan<byte> text)
    {
        var escaped = new List<byte>(text.Length + 8);
        foreach (byte b in text)
        {
            if (b is (byte)'\\' or (byte)'"' or (byte)'\n')
            {
                escaped.Add((byte)'\\');
            }
            escaped.Add(b == '\n' ? (byte)'n' : b);
        }
        return [.. escaped];
    }

    /// <summary>Unescapes a quoted text.</summary>
    public static byte[] Unescape(ReadOnlySpan<byte> escaped)
    {
        byte[] value = new byte[escaped.Length];
        int length = 0;
        for (int i = 0; i < escaped.Length; i++)
        {
            bool isEscape = escaped[i] == '\\';
            i += isEscape ? 1 : 0;
            value[length++] = isEscape && escaped[i] == 'n' ? (byte)'\n' : escaped[i];
        }
        return value[..length];
    }

    /// <summary>The index of the quote that ends a text.</summary>
    public static int EndOfQuoted(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (true)
        {
            at += text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (text[at] == '"')
            {
                return at;
            }
            at += 2;
        }
    }

    private static int[] PushedLines(ReadOnlySpan<byte> lines, int[] order)
    {
        int[] pushed = new int[order.Length];
        int start = 0;
        foreach (int place in order)
        {
            pushed[place] = start;
            start += lines[start..].IndexOf((byte)'\n') + 1;
        }
        return pushed;
    }
}
