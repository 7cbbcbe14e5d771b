using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace PushGateway.Http.Push;

/// <summary>
/// Limits how many large bodies are decoded and parsed at the same time: by what memory they may take, and to the number of
/// processors.
/// </summary>
/// <remarks>
/// A body may take forty times its size, up to what the limits of a push allow, and would keep the processors from short
/// requests such as health checks. Waiting pushes hold only their bodies.
/// </remarks>
/// <param name="memory">Gives memory back once no large body is left; null in tests.</param>
[SuppressMessage("Design", "CA1001", Justification = "Requests may outlast the server.")]
internal sealed class LargePushLimiter(int processors, MemoryRelease? memory = null)
{
    /// <summary>Parsing a smaller body takes less than a millisecond.</summary>
    public const int LargeBytes = 64 * 1024;

    /// <summary>A body of this size or more is parsed alone.</summary>
    public const int AloneBytes = 8 << 20;

    /// <summary>A permit is for this much of a body.</summary>
    private const int PermitBytes = LargeBytes;

    private readonly int _minPermits = Math.Max(AloneBytes / PermitBytes / processors, 1);

    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = AloneBytes / PermitBytes,
        QueueLimit = int.MaxValue,
    });

    public LargePushLimiter()
        : this(Environment.ProcessorCount)
    {
    }

    /// <summary>The bodies that will want a lease.</summary>
    public ArrivingBodies Arriving { get; private init; } = new(long.MaxValue);

    /// <summary>One that gives memory back.</summary>
    public static LargePushLimiter Create(long maxBodyBytes, TimeProvider time)
    {
        var arriving = new ArrivingBodies(ArrivingBodies.MaxWhole * Math.Min(maxBodyBytes, Array.MaxLength));
        return new LargePushLimiter(Environment.ProcessorCount, new MemoryRelease(time, arriving)) { Arriving = arriving };
    }

    /// <summary>Waits for a lease, in the order of arrival; null for a small body, which needs none.</summary>
    public async ValueTask<IDisposable?> AcquireAsync(int bodyBytes, CancellationToken cancellation)
    {
        if (bodyBytes < LargeBytes)
        {
            return null;
        }
        int permits = Math.Max(Math.Min(bodyBytes, AloneBytes) / PermitBytes, _minPermits);
        ValueTask<RateLimitLease> acquiring = _limiter.AcquireAsync(permits, cancellation);
        if (acquiring.IsCompletedSuccessfully)
        {
            memory?.Begin();
            return new Lease(acquiring.Result, memory);
        }
        RateLimitLease lease = await acquiring;

        // The thread that released its lease would run this next, ahead of short requests that arrived meanwhile.
        await Task.Yield();
        memory?.Begin();
        return new Lease(lease, memory);
    }

    /// <summary>Gives back the memory of a body that is given up before it is parsed.</summary>
    public void Forget(int bodyBytes)
    {
        if (bodyBytes >= LargeBytes)
        {
            memory?.Schedule();
        }
    }

    private sealed class Lease(RateLimitLease lease, MemoryRelease? memory) : IDisposable
    {
        public void Dispose()
        {
            lease.Dispose();
            memory?.End();
        }
    }
}
