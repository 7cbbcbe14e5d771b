using System.Net.Sockets;
using PushGateway.Core.Store;
using PushGateway.Durability;
using PushGateway.Logging;

namespace PushGateway.Hosting;

/// <summary>
/// Tells a service manager how the gateway is doing (systemd's <c>Type=notify</c>): that it is ready, once it listens and
/// what was stored is there, so that pushes are taken; that it stops; that it needs time to restore, or to write the last
/// snapshot; that it is alive.
/// </summary>
internal sealed class SystemdNotifier : IAsyncDisposable
{
    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromSeconds(5);

    /// <summary>How long the service manager is to wait for the next word: for several periods of a busy machine.</summary>
    private static readonly TimeSpan Extension = TimeSpan.FromSeconds(30);

    /// <summary>A disk that hangs is not waited for without end: what was acknowledged is in the journal.</summary>
    private static readonly TimeSpan LongestExtended = TimeSpan.FromMinutes(10);

    private readonly NotifySocket _socket;
    private readonly PersistenceService _persistence;
    private readonly GroupStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<SystemdNotifier> _logger;
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _registration;
    private readonly PeriodicTimer _timer;
    private readonly Task _telling;

    /// <summary>One at a time can be waited for, whatever the phase.</summary>
    private Task<bool> _tick;

    private Phase _phase;
    private long _phaseStart;
    private string? _status;
    private bool _lastSendSucceeded = true;

    private SystemdNotifier(NotifySocket socket, Task restored, IServiceProvider services)
    {
        _socket = socket;
        _persistence = services.GetRequiredService<PersistenceService>();
        _store = services.GetRequiredService<GroupStore>();
        _time = services.GetRequiredService<TimeProvider>();
        _logger = services.GetRequiredService<ILogger<SystemdNotifier>>();
        _registration = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping
            .Register(() => _stopping.TrySetResult());
        _timer = new PeriodicTimer(PeriodOf(socket.Watchdog), _time);
        _tick = _timer.WaitForNextTickAsync().AsTask();
        _telling = Task.Run(() => TellAsync(restored));
    }

    private enum Phase
    {
        Restoring,
        Serving,
        Stopping,
    }

    /// <summary>To be called when the server listens; whoever disposes of it says that the program is about to end.</summary>
    /// <param name="restored">Completes when what was stored is there.</param>
    /// <param name="variable">A variable of the environment, by its name.</param>
    /// <returns>Null if nobody wants to be told.</returns>
    public static SystemdNotifier? Begin(IServiceProvider services, Task restored, Func<string, string?> variable)
    {
        if (NotifySocket.TryOpen(variable, out NotifySocket? socket, out string? error))
        {
            return new SystemdNotifier(socket, restored, services);
        }
        if (error is not null)
        {
            services.GetRequiredService<ILogger<SystemdNotifier>>().SystemdNotNotified(error);
        }
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        _stopping.TrySetResult();
        _ended.TrySetResult();
        await _telling;
        await _registration.DisposeAsync();
        _timer.Dispose();
        _socket.Dispose();
    }

    /// <summary>Half of the watchdog's time, as sd_watchdog_enabled(3) advises.</summary>
    internal static TimeSpan PeriodOf(TimeSpan? watchdog) =>
        watchdog is not { } time || time / 2 > LongestPeriod ? LongestPeriod
        : time / 2 < ShortestPeriod ? ShortestPeriod
        : time / 2;

    private async Task TellAsync(Task restored)
    {
        await TellUntilAsync(Task.WhenAny(restored, _stopping.Task), Phase.Restoring);
        if (restored.IsCompleted && !_stopping.Task.IsCompleted)
        {
            await TellUntilAsync(_stopping.Task, Phase.Serving, "READY=1");
        }
        await TellUntilAsync(_ended.Task, Phase.Stopping, "STOPPING=1");
    }

    private async Task TellUntilAsync(Task until, Phase phase, params string[] lines)
    {
        if (phase == Phase.Restoring && until.IsCompleted)
        {
            return;
        }
        (_phase, _phaseStart) = (phase, _time.GetTimestamp());
        bool isTold = TrySend([.. lines, .. Heartbeat()]);
        while (await Task.WhenAny(until, _tick) != until)
        {
            isTold |= TrySend(isTold ? Heartbeat() : [.. lines, .. Heartbeat()]);
            _tick = _timer.WaitForNextTickAsync().AsTask();
        }
    }

    /// <summary>What there is to tell again and again.</summary>
    /// <remarks>
    /// Behind a command that never ends it waits for the store's lock, too, and without threads it is not run; then nothing
    /// is told any more, and the service manager's watchdog ends the program.
    /// </remarks>
    private List<string> Heartbeat()
    {
        _ = _store.SeriesCount;

        var lines = new List<string>();
        if (_socket.Watchdog is not null)
        {
            lines.Add("WATCHDOG=1");
        }
        if (IsMakingProgress() && _time.GetElapsedTime(_phaseStart) < LongestExtended)
        {
            lines.Add($"EXTEND_TIMEOUT_USEC={(long)Extension.TotalMicroseconds}");
        }
        string status = Describe();
        if (status != _status)
        {
            lines.Add($"STATUS={status.Replace('\n', ' ')}");
            _status = status;
        }
        return lines;
    }

    /// <summary>Whether it is at something that ends. A restore that fails is tried again, but not worth waiting for.</summary>
    private bool IsMakingProgress() =>
        _phase == Phase.Stopping || (_phase == Phase.Restoring && !_persistence.HasFault);

    private string Describe() => _phase switch
    {
        Phase.Restoring => $"not ready: {_persistence.NotReadyReason ?? "restoring"}",
        Phase.Serving => _persistence.NotReadyReason is { } reason ? $"not ready: {reason}" : "serving",
        _ => "stopping",
    };

    /// <summary>What is wrong is told once: the gateway does its work whether or not anybody hears of it.</summary>
    private bool TrySend(List<string> lines)
    {
        if (lines.Count == 0)
        {
            return true;
        }
        try
        {
            _socket.Send(lines);
            _lastSendSucceeded = true;
        }
        catch (SocketException exception)
        {
            if (_lastSendSucceeded)
            {
                _logger.SystemdNotNotified(exception.Message);
            }
            _lastSendSucceeded = false;
            _status = null;
        }
        return _lastSendSucceeded;
    }
}
