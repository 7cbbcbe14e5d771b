namespace PushGateway.Core.Store.Output;

/// <summary>Finds labels in sample lines of the text format whose names are plain.</summary>
internal static class SampleLineReader
{
    /// <summary>The value of a label, as it is escaped in the line; empty where the line does not have the label.</summary>
    /// <param name="line">What stands behind the metric's name: ["{" label *("," label) "}"] " " value.</param>
    public static ReadOnlySpan<byte> EscapedValueOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        while (line[0] is (byte)'{' or (byte)',')
        {
            line = line[1..];
            int equals = line.IndexOf((byte)'=');
            ReadOnlySpan<byte> found = line[..equals];
            line = line[(equals + 2)..];
            int end = EndOfQuoted(line);
            if (found.SequenceEqual(name))
            {
                return line[..end];
            }
            line = line[(end + 1)..];
        }
        return [];
    }

    /// <summary>The value without escapes.</summary>
    public static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.Contains((byte)'\\'))
        {
            return escaped;
        }
        byte[] value = new byte[escaped.Length];
        int length = 0;
        for (int i = 0; i < escaped.Length; i++)
        {
            bool isEscape = escaped[i] == '\\';
            i += isEscape ? 1 : 0;
            value[length++] = isEscape && escaped[i] == 'n' ? (byte)'\n' : escaped[i];
        }
        return value.AsSpan(0, length);
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
