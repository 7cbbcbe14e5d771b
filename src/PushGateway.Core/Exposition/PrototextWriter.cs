using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace PushGateway.Core.Exposition;

/// <summary>The layout of protobuf's text form.</summary>
internal enum PrototextLayout
{
    /// <summary>One line, with a space between fields.</summary>
    OneLine,

    /// <summary>One line per field, indented by two spaces per level.</summary>
    Indented,
}

/// <summary>Writes protobuf's text form. Knows no messages.</summary>
/// <remarks>Go's encoder varies between one and two spaces by build. This one always writes one.</remarks>
internal sealed class PrototextWriter(IBufferWriter<byte> output, PrototextLayout layout)
{
    private const int MaxIntegerBytes = 20;

    private int _depth;

    /// <summary>Whether the current message has no field so far.</summary>
    private bool _isEmpty = true;

    public void Begin(ReadOnlySpan<byte> name)
    {
        BeginField(name);
        output.Write("{"u8);
        _depth++;
        _isEmpty = true;
    }

    public void End()
    {
        _depth--;
        if (layout == PrototextLayout.Indented && !_isEmpty)
        {
            Indent();
        }
        _isEmpty = false;
        output.Write("}"u8);
        EndField();
    }

    public void Keyword(ReadOnlySpan<byte> name, string value)
    {
        BeginField(name);
        Encoding.UTF8.GetBytes(value, output);
        EndField();
    }

    public void Integer<T>(ReadOnlySpan<byte> name, T? value)
        where T : struct, IBinaryInteger<T>
    {
        if (value is { } number)
        {
            BeginField(name);
            number.TryFormat(output.GetSpan(MaxIntegerBytes), out int written, default, CultureInfo.InvariantCulture);
            output.Advance(written);
            EndField();
        }
    }

    /// <summary>Writes numbers as the text exposition does, but nan, inf and -inf in lower case.</summary>
    public void Double(ReadOnlySpan<byte> name, double? value)
    {
        if (value is not { } number)
        {
            return;
        }
        BeginField(name);
        if (double.IsFinite(number))
        {
            int written = GoNumber.Format(number, output.GetSpan(GoNumber.MaxLength));
            output.Advance(written);
        }
        else
        {
            output.Write(double.IsNaN(number) ? "nan"u8 : number > 0 ? "inf"u8 : "-inf"u8);
        }
        EndField();
    }

    public void String(ReadOnlySpan<byte> name, Utf8String? value)
    {
        if (value is { } text)
        {
            BeginField(name);
            output.Write("\""u8);
            WriteEscaped(text.Span);
            output.Write("\""u8);
            EndField();
        }
    }

    private void BeginField(ReadOnlySpan<byte> name)
    {
        if (layout == PrototextLayout.OneLine)
        {
            output.Write(_isEmpty ? ""u8 : " "u8);
            output.Write(name);
            output.Write(":"u8);
        }
        else
        {
            output.Write(_isEmpty && _depth > 0 ? "\n"u8 : ""u8);
            Indent();
            output.Write(name);
            output.Write(": "u8);
        }
        _isEmpty = false;
    }

    private void EndField()
    {
        if (layout == PrototextLayout.Indented)
        {
            output.Write("\n"u8);
        }
    }

    private void Indent()
    {
        for (int i = 0; i < _depth; i++)
        {
            output.Write("  "u8);
        }
    }

    /// <summary>
    /// Writes UTF-8, with escapes for quotes, backslashes, control characters (\u beyond ASCII) and invalid bytes.
    /// </summary>
    private void WriteEscaped(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            if (status != OperationStatus.Done)
            {
                // Go escapes single bytes, while .NET reports a longer invalid prefix.
                length = 1;
                WriteHex("\\x"u8, text[0], digits: 2);
            }
            else if (rune.Value is '"' or '\\')
            {
                output.Write("\\"u8);
                output.Write(text[..1]);
            }
            else if (!Rune.IsControl(rune))
            {
                output.Write(text[..length]);
            }
            else
            {
                WriteControl(rune.Value);
            }
            text = text[length..];
        }
    }

    private void WriteControl(int value)
    {
        if ("\n\r\t".IndexOf((char)value) is >= 0 and int named)
        {
            output.Write("\\"u8);
            output.Write("nrt"u8.Slice(named, 1));
        }
        else if (value < 0x80)
        {
            WriteHex("\\x"u8, value, digits: 2);
        }
        else
        {
            WriteHex("\\u"u8, value, digits: 4);
        }
    }

    private void WriteHex(ReadOnlySpan<byte> prefix, int value, byte digits)
    {
        output.Write(prefix);
        Utf8Formatter.TryFormat(value, output.GetSpan(digits), out int written, new StandardFormat('x', digits));
        output.Advance(written);
    }
}
