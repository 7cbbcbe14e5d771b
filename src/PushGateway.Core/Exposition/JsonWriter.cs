using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using PushGateway.Core.Model;

namespace PushGateway.Core.Exposition;

/// <summary>Writes JSON as Go's encoding/json does: without blanks, and with &lt;, &gt; and &amp; escaped.</summary>
/// <remarks>Whoever calls it sees to it that keys come sorted, as Go sorts those of maps.</remarks>
internal ref struct JsonWriter(IBufferWriter<byte> output)
{
    /// <summary>ASCII that must be escaped, and the first bytes of U+2028, U+2029 and of all else that needs a look.</summary>
    public static readonly SearchValues<byte> UnsafeBytes = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(i => (byte)i), .. "\"\\<>&"u8, .. Enumerable.Range(0x80, 0x80).Select(i => (byte)i)]);

    /// <summary>The same but for the quote and the backslash, in text that has these escaped already.</summary>
    private static readonly SearchValues<byte> UnsafeEscaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(i => (byte)i), .. "<>&"u8, .. Enumerable.Range(0x80, 0x80).Select(i => (byte)i)]);

    private ByteWriter _writer = new(output);
    private bool _needsComma;

    public void BeginObject() => Begin((byte)'{');

    public void EndObject() => End((byte)'}');

    public void BeginArray() => Begin((byte)'[');

    public void EndArray() => End((byte)']');

    public void Key(scoped ReadOnlySpan<byte> name)
    {
        String(name);
        _writer.Write((byte)':');
        _needsComma = false;
    }

    public void String(scoped ReadOnlySpan<byte> text)
    {
        BeginValue();
        _writer.Write((byte)'"');
        WriteSafe(text, UnsafeBytes);
        _writer.Write((byte)'"');
    }

    public void String(Utf8String text) => String(text.Span);

    public void String(string text) => String(Encoding.UTF8.GetBytes(text));

    /// <summary>A number as text: within quotes, and -0 as such.</summary>
    public void NumberString(double value)
    {
        BeginValue();
        Span<byte> text = stackalloc byte[GoNumber.MaxLength];
        _writer.Write((byte)'"');
        _writer.Write(text[..GoNumber.Format(value, text)]);
        _writer.Write((byte)'"');
    }

    public void Number(long value)
    {
        BeginValue();
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int length);
        _writer.Write(digits[..length]);
    }

    /// <summary>A number as such; 0 where JSON has no number for it.</summary>
    public void Number(double value)
    {
        BeginValue();
        Span<byte> text = stackalloc byte[32];
        (double.IsFinite(value) ? value : 0).TryFormat(text, out int length, default, CultureInfo.InvariantCulture);
        _writer.Write(text[..length]);
    }

    public void Boolean(bool value) => Literal(value ? "true"u8 : "false"u8);

    public void Null() => Literal("null"u8);

    /// <summary>A number or one of the words true and false, as it is.</summary>
    public void Literal(scoped ReadOnlySpan<byte> text)
    {
        BeginValue();
        _writer.Write(text);
    }

    /// <summary>A part of a value that began with <see cref="Literal"/>, as it is.</summary>
    public void Raw(scoped ReadOnlySpan<byte> text) => _writer.Write(text);

    /// <summary>As <see cref="Raw"/>, for text that has quotes and backslashes escaped, but nothing else.</summary>
    public void RawEscaped(scoped ReadOnlySpan<byte> text) => WriteSafe(text, UnsafeEscaped);

    public void Commit() => _writer.Commit();

    private void WriteSafe(scoped ReadOnlySpan<byte> text, SearchValues<byte> unsafeBytes)
    {
        int length;
        while ((length = text.IndexOfAny(unsafeBytes)) >= 0)
        {
            _writer.Write(text[..length]);
            text = text[length..];
            text = text[WriteUnsafe(text)..];
        }
        _writer.Write(text);
    }

    private void Begin(byte bracket)
    {
        BeginValue();
        _writer.Write(bracket);
        _needsComma = false;
    }

    private void End(byte bracket)
    {
        _writer.Write(bracket);
        _needsComma = true;
    }

    private void BeginValue()
    {
        if (_needsComma)
        {
            _writer.Write((byte)',');
        }
        _needsComma = true;
    }

    /// <summary>Writes one character that may need escaping; gives how many bytes of the text it takes.</summary>
    private int WriteUnsafe(scoped ReadOnlySpan<byte> text)
    {
        byte first = text[0];
        if (first >= 0x80)
        {
            return WriteRune(text);
        }
        switch (first)
        {
            case (byte)'"' or (byte)'\\':
                _writer.Write((byte)'\\');
                _writer.Write(first);
                break;
            case (byte)'\n':
                _writer.Write("\\n"u8);
                break;
            case (byte)'\r':
                _writer.Write("\\r"u8);
                break;
            case (byte)'\t':
                _writer.Write("\\t"u8);
                break;
            case (byte)'\b':
                _writer.Write("\\b"u8);
                break;
            case (byte)'\f':
                _writer.Write("\\f"u8);
                break;
            default:
                WriteEscape(first);
                break;
        }
        return 1;
    }

    private int WriteRune(scoped ReadOnlySpan<byte> text)
    {
        OperationStatus status = Rune.DecodeFromUtf8(text, out Rune rune, out int length);
        if (status != OperationStatus.Done)
        {
            _writer.Write("\\ufffd"u8);
            return 1;
        }
        if (rune.Value is 0x2028 or 0x2029)
        {
            WriteEscape(rune.Value);
        }
        else
        {
            _writer.Write(text[..length]);
        }
        return length;
    }

    private void WriteEscape(int codeUnit)
    {
        _writer.Write("\\u"u8);
        for (int shift = 12; shift >= 0; shift -= 4)
        {
            _writer.Write("0123456789abcdef"u8[(codeUnit >> shift) & 0xf]);
        }
    }
}

/// <summary>Writes a request's error in the form of Prometheus' API.</summary>
public static class ErrorJson
{
    /// <param name="type">The kind of error: <c>bad_data</c>, <c>not_found</c>.</param>
    public static void Write(string type, string message, IBufferWriter<byte> output)
    {
        var json = new JsonWriter(output);
        json.BeginObject();
        json.Key("status"u8);
        json.String("error"u8);
        json.Key("errorType"u8);
        json.String(type);
        json.Key("error"u8);
        json.String(message);
        json.EndObject();
        json.Commit();
    }
}
