using System.Net.Sockets;
using PushGateway.Logging;

namespace PushGateway.Hosting;

/// <summary>Pauses accepting while no descriptors are free for connections, and after a failure to accept one. Thread-safe.</summary>
/// <param name="hasFree">Whether descriptors are free now.</param>
internal sealed class AcceptPause(Descriptors descriptors, Func<bool> hasFree, TimeProvider time, ILogger<AcceptPause> logger)
{
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    /// <summary>The pauses, from the shortest to the longest.</summary>
    private const int Doublings = 8;

    private readonly Lock _gate = new();
    private long? _loggedAt;

    /// <summary>Whether a connection with this descriptor may be the last possible one.</summary>
    public bool IsNeededAfter(nint descriptor) => !descriptors.AllowsAnother(descriptor);

    /// <summary>Returns when descriptors are free, or when cancelled.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        for (int i = 0; !hasFree() && !cancellation.IsCancellationRequested; i++)
        {
            if (MayLog())
            {
                logger.AcceptingPaused(descriptors.Limit);
            }
            await DelayAsync(i, cancellation);
        }
    }

    /// <summary>Waits longer after each consecutive failure. Returns at once when cancelled.</summary>
    public async Task AfterFailureAsync(SocketException failure, int failuresBefore, CancellationToken cancellation)
    {
        if (MayLog())
        {
            logger.AcceptFailed(failure.Message);
        }
        await DelayAsync(failuresBefore, cancellation);
    }

    private async Task DelayAsync(int delaysBefore, CancellationToken cancellation)
    {
        TimeSpan delay = delaysBefore < Doublings ? MinPause * (1 << delaysBefore) : MaxPause;
        await Task.Delay(delay, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Logs at most once a minute for all listeners.</summary>
    private bool MayLog()
    {
        lock (_gate)
        {
            if (_loggedAt is { } at && time.GetElapsedTime(at) < LogInterval)
            {
                return false;
            }
            _loggedAt = time.GetTimestamp();
            return true;
        }
    }
}
