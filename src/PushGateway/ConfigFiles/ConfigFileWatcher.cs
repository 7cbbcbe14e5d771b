namespace PushGateway.ConfigFiles;

/// <summary>Looks twice a second whether the config files have changed.</summary>
/// <param name="looks">In the order in which the files depend on each other.</param>
internal sealed class ConfigFileWatcher(IReadOnlyList<Action> looks, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (Action look in looks)
                {
                    look();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server ends.
        }
    }
}
