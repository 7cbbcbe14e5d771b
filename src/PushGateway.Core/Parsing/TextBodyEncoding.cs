using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace PushGateway.Core.Parsing;

/// <summary>Recognizes and removes the encodings and marks that Windows programs give a text.</summary>
internal static class TextBodyEncoding
{
    public const byte CtrlZ = 0x1a;

    /// <summary>The maximum size in bytes of a body that grows when it is converted from UTF-16.</summary>
    private const int MaxGrown = 1 << 20;

    /// <summary>The size in bytes of the end of OpenMetrics in UTF-16, with CR LF and a Ctrl-Z.</summary>
    private const int MaxEndBytes = 16;

    public static bool HasUtf8Mark(ReadOnlySpan<byte> body) => body is [0xef, 0xbb, 0xbf, ..];

    public static bool HasUtf16Mark(ReadOnlySpan<byte> body) => body is [0xff, 0xfe, ..] or [0xfe, 0xff, ..];

    /// <summary>Whether a body is UTF-16, according to a byte order mark or its first characters, which must be ASCII.</summary>
    public static bool IsUtf16(ReadOnlySpan<byte> body) =>
        HasUtf16Mark(body)
        || body is [not 0, 0, not 0, 0, ..] or [0, not 0, 0, not 0, ..];

    /// <summary>Whether the last bytes of a body have <c># EOF</c>, in UTF-8 or UTF-16.</summary>
    public static bool MayEndInEof(ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> end = body[Math.Max(0, body.Length - MaxEndBytes)..];
        Span<byte> plain = stackalloc byte[MaxEndBytes];
        int length = 0;
        foreach (byte value in end)
        {
            plain[length] = value;
            length += value == 0 ? 0 : 1;
        }
        return plain[..length].IndexOf("# EOF"u8) >= 0;
    }

    /// <summary>The body in UTF-8, without a byte order mark and a Ctrl-Z at the end. A view of the body if it is UTF-8 already.</summary>
    public static ReadOnlyMemory<byte> ToPlainUtf8(ReadOnlyMemory<byte> body, out Leniency uses)
    {
        uses = Leniency.None;
        if (HasUtf8Mark(body.Span))
        {
            body = body[3..];
            uses = Leniency.ByteOrderMark;
        }
        else if (HasUtf16Mark(body.Span) && FromUtf16(body) is { } converted)
        {
            body = converted;
            uses = Leniency.Utf16;
        }
        if (body.Span is [.., CtrlZ])
        {
            body = body[..^1];
            uses |= Leniency.CtrlZ;
        }
        return body;
    }

    /// <summary>Null if the body is invalid, or if a large one would grow, since limits count the bytes that were sent.</summary>
    private static byte[]? FromUtf16(ReadOnlyMemory<byte> body)
    {
        if (body.Length % 2 != 0)
        {
            return null;
        }
        ReadOnlySpan<char> text = MemoryMarshal.Cast<byte, char>(body.Span);
        if (text[0] != '\ufeff')
        {
            char[] swapped = new char[text.Length];
            BinaryPrimitives.ReverseEndianness(
                MemoryMarshal.Cast<char, ushort>(text), MemoryMarshal.Cast<char, ushort>(swapped.AsSpan()));
            text = swapped;
        }
        text = text[1..];
        int length = Encoding.UTF8.GetByteCount(text);
        if (length > Math.Max(body.Length, MaxGrown))
        {
            return null;
        }
        byte[] bytes = GC.AllocateUninitializedArray<byte>(length);
        OperationStatus status = Utf8.FromUtf16(text, bytes, out _, out _, replaceInvalidSequences: false);
        return status == OperationStatus.Done ? bytes : null;
    }
}
