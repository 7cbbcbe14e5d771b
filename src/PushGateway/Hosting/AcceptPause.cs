using PushGateway.Logging;

namespace PushGateway.Hosting;

/// <summary>Waits until there are descriptors for connections again. Thread-safe.</summary>
/// <param name="hasFree">Whether there are now.</param>
internal sealed class AcceptPause(Descriptors descriptors, Func<bool> hasFree, TimeProvider time, ILogger<AcceptPause> logger)
{
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _loggedAt;

    /// <summary>Whether a connection with this descriptor may be the last that is possible.</summary>
    public bool IsNeededAfter(nint descriptor) => !descriptors.AllowsAnother(descriptor);

    /// <summary>Returns once there are, or when cancelled.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        TimeSpan wait = MinPause;
        while (!hasFree() && !cancellation.IsCancellationRequested)
        {
            Log();
            await Task.Delay(wait, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < MaxPause ? wait * 2 : MaxPause;
        }
    }

    /// <summary>Once a minute, for all listeners.</summary>
    private void Log()
    {
        lock (_gate)
        {
            if (_loggedAt is { } at && time.GetElapsedTime(at) < LogInterval)
            {
                return;
            }
            _loggedAt = time.GetTimestamp();
        }
        logger.AcceptingPaused(descriptors.Limit);
    }
}
