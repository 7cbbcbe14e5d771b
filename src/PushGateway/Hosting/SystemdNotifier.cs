using System.Net.Sockets;
using PushGateway.Durability;
using PushGateway.Logging;

namespace PushGateway.Hosting;

/// <summary>
/// Notifies a service manager of the gateway's state (systemd's <c>Type=notify</c>): ready, when the server listens and the
/// store is restored; stopping; more time needed, to restore or to write the last snapshot; alive, for the watchdog.
/// </summary>
internal sealed class SystemdNotifier : IAsyncDisposable
{
    private static readonly TimeSpan MinPeriod = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxPeriod = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the service manager should wait for the next message: several periods of a busy machine.
    /// </summary>
    private static readonly TimeSpan Extension = TimeSpan.FromSeconds(30);

    /// <summary>Gives up on a disk that hangs: the journal has every acknowledged push.</summary>
    private static readonly TimeSpan MaxExtended = TimeSpan.FromMinutes(10);

    private readonly NotifySocket _socket;
    private readonly IStoreService _service;
    private readonly GroupStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<SystemdNotifier> _logger;
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _registration;
    private readonly PeriodicTimer _timer;
    private readonly Task _loop;

    /// <summary>The pending tick, which the phases share, since the timer allows only one.</summary>
    private Task<bool> _tick;

    private Phase _phase;
    private long _phaseStart;
    private string? _status;
    private bool _lastSendSucceeded = true;

    private SystemdNotifier(NotifySocket socket, Task restored, IServiceProvider services)
    {
        _socket = socket;
        _service = services.GetRequiredService<IStoreService>();
        _store = services.GetRequiredService<GroupStore>();
        _time = services.GetRequiredService<TimeProvider>();
        _logger = services.GetRequiredService<ILogger<SystemdNotifier>>();
        _registration = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping
            .Register(() => _stopping.TrySetResult());
        _timer = new PeriodicTimer(PeriodOf(socket.Watchdog), _time);
        _tick = _timer.WaitForNextTickAsync().AsTask();
        _loop = Task.Run(() => NotifyAsync(restored));
    }

    private enum Phase
    {
        Restoring,
        Serving,
        Stopping,
    }

    /// <summary>
    /// Starts to notify. Call it when the server listens. Dispose the result when the program is about to exit.
    /// </summary>
    /// <param name="restored">Completes when the store is restored.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <returns>Null without a service manager to notify.</returns>
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
        await _loop;
        await _registration.DisposeAsync();
        _timer.Dispose();
        _socket.Dispose();
    }

    /// <summary>Half of the watchdog's time, as sd_watchdog_enabled(3) advises.</summary>
    internal static TimeSpan PeriodOf(TimeSpan? watchdog) =>
        watchdog is not { } time || time / 2 > MaxPeriod ? MaxPeriod
        : time / 2 < MinPeriod ? MinPeriod
        : time / 2;

    private async Task NotifyAsync(Task restored)
    {
        await NotifyUntilAsync(Task.WhenAny(restored, _stopping.Task), Phase.Restoring);
        if (restored.IsCompleted && !_stopping.Task.IsCompleted)
        {
            await NotifyUntilAsync(_stopping.Task, Phase.Serving, "READY=1");
        }
        await NotifyUntilAsync(_ended.Task, Phase.Stopping, "STOPPING=1");
    }

    private async Task NotifyUntilAsync(Task until, Phase phase, params string[] lines)
    {
        if (phase == Phase.Restoring && until.IsCompleted)
        {
            return;
        }
        (_phase, _phaseStart) = (phase, _time.GetTimestamp());
        bool isSent = TrySend([.. lines, .. Heartbeat()]);
        while (await Task.WhenAny(until, _tick) != until)
        {
            isSent |= TrySend(isSent ? Heartbeat() : [.. lines, .. Heartbeat()]);
            _tick = _timer.WaitForNextTickAsync().AsTask();
        }
    }

    /// <summary>The messages of each period.</summary>
    /// <remarks>
    /// Acquires the store's lock, so that a command that never ends, like a lack of threads, stops the heartbeat, and the
    /// service manager's watchdog kills the program.
    /// </remarks>
    private List<string> Heartbeat()
    {
        _ = _store.SeriesCount;

        var lines = new List<string>();
        if (_socket.Watchdog is not null)
        {
            lines.Add("WATCHDOG=1");
        }
        if (IsMakingProgress() && _time.GetElapsedTime(_phaseStart) < MaxExtended)
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

    /// <summary>Whether the phase is about to end. A failed restore is retried, but does not request more time.</summary>
    private bool IsMakingProgress() =>
        _phase == Phase.Stopping || (_phase == Phase.Restoring && !_service.HasFault);

    private string Describe() => _phase switch
    {
        Phase.Restoring => $"not ready: {_service.NotReadyReason ?? "restoring"}",
        Phase.Serving => _service.NotReadyReason is { } reason ? $"not ready: {reason}" : "serving",
        _ => "stopping",
    };

    /// <summary>
    /// Logs a failure once, until a message succeeds. The gateway also works without a service manager.
    /// </summary>
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
