using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Cluster;

/// <summary>Harms a cluster in every way that it must survive, and repairs it at the end.</summary>
internal sealed class Nemesis(ClusterUnderTest cluster, Random random)
{
    private readonly Dictionary<string, int> _events = [];
    private readonly List<string> _log = [];
    private readonly int _replicaSeed = random.Next();
    private readonly int _databaseSeed = random.Next();

    /// <summary>The number of times of each harm.</summary>
    public IReadOnlyDictionary<string, int> Events => _events;

    /// <summary>A log of the harms with their times.</summary>
    public IReadOnlyList<string> Log => _log;

    /// <summary>Harms replicas, and concurrently the database.</summary>
    public Task RunAsync(double until) => Task.WhenAll(
        RunAsync(until, new Random(_replicaSeed), HarmReplicaAsync), RunAsync(until, new Random(_databaseSeed), HarmDatabaseAsync));

    private static async Task RunAsync(double until, Random random, Func<Random, Task> harm)
    {
        while (Operation.Now() < until)
        {
            await PauseAsync(random.Next(300, 2500));
            if (Operation.Now() < until)
            {
                await harm(random);
            }
        }
    }

    private Task HarmReplicaAsync(Random random)
    {
        Replica replica = cluster.Replicas[random.Next(cluster.Replicas.Count)];
        return random.Next(9) switch
        {
            0 or 1 => KillAsync(replica, random),
            2 or 3 => StopAsync(replica, random),
            4 => CutAsync(replica),
            5 => PartitionAsync(replica, random),
            6 => StallAsync("stall both ways", replica, network => network.Stall(), random),
            7 => StallAsync("stall answers", replica, network => network.StallAnswers(), random),
            _ => StallAsync("stall requests", replica, network => network.StallRequests(), random),
        };
    }

    private Task HarmDatabaseAsync(Random random) => random.Next(8) switch
    {
        0 or 1 => FailOverAsync(random),
        2 => CrashPrimaryAsync(),
        3 => StopServerAsync("stop standby", cluster.Database.Standby!, random),
        4 => StopServerAsync("stop primary", cluster.Database.Primary, random),
        5 or 6 => FillDiskAsync(random),
        _ => EndSessionsAsync(),
    };

    private async Task KillAsync(Replica replica, Random random)
    {
        Add("kill -9 a replica", replica.Name);
        Assert.False(replica.Running.HasExited, $"{replica.Name} has ended\n{replica.Running.Log}");
        await replica.KillAsync();
        await PauseAsync(random.Next(2000));
        replica.Launch();
    }

    /// <summary>Short stops interrupt a write. Long ones exceed the timeouts of the database and the lease.</summary>
    private async Task StopAsync(Replica replica, Random random)
    {
        int time = random.Next(3) == 0 ? random.Next(5000, 13_000) : random.Next(50, 3000);
        Add("SIGSTOP a replica", $"{replica.Name} for {time} ms");
        replica.Stop();
        await PauseAsync(time);
        replica.Continue();
    }

    private async Task CutAsync(Replica replica)
    {
        Add("cut a replica's connections", replica.Name);
        Each(replica, network => network.Cut());
        await Task.CompletedTask;
    }

    private async Task PartitionAsync(Replica replica, Random random)
    {
        int time = random.Next(500, 8000);
        Add("refuse a replica's connections", $"{replica.Name} for {time} ms");
        Each(replica, network =>
        {
            network.Refuses = true;
            network.Cut();
        });
        await PauseAsync(time);
        Each(replica, network => network.Heal());
    }

    private async Task StallAsync(string name, Replica replica, Action<TcpProxy> stall, Random random)
    {
        int time = random.Next(3) == 0 ? random.Next(8000, 16_000) : random.Next(200, 4000);
        bool isCut = random.Next(2) == 0;
        Add(name, $"{replica.Name} for {time} ms{(isCut ? ", then cut" : "")}");
        Each(replica, stall);
        await PauseAsync(time);
        Each(replica, network =>
        {
            if (isCut)
            {
                network.Cut();
            }
            network.Heal();
        });
    }

    private async Task FailOverAsync(Random random)
    {
        Add("kill the primary, promote the standby", "");
        await cluster.Database.FailOverAsync();
        cluster.Reconnect();
        await PauseAsync(random.Next(1500));
        await cluster.Database.AddStandbyAsync();
        cluster.Reconnect();
    }

    private async Task CrashPrimaryAsync()
    {
        Add("kill the primary, start it again", "");
        await cluster.Database.Primary.KillHardAsync();
        await cluster.Database.Primary.RestartAsync();
        await cluster.Database.WaitForStandbyAsync();
    }

    private async Task StopServerAsync(string name, PostgresServer server, Random random)
    {
        int time = random.Next(4) == 0 ? random.Next(6000, 13_000) : random.Next(100, 3000);
        Add(name, $"for {time} ms");
        server.SendToAll(UnixSignal.Stop);
        await PauseAsync(time);
        server.SendToAll(UnixSignal.Continue);
        await cluster.Database.WaitForStandbyAsync();
    }

    /// <summary>The server may stop, since it cannot continue without space for its log.</summary>
    private async Task FillDiskAsync(Random random)
    {
        PostgresServer primary = cluster.Database.Primary;
        if (primary.Disk is not { } disk)
        {
            return;
        }
        int time = random.Next(1000, 6000);
        Add("fill the primary's disk", $"for {time} ms");
        disk.Fill();
        await PauseAsync(time);
        disk.MakeRoom();
        await PauseAsync(2000);
        if (primary.HasExited)
        {
            Add("start the primary whose disk was full", "");
            await primary.ReapAsync();
            await primary.RestartAsync();
        }
        await cluster.Database.WaitForStandbyAsync();
    }

    private async Task EndSessionsAsync()
    {
        Add("end all sessions", "");
        await cluster.Database.Primary.QueryAsync(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'pushgateway'");
    }

    private void Add(string name, string detail)
    {
        lock (_log)
        {
            _events[name] = _events.GetValueOrDefault(name) + 1;
            _log.Add(FormattableString.Invariant($"{Operation.Now():F3} {name} {detail}"));
        }
    }

    private static void Each(Replica replica, Action<TcpProxy> harm)
    {
        foreach (TcpProxy network in replica.Networks)
        {
            harm(network);
        }
    }

    private static Task PauseAsync(int milliseconds) => Task.Delay(milliseconds, TestContext.Current.CancellationToken);
}
