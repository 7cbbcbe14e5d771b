using ZstdSharp;

namespace PushGateway.Http.Responses;

/// <summary>Compresses scrapes with zstd. Nothing else touches the library, which is loaded with the first one.</summary>
internal static class ZstdScrape
{
    /// <summary>The fastest of those that compress well.</summary>
    private const int Level = 1;

    /// <summary>What is written to the result comes compressed out of the other stream, which stays open.</summary>
    public static Stream Compress(Stream output) => new CompressionStream(output, Level, leaveOpen: true);
}
