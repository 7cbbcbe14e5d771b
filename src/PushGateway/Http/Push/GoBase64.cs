namespace PushGateway.Http.Push;

/// <summary>URL-safe base64 without padding, decoded like Go's encoding/base64.</summary>
internal static class GoBase64
{
    private const int BitsPerCharacter = 6;

    /// <summary>Decodes text. Skips line breaks, and drops trailing bits that do not fill a byte.</summary>
    /// <param name="bytes">The decoded bytes, up to the error if any.</param>
    /// <param name="errorAt">The index of the invalid character.</param>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes, out int errorAt)
    {
        var decoded = new List<byte>(text.Length * BitsPerCharacter / 8);
        int quantum = 0;
        int count = 0;
        errorAt = -1;
        for (int i = 0; i < text.Length && errorAt < 0; i++)
        {
            if (text[i] is '\r' or '\n')
            {
                continue;
            }
            int value = ValueOf(text[i]);
            if (value < 0)
            {
                errorAt = i;
                count = 0;
                break;
            }
            quantum = (quantum << BitsPerCharacter) | value;
            if (++count == 4)
            {
                decoded.AddRange([(byte)(quantum >> 16), (byte)(quantum >> 8), (byte)quantum]);
                (quantum, count) = (0, 0);
            }
        }
        switch (count)
        {
            case 1:
                errorAt = text.Length - 1;
                break;
            case 2:
                decoded.Add((byte)(quantum >> 4));
                break;
            case 3:
                decoded.AddRange([(byte)(quantum >> 10), (byte)(quantum >> 2)]);
                break;
        }
        bytes = [.. decoded];
        return errorAt < 0;
    }

    private static int ValueOf(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '-' => 62,
        '_' => 63,
        _ => -1,
    };
}
