using System.Buffers;

namespace PushGateway.Core.Store.Output;

/// <summary>
/// Reads the sample lines of a family that has a line a metric (see <see cref="StoredFamily.IsLinePerMetric"/>): line by
/// line, and in a line label by label.
/// </summary>
/// <remarks>
/// Views the lines and copies nothing. The grammar of what <see cref="Exposition.TextExposition"/> writes for plain names:
/// <code>
/// line  = name ["{" label *("," label) "}"] " " value LF
/// label = name "=" quoted
/// </code>
/// </remarks>
internal ref struct SampleLineReader
{
    private static readonly SearchValues<byte> EndOrEscape = SearchValues.Create("\"\\"u8);

    private readonly SearchValues<byte> _endOrSpecial;
    private readonly int _nameLength;

    /// <summary>All lines, by their place in the push; null to read them as they stand.</summary>
    private readonly Range[]? _pushed;

    private ReadOnlySpan<byte> _lines;
    private int _next;

    /// <summary>The rest of the line.</summary>
    private ReadOnlySpan<byte> _rest;

    private SampleLineReader(in StoredFamily family, Range[]? pushed, SearchValues<byte> endOrSpecial)
    {
        _endOrSpecial = endOrSpecial;
        _nameLength = family.Name.Length;
        _lines = family.Lines;
        _pushed = pushed;
    }

    /// <summary>Reads the lines in the order of the exposition.</summary>
    public SampleLineReader(in StoredFamily family)
        : this(family, pushed: null, EndOrEscape)
    {
    }

    /// <summary>Reads the lines in the order of the push.</summary>
    /// <param name="endOrSpecial">
    /// The bytes that make a label value special, see <see cref="IsSpecial"/>; the quote and the backslash are among them. Null
    /// for these two.
    /// </param>
    public static SampleLineReader InPushOrder(in StoredFamily family, SearchValues<byte>? endOrSpecial = null)
    {
        Range[]? pushed = family.Supplement.PushOrder is { } order ? PushedLines(family.Lines, order) : null;
        return new SampleLineReader(family, pushed, endOrSpecial ?? EndOrEscape);
    }

    /// <summary>The name of the label that was read last.</summary>
    public ReadOnlySpan<byte> LabelName { get; private set; }

    /// <summary>The value of the label that was read last, with the escapes of the text format.</summary>
    public ReadOnlySpan<byte> EscapedLabelValue { get; private set; }

    /// <summary>Whether <see cref="EscapedLabelValue"/> has a special byte: an escape, if nothing else was asked for.</summary>
    public bool IsSpecial { get; private set; }

    /// <summary>The value of the label that was read last. Allocates if it is special.</summary>
    public readonly ReadOnlySpan<byte> LabelValue => IsSpecial ? Unescape(EscapedLabelValue) : EscapedLabelValue;

    /// <summary>The number of the line, as text. Can be asked for before the labels are read.</summary>
    public readonly ReadOnlySpan<byte> Value => _rest[(_rest.LastIndexOf((byte)' ') + 1)..];

    /// <summary>Goes to the next line. False at the end.</summary>
    public bool TryReadLine()
    {
        if (_pushed is not null)
        {
            if (_next == _pushed.Length)
            {
                return false;
            }
            _rest = _lines[_pushed[_next++]][_nameLength..];
            return true;
        }
        if (_lines.IsEmpty)
        {
            return false;
        }
        int end = _lines.IndexOf((byte)'\n');
        _rest = _lines[_nameLength..end];
        _lines = _lines[(end + 1)..];
        return true;
    }

    /// <summary>Goes to the next label of the line. False behind the last one.</summary>
    public bool TryReadLabel()
    {
        if (_rest[0] is not ((byte)'{' or (byte)','))
        {
            return false;
        }
        int equals = _rest.IndexOf((byte)'=');
        LabelName = _rest[1..equals];
        _rest = _rest[(equals + 2)..];
        int end = _rest.IndexOfAny(_endOrSpecial);
        IsSpecial = _rest[end] != '"';
        end = IsSpecial ? EndOfQuoted(_rest) : end;
        EscapedLabelValue = _rest[..end];
        _rest = _rest[(end + 1)..];
        return true;
    }

    /// <summary>A text as it stands in quotes.</summary>
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

    private static byte[] Unescape(ReadOnlySpan<byte> escaped)
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

    private static int EndOfQuoted(ReadOnlySpan<byte> text)
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

    /// <summary>Where the line of each pushed metric stands.</summary>
    private static Range[] PushedLines(ReadOnlySpan<byte> lines, int[] order)
    {
        var pushed = new Range[order.Length];
        int start = 0;
        foreach (int place in order)
        {
            int end = start + lines[start..].IndexOf((byte)'\n');
            pushed[place] = start..end;
            start = end + 1;
        }
        return pushed;
    }
}
