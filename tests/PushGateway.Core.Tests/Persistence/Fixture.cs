namespace PushGateway.Core.Tests.Persistence;

/// <summary>
/// Persistence files of versions of the Go Pushgateway, and their answers for the same groups: a native histogram,
/// escapes, a failed and an empty group, values in base64 and outside ASCII.
/// </summary>
internal static class Fixture
{
    public const string Go15 = "go-1.5.1";
    public const string Go111 = "go-1.11.2";

    /// <summary>The persistence file.</summary>
    public static byte[] File(string version) => Bytes(version + ".data");

    /// <summary>The scrape, without the families of the process.</summary>
    public static byte[] Scrape(string version) => Bytes(version + ".metrics.txt");

    /// <summary>The answer of <c>/api/v1/metrics</c>.</summary>
    public static byte[] Json(string version) => Bytes(version + ".api-v1-metrics.json");

    private static byte[] Bytes(string name)
    {
        using Stream stream = typeof(Fixture).Assembly.GetManifestResourceStream(name)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
