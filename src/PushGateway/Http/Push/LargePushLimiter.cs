using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace PushGateway.Http.Push;

/// <summary>Limits how many large bodies are parsed at the same time to the number of processors.</summary>
/// <remarks>
/// Parsing takes up to forty times the memory of the body, and would keep the processors from short requests such as
/// health checks. Waiting pushes hold only their bodies.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Requests may outlast the server.")]
internal sealed class LargePushLimiter
{
    /// <summary>Parsing a smaller body takes less than a millisecond.</summary>
    public const int LargeBytes = 64 * 1024;

    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = Environment.ProcessorCount,
        QueueLimit = int.MaxValue,
    });

    /// <summary>Waits for a lease, in the order of arrival; null for a small body, which needs none.</summary>
    public async ValueTask<IDisposable?> AcquireAsync(int bodyBytes, CancellationToken cancellation)
    {
        if (bodyBytes < LargeBytes)
        {
            return null;
        }
        ValueTask<RateLimitLease> acquiring = _limiter.AcquireAsync(1, cancellation);
        if (acquiring.IsCompletedSuccessfully)
        {
            return acquiring.Result;
        }
        RateLimitLease lease = await acquiring;

        // The thread that released its lease would run this next, ahead of short requests that arrived meanwhile.
        await Task.Yield();
        return lease;
    }
}
