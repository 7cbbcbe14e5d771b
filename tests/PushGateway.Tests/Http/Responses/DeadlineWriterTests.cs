using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using PushGateway.Http;
using PushGateway.Http.Responses;
using Xunit;

namespace PushGateway.Tests.Http.Responses;

public sealed class DeadlineWriterTests
{
    private const int Written = DeadlineWriter.MaxAheadBytes;

    private static readonly ClientTimeouts Short = new()
    {
        WriteGracePeriod = TimeSpan.FromSeconds(0.1),
        MinReaderBytesPerSecond = 1_000_000,
    };

    /// <summary>As an HTTP/2 client does that opens its window by a byte: each write goes on, so that Kestrel never gives up.</summary>
    [Fact]
    public async Task FlushAsync_ReaderThatTakesAByteNowAndThen_IsAborted()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: Written, resumeWriterThreshold: Written - 1));
        var aborted = new TaskCompletionSource();
        using DeadlineWriter writer = WriterTo(pipe, aborted);
        Task writing = writer.WriteAsync(new byte[Written + 10_000], TestContext.Current.CancellationToken).AsTask();
        Assert.False(writing.IsCompleted);
        for (int i = 0; i < 5; i++)
        {
            ReadResult read = await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);
            pipe.Reader.AdvanceTo(read.Buffer.GetPosition(1));
        }

        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Dispose_BeforeTheDeadline_LeavesTheConnection()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: Written));
        var aborted = new TaskCompletionSource();
        using (DeadlineWriter writer = WriterTo(pipe, aborted))
        {
            _ = writer.WriteAsync(new byte[Written], TestContext.Current.CancellationToken).AsTask();
        }

        await Task.Delay(TimeSpan.FromSeconds(0.5), TestContext.Current.CancellationToken);

        Assert.False(aborted.Task.IsCompleted);
    }

    private static DeadlineWriter WriterTo(Pipe pipe, TaskCompletionSource aborted)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new PipeBody(pipe.Writer));
        context.Features.Set<IHttpRequestLifetimeFeature>(new Lifetime(aborted));
        return new DeadlineWriter(context, TimeProvider.System, Short);
    }

    private sealed class PipeBody(PipeWriter writer) : StreamResponseBodyFeature(Stream.Null), IHttpResponseBodyFeature
    {
        PipeWriter IHttpResponseBodyFeature.Writer => writer;
    }

    private sealed class Lifetime(TaskCompletionSource aborted) : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; }

        public void Abort() => aborted.TrySetResult();
    }
}
