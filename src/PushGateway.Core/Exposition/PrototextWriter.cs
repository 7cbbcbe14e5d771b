using System.Buffers;
using System.Buffers.Text;
using System.Text;
using PushGateway.Core.Model;

namespace PushGateway.Core.Exposition;

/// <summary>How protobuf's text form is laid out.</summary>
internal enum PrototextLayout
{
    /// <summary>One line, with a blank between fields.</summary>
    OneLine,

    /// <summary>A line for each field, indented by two blanks for each message around it.</summary>
    Indented,
}

/// <summary>Writes protobuf's text form: fields and braces, and how values look. Knows no message.</summary>
/// <remarks>
/// Where Go's encoder puts one blank or two, depending on the build of the program, this one puts one.
/// </remarks>
internal sealed class PrototextWriter(IBufferWriter<byte> output, PrototextLayout layout)
{
    private const int MaxIntegerBytes = 20;

    private int _depth;

    /// <summary>Whether the message being written, or all there is, has no field so far.</summary>
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

    public void Keyword(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        BeginField(name);
        output.Write(value);
        EndField();
    }

    public void Integer(ReadOnlySpan<byte> name, ulong? value)
    {
        if (value is { } number)
        {
            BeginField(name);
            Utf8Formatter.TryFormat(number, output.GetSpan(MaxIntegerBytes), out int written);
            output.Advance(written);
            EndField();
        }
    }

    public void Signed(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            BeginField(name);
            Utf8Formatter.TryFormat(number, output.GetSpan(MaxIntegerBytes), out int written);
            output.Advance(written);
            EndField();
        }
    }

    /// <summary>As in the text exposition, but for nan, inf and -inf.</summary>
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
    /// Text stays UTF-8. Escaped are quotes, backslashes, control characters (\u for those beyond ASCII) and bytes that
    /// are not UTF-8.
    /// </summary>
    private void WriteEscaped(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            if (status != OperationStatus.Done)
            {
                // Byte by byte, where .NET takes as many as begin a valid sequence.
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
        switch (value)
        {
            case '\n':
                output.Write("\\n"u8);
                break;
            case '\r':
                output.Write("\\r"u8);
                break;
            case '\t':
                output.Write("\\t"u8);
                break;
            case < 0x80:
                WriteHex("\\x"u8, value, digits: 2);
                break;
            default:
                WriteHex("\\u"u8, value, digits: 4);
                break;
        }
    }

    private void WriteHex(ReadOnlySpan<byte> prefix, int value, byte digits)
    {
        output.Write(prefix);
        Utf8Formatter.TryFormat(value, output.GetSpan(digits), out int written, new StandardFormat('x', digits));
        output.Advance(written);
    }
}
