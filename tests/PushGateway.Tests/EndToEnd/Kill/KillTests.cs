using System.Globalization;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Kill;

/// <summary>
/// Kills the gateway at random moments while clients push, merge, delete (groups, selections, families), send invalid pushes,
/// and let groups expire. Each time, the next gateway must have everything that was acknowledged, and nothing that was deleted.
/// All rounds use one store.
/// </summary>
public sealed class KillTests : IDisposable
{
    private const int Clients = 6;

    /// <summary>Longer than a start with its restore takes on an idle machine.</summary>
    private const int MostStartMilliseconds = 250;

    private const int MostSteps = 600;

    /// <summary>The exit code that stands for it.</summary>
    private const int Killed = 128 + (int)UnixSignal.Kill;

    /// <summary>The first have snapshots written all the time; the last has the journal grow.</summary>
    private static readonly string[] Intervals = ["11ms", "11ms", "50ms", "24h"];

    /// <summary>A kill spares what was written but not synced, so that it is the same to all of them.</summary>
    private static readonly string[] Fsyncs = ["always", "always", "always", "interval", "never"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");
    private readonly int _seed = Setting("PUSHGATEWAY_KILL_SEED", Random.Shared.Next());
    private readonly int _rounds = Setting("PUSHGATEWAY_KILL_ROUNDS", 50);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Kill_AtRandomUnderLoad_KeepsWhatWasAcknowledgedAndNothingInPart()
    {
        var random = new Random(_seed);
        KillClient[] clients = [.. Enumerable.Range(0, Clients).Select(i => new KillClient(i, new Random(random.Next())))];
        for (int round = 1; round <= _rounds; round++)
        {
            try
            {
                await RunRoundAsync(clients, random);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"PUSHGATEWAY_KILL_SEED={_seed}, round {round}: {e.Message}", e);
            }
        }
        double started = Moment.Now();
        await using (GatewayProcess last = await StartAsync(random))
        {
            await CheckAsync(last, clients, started);
        }
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"PUSHGATEWAY_KILL_SEED={_seed}: {_rounds} rounds, {clients.Sum(client => client.Answers)} changes answered, " +
            $"{clients.Sum(client => client.Unanswered)} others found whole, {clients.Sum(client => client.Expiries)} expiries");
        Assert.True(clients.Sum(client => client.Answers) > 10 * _rounds);
        Assert.True(clients.Sum(client => client.Expiries) > _rounds / 5);
    }

    private async Task RunRoundAsync(KillClient[] clients, Random random)
    {
        if (random.Next(6) == 0)
        {
            await KillDuringStartAsync(random);
            return;
        }
        double started = Moment.Now();
        await using GatewayProcess gateway = await StartAsync(random);
        await CheckAsync(gateway, clients, started);
        UnixSignal signal = random.Next(8) == 0 ? UnixSignal.Terminate : UnixSignal.Kill;
        int steps = random.Next(1, MostSteps);
        void Step()
        {
            if (Interlocked.Decrement(ref steps) == 0)
            {
                gateway.Send(signal);
            }
        }
        await Task.WhenAll(clients.Select(client => client.RunAsync(gateway.Client, Step)));
        int exitCode = await gateway.WaitForExitAsync();
        Assert.True(exitCode == (signal == UnixSignal.Kill ? Killed : 0), $"exit code {exitCode} after {signal}\n{gateway.Log}");
    }

    private async Task KillDuringStartAsync(Random random)
    {
        await using var gateway = GatewayProcess.StartWithoutWaiting(Flags(random));
        await Task.Delay(random.Next(MostStartMilliseconds), TestContext.Current.CancellationToken);
        gateway.Send(UnixSignal.Kill);
        await gateway.WaitForExitAsync();
    }

    private async Task CheckAsync(GatewayProcess gateway, KillClient[] clients, double started)
    {
        var scraped = new ScrapedGroups(await gateway.ScrapeAsync());
        Array.ForEach(clients, client => client.Check(scraped, started));
        Assert.DoesNotContain(_folder.GetFiles(), file => file.Name.Contains("-20", StringComparison.Ordinal));
    }

    private Task<GatewayProcess> StartAsync(Random random) => GatewayProcess.StartAsync(Flags(random));

    private string[] Flags(Random random) =>
    [
        "--web.enable-admin-api",
        $"--persistence.file={Path.Combine(_folder.FullName, "store")}",
        $"--persistence.interval={Intervals[random.Next(Intervals.Length)]}",
        $"--persistence.fsync={Fsyncs[random.Next(Fsyncs.Length)]}",
    ];

    private static int Setting(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
