using System.Runtime.InteropServices;
using PushGateway.ConfigFiles;
using PushGateway.Logging;

namespace PushGateway.Hosting;

/// <summary>
/// Shuts the server down on SIGTERM, SIGINT and SIGQUIT (which existing unit files send), and exits immediately on a second
/// signal. SIGHUP, which Debian's unit of the Go Pushgateway sends to reload, reloads the config files.
/// </summary>
/// <remarks>An immediate exit loses no acknowledged push if there is a journal.</remarks>
internal sealed class SignalLifetime : IHostLifetime, IDisposable
{
    /// <summary>A shell reports this number plus that of the signal for a program that a signal ended.</summary>
    private const int EndedBySignal = 128;

    /// <summary>SIGXFSZ, by its Linux number.</summary>
    private const PosixSignal FileSizeSignal = (PosixSignal)25;

    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly IHostApplicationLifetime _application;
    private readonly ILogger<SignalLifetime> _logger;
    private readonly IReadOnlyList<IReloadable> _configFiles;
    private int _signals;

    /// <param name="configFiles">In the order in which they depend on each other.</param>
    public SignalLifetime(
        IHostApplicationLifetime application, ILogger<SignalLifetime> logger, IReadOnlyList<IReloadable> configFiles)
    {
        _application = application;
        _logger = logger;
        _configFiles = configFiles;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp));
        if (OperatingSystem.IsLinux())
        {
            // Without a handler, the limit on the size of files would kill the process. With a handler, writes fail as on a full
            // disk. Registered here since a restore writes before the server listens.
            _registrations.Add(PosixSignalRegistration.Create(FileSizeSignal, context => context.Cancel = true));
        }
    }

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
        }
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private static int NumberOf(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGINT => 2,
        PosixSignal.SIGQUIT => 3,
        _ => 15,
    };

    private void OnHangUp(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_configFiles.Count == 0)
        {
            _logger.ReceivedIdleHangUp();
            return;
        }
        _logger.ReceivedHangUp();
        foreach (IReloadable file in _configFiles)
        {
            file.Reload();
        }
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
        {
            // Does not log, since that could wait for the reader of the log.
            Environment.Exit(EndedBySignal + NumberOf(context.Signal));
        }
        _logger.ReceivedSignal();
        _application.StopApplication();
    }
}
