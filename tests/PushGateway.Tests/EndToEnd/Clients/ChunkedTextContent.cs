using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace PushGateway.Tests.EndToEnd.Clients;

/// <summary>
/// A body that is sent line by line and without a length, like that of prometheus-net's MetricPusher.
/// </summary>
internal sealed class ChunkedTextContent : HttpContent
{
    private readonly string[] _lines;

    public ChunkedTextContent(params string[] lines)
    {
        _lines = lines;
        Headers.ContentType = MediaTypeHeaderValue.Parse("text/plain; version=0.0.4; charset=utf-8");
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        foreach (string line in _lines)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
            await stream.FlushAsync();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
