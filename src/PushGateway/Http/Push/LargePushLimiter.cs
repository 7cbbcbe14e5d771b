using System.Diagnostics.CodeAnalysis;

namespace PushGateway.Http.Push;

/// <summary>
/// Lets as many large pushes at a time be read as there are processors. Others wait for their turn with nothing but their
/// bodies: to read a body takes up to forty times its size, and whoever asks whether the server is healthy would stand in line
/// behind all of them.
/// </summary>
[SuppressMessage(
    "Design", "CA1001", Justification = "A semaphore that nobody blocks on holds nothing to dispose of, and requests may outlast the server.")]
internal sealed class LargePushLimiter
{
    /// <summary>What is smaller is read in less than a millisecond.</summary>
    public const int LargeBytes = 64 * 1024;

    private readonly SemaphoreSlim _turns = new(Environment.ProcessorCount);

    /// <summary>Waits for a turn, which is over when what this gives is disposed of.</summary>
    public async ValueTask<Lease> AcquireAsync(int bodyBytes, CancellationToken cancellation)
    {
        if (bodyBytes < LargeBytes)
        {
            return default;
        }
        Task waiting = _turns.WaitAsync(cancellation);
        if (!waiting.IsCompletedSuccessfully)
        {
            await waiting;

            // The thread that gave up its turn takes this next, ahead of all who came meanwhile: to the end of the line.
            await Task.Yield();
        }
        return new Lease(_turns);
    }

    public readonly struct Lease(SemaphoreSlim? turns) : IDisposable
    {
        public void Dispose() => turns?.Release();
    }
}
