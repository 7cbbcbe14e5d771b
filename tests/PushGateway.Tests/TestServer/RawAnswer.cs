using System.Globalization;
using System.Text;

namespace PushGateway.Tests.TestServer;

/// <summary>A response without its variable headers: Date and Connection.</summary>
/// <param name="Headers">Sorted, <c>Name: value</c>.</param>
internal sealed record RawAnswer(int Status, IReadOnlyList<string> Headers, string Body)
{
    private static readonly string[] Ignored = ["Date", "Connection", "Transfer-Encoding"];

    /// <summary>Status, headers, an empty line and the body as one text, for comparison.</summary>
    public string Text => $"{Status}\n{string.Concat(Headers.Select(header => header + "\n"))}\n{Body}";

    /// <summary>The value of a header, or null.</summary>
    public string? Header(string name)
    {
        string start = name + ": ";
        return Headers.FirstOrDefault(header => header.StartsWith(start, StringComparison.Ordinal))?[start.Length..];
    }

    /// <summary>Reads one response. Null if the connection ended first.</summary>
    /// <param name="reader">A Latin-1 reader: one character a byte.</param>
    /// <param name="hasBody">False for the answer to a HEAD request.</param>
    public static async Task<RawAnswer?> ReadAsync(StreamReader reader, bool hasBody, CancellationToken cancellation)
    {
        if (await reader.ReadLineAsync(cancellation) is not { } statusLine)
        {
            return null;
        }
        int status = int.Parse(statusLine.Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = new List<string>();
        while (await reader.ReadLineAsync(cancellation) is { Length: > 0 } header)
        {
            headers.Add(header);
        }
        string body = hasBody ? await ReadBodyAsync(reader, headers, cancellation) : "";
        IEnumerable<string> kept = headers.Where(header => !Ignored.Contains(header.Split(':')[0]));
        return new RawAnswer(
            status,
            [.. kept.Order(StringComparer.Ordinal)],
            Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body)));
    }

    private static async Task<string> ReadBodyAsync(
        StreamReader reader, List<string> headers, CancellationToken cancellation)
    {
        if (headers.Contains("Transfer-Encoding: chunked"))
        {
            return await ReadChunksAsync(reader, cancellation);
        }
        string? length = headers.Find(header => header.StartsWith("Content-Length: ", StringComparison.Ordinal));
        return length is not null
            ? await ReadAsync(reader, int.Parse(length.Split(' ')[1], CultureInfo.InvariantCulture), cancellation)
            : headers.Contains("Connection: close") ? await reader.ReadToEndAsync(cancellation) : "";
    }

    private static async Task<string> ReadChunksAsync(StreamReader reader, CancellationToken cancellation)
    {
        var body = new StringBuilder();
        while (true)
        {
            string size = await reader.ReadLineAsync(cancellation) ?? throw new EndOfStreamException(body.ToString());
            body.Append(await ReadAsync(
                reader, int.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture), cancellation));
            await reader.ReadLineAsync(cancellation);
            if (size == "0")
            {
                return body.ToString();
            }
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, int count, CancellationToken cancellation)
    {
        char[] characters = new char[count];

        // A reader that is asked for nothing waits for something all the same.
        int read = count == 0 ? 0 : await reader.ReadBlockAsync(characters, cancellation);
        return read == count ? new string(characters) : throw new EndOfStreamException(new string(characters, 0, read));
    }
}
