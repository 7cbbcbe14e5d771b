namespace PushGateway.ConfigFiles;

/// <summary>Polls the config files twice a second.</summary>
/// <param name="polls">In the order in which the files depend on each other.</param>
internal sealed class ConfigFileWatcher(IReadOnlyList<Action> polls, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (Action poll in polls)
                {
                    poll();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
