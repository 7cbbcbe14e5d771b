namespace PushGateway.Fuzz.Targets;

internal static class Surrounded
{
    private const int Margin = 16;

    /// <summary>The same bytes within others, which a parser must not read.</summary>
    public static ReadOnlyMemory<byte> By(byte filler, ReadOnlySpan<byte> input)
    {
        byte[] bytes = new byte[input.Length + (2 * Margin)];
        bytes.AsSpan().Fill(filler);
        input.CopyTo(bytes.AsSpan(Margin));
        return bytes.AsMemory(Margin, input.Length);
    }
}
