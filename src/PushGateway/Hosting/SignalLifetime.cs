using System.Runtime.InteropServices;
using PushGateway.Telemetry;

namespace PushGateway.Hosting;

/// <summary>
/// Ends the program in good order on SIGTERM, SIGINT and SIGQUIT (which unit files in the wild send); at once on a
/// second signal.
/// </summary>
internal sealed class SignalLifetime(IHostApplicationLifetime application, ILogger<SignalLifetime> logger)
    : IHostLifetime, IDisposable
{
    private const int EndedAtOnce = 1;

    /// <summary>SIGXFSZ, by its Linux number.</summary>
    private const PosixSignal FileSizeSignal = (PosixSignal)25;

    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
        }
        if (OperatingSystem.IsLinux())
        {
            // A limit on the size of files is an error of the journal like a full disk, not the end of the process.
            _registrations.Add(PosixSignalRegistration.Create(FileSizeSignal, context => context.Cancel = true));
        }
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
        {
            Environment.Exit(EndedAtOnce);
        }
        logger.ReceivedSignal();
        application.StopApplication();
    }
}
