using System.Buffers;
using System.IO.Pipelines;

namespace PushGateway.Http.Responses;

/// <summary>The body of a JSON response. A large body is compressed if the client prefers that.</summary>
internal static class JsonBody
{
    /// <summary>About the size of a packet. Compressing a smaller body saves nothing.</summary>
    public const int MinCompressedBytes = 1_400;

    /// <summary>Where to write the body; the output itself if the client prefers no encoding. End it with <see cref="EndAsync"/>.</summary>
    public static PipeWriter For(HttpContext context, PipeWriter output)
    {
        ResponseEncoding encoding = ContentNegotiation.EncodingOf(context.Request.Headers.AcceptEncoding);
        return encoding == ResponseEncoding.Plain ? output : new CompressingWriter(context.Response, encoding, output);
    }

    /// <summary>Writes the rest of the body.</summary>
    public static Task EndAsync(this PipeWriter body, CancellationToken cancellation) =>
        body is CompressingWriter compressing ? compressing.EndAsync(cancellation) : body.FlushAsync(cancellation).AsTask();
}

/// <summary>Compresses the written bytes, unless they are few.</summary>
/// <remarks>If the response is aborted, the compressed stream is not ended, so that no client mistakes it for complete.</remarks>
internal sealed class CompressingWriter(HttpResponse response, ResponseEncoding encoding, PipeWriter output) : PipeWriter, IDisposable
{
    private readonly PooledBuffer _unflushed = new();
    private Stream? _compressed;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed.WrittenCount;

    public override void Advance(int bytes) => _unflushed.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _unflushed.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _unflushed.GetSpan(sizeHint);

    /// <summary>Does nothing until it is known whether the body is large.</summary>
    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_compressed is null && _unflushed.WrittenCount < JsonBody.MinCompressedBytes)
        {
            return default;
        }
        _compressed ??= ResponseCompression.Begin(response, encoding, output.AsStream(leaveOpen: true));
        await _compressed.WriteAsync(_unflushed.WrittenMemory, cancellationToken);
        _unflushed.Truncate(0);
        return await output.FlushAsync(cancellationToken);
    }

    public async Task EndAsync(CancellationToken cancellation)
    {
        await FlushAsync(cancellation);
        if (_compressed is null)
        {
            output.Write(_unflushed.WrittenSpan);
        }
        else
        {
            await _compressed.DisposeAsync();
        }
        Dispose();
        await output.FlushAsync(cancellation);
    }

    /// <summary>Releases the buffer. Does not end the response.</summary>
    public void Dispose() => _unflushed.Dispose();

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => output.Complete(exception);
}
