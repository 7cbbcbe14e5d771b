using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace PushGateway.Core.Exposition;

/// <summary>Writes JSON as Go's encoding/json does: without spaces, and with &lt;, &gt; and &amp; escaped.</summary>
/// <remarks>Callers sort the keys, as Go sorts those of maps.</remarks>
internal ref struct JsonWriter(IBufferWriter<byte> output)
{
    private const string AlwaysUnsafe = "<>&";

    /// <summary>
    /// Bytes that need an escape, and the non-ASCII bytes, which may belong to U+2028, U+2029 or invalid UTF-8.
    /// </summary>
    public static readonly SearchValues<byte> UnsafeBytes = NonAsciiAnd(AlwaysUnsafe + "\"\\");

    /// <summary>The same for text with quotes and backslashes escaped.</summary>
    private static readonly SearchValues<byte> UnsafeEscaped = NonAsciiAnd(AlwaysUnsafe);

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

    /// <summary>A quoted number in Go's format, including -0.</summary>
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

    /// <summary>A number; 0 if JSON cannot represent it.</summary>
    public void Number(double value)
    {
        BeginValue();
        Span<byte> text = stackalloc byte[32];
        (double.IsFinite(value) ? value : 0).TryFormat(text, out int length, default, CultureInfo.InvariantCulture);
        _writer.Write(text[..length]);
    }

    public void Boolean(bool value) => Literal(value ? "true"u8 : "false"u8);

    public void Null() => Literal("null"u8);

    /// <summary>A value that is JSON already.</summary>
    public void Literal(scoped ReadOnlySpan<byte> text)
    {
        BeginValue();
        _writer.Write(text);
    }

    /// <summary>The continuation of a <see cref="Literal"/>.</summary>
    public void Raw(scoped ReadOnlySpan<byte> text) => _writer.Write(text);

    /// <summary>Like <see cref="Raw"/>, for text in which only quotes and backslashes are escaped.</summary>
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

    /// <summary>Writes one character that may need an escape; returns its length in the text.</summary>
    private int WriteUnsafe(scoped ReadOnlySpan<byte> text)
    {
        byte first = text[0];
        if (first >= 0x80)
        {
            return WriteRune(text);
        }
        int named = "\"\\\n\r\t\b\f"u8.IndexOf(first);
        if (named < 0)
        {
            WriteEscape(first);
            return 1;
        }
        _writer.Write((byte)'\\');
        _writer.Write("\"\\nrtbf"u8[named]);
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

    private static SearchValues<byte> NonAsciiAnd(string ascii) => SearchValues.Create(
    [
        .. Enumerable.Range(0, 256)
            .Where(value => value is < 0x20 or >= 0x80 || ascii.Contains((char)value))
            .Select(value => (byte)value),
    ]);
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
