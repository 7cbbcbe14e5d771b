namespace PushGateway.ConfigFiles;

/// <summary>Polls the config files twice a second.</summary>
/// <param name="files">In the order in which they depend on each other.</param>
internal sealed class ConfigFileWatcher(IReadOnlyList<IReloadable> files, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (IReloadable file in files)
                {
                    file.Poll();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server is stopping.
        }
    }
}
