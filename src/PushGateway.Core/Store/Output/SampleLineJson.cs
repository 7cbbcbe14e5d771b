using System.Buffers;
using PushGateway.Core.Exposition;

namespace PushGateway.Core.Store.Output;

/// <summary>
/// Turns sample lines into the metrics of the JSON API without making metrics of them: label values keep their
/// escapes, which JSON has as well, and numbers are written alike in both.
/// </summary>
/// <remarks>
/// Only for <see cref="StoredFamily.IsLinePerMetric"/>. 200,000 gauges take 65 ms this way, 230 ms decoded.
/// </remarks>
internal static class SampleLineJson
{
    /// <summary>Where a value ends, or may have to be written otherwise than it stands there.</summary>
    private static readonly SearchValues<byte> EndOrUnsafe = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(i => (byte)i), .. "\"\\<>&"u8, .. Enumerable.Range(0x80, 0x80).Select(i => (byte)i)]);

    public static void Write(ref JsonWriter json, in StoredFamily family)
    {
        ReadOnlySpan<byte> lines = family.Lines;
        if (family.Supplement.PushOrder is not { } order)
        {
            while (!lines.IsEmpty)
            {
                int end = lines.IndexOf((byte)'\n');
                WriteLine(ref json, lines[family.Name.Length..end]);
                lines = lines[(end + 1)..];
            }
            return;
        }
        foreach (Range line in LineSupplement.InPushOrder(lines, order))
        {
            WriteLine(ref json, lines[line][family.Name.Length..]);
        }
    }

    /// <summary>line = ["{" label *("," label) "}"] " " value</summary>
    private static void WriteLine(ref JsonWriter json, ReadOnlySpan<byte> line)
    {
        json.Literal("{\"labels\":{"u8);
        while (line[0] is (byte)'{' or (byte)',')
        {
            json.Raw(line[0] == '{' ? "\""u8 : ",\""u8);
            line = line[(1 + WriteLabel(ref json, line[1..]))..];
        }
        json.Raw("},\"value\":\""u8);
        json.Raw(line[(line.IndexOf((byte)' ') + 1)..]);
        json.Raw("\"}"u8);
    }

    /// <summary>label = name "=" quoted. Gives its length. The name is plain, and its first quote is written.</summary>
    private static int WriteLabel(ref JsonWriter json, scoped ReadOnlySpan<byte> text)
    {
        int equals = text.IndexOf((byte)'=');
        json.Raw(text[..equals]);
        json.Raw("\":\""u8);
        int start = equals + 2;
        int length = text[start..].IndexOfAny(EndOrUnsafe);
        if (text[start + length] == '"')
        {
            json.Raw(text.Slice(start, length));
        }
        else
        {
            length = EndOfQuoted(text[start..]);
            json.RawEscaped(text.Slice(start, length));
        }
        json.Raw("\""u8);
        return start + length + 1;
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
}
