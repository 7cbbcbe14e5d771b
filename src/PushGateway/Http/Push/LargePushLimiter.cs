using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace PushGateway.Http.Push;

/// <summary>
/// Limits how many large bodies are decoded and parsed at the same time, by the memory that they may need and the number of
/// CPUs.
/// </summary>
/// <remarks>
/// A body may need forty times its size, up to the limits of a push, and would keep the CPUs from short requests such as
/// health checks. Waiting pushes hold only their bodies.
/// </remarks>
/// <param name="memory">Releases memory when no large body is left; null in tests.</param>
[SuppressMessage("Design", "CA1001", Justification = "Requests may outlast the server.")]
internal sealed class LargePushLimiter(int processors, MemoryRelease? memory = null)
{
    /// <summary>Parsing a smaller body takes less than a millisecond.</summary>
    public const int LargeBytes = 64 * 1024;

    /// <summary>A body of this size or more is parsed alone.</summary>
    public const int AloneBytes = 8 << 20;

    /// <summary>The bytes of a body for each permit.</summary>
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

    /// <summary>The number of bodies that will need a lease.</summary>
    public ArrivingBodies Arriving { get; private init; } = new(long.MaxValue);

    /// <summary>Creates a limiter that releases memory.</summary>
    public static LargePushLimiter Create(long maxBodyBytes, TimeProvider time)
    {
        var arriving = new ArrivingBodies(ArrivingBodies.MaxWhole * Math.Min(maxBodyBytes, Array.MaxLength));
        return new LargePushLimiter(Environment.ProcessorCount, new MemoryRelease(time, arriving)) { Arriving = arriving };
    }

    /// <summary>Waits for a lease, in the order of arrival. Null for a small body, which needs none.</summary>
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

        // Otherwise, the thread that released its lease would run this next, before short requests that arrived in the meantime.
        await Task.Yield();
        memory?.Begin();
        return new Lease(lease, memory);
    }

    /// <summary>Releases the memory of a body that is abandoned before it is parsed.</summary>
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
