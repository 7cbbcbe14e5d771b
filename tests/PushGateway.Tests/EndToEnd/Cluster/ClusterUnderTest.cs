using System.Globalization;
using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;

namespace PushGateway.Tests.EndToEnd.Cluster;

/// <summary>Replicas of the published gateway, and a PostgreSQL with a synchronous standby.</summary>
internal sealed partial class ClusterUnderTest : IAsyncDisposable
{
    private readonly List<Replica> _replicas = [];
    private readonly string[] _flags;

    private ClusterUnderTest(PostgresPair database, string[] flags)
    {
        Database = database;
        _flags = flags;
    }

    public PostgresPair Database { get; }

    public IReadOnlyList<Replica> Replicas => _replicas;

    public static async Task<ClusterUnderTest> StartAsync(int replicas, long diskBytes, params string[] flags)
    {
        GatewayBinary.PathOrSkip();
        var cluster = new ClusterUnderTest(await PostgresPair.StartAsync(diskBytes), flags);
        try
        {
            for (int i = 0; i < replicas; i++)
            {
                await cluster.AddReplicaAsync();
            }
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
        return cluster;
    }

    public async Task<Replica> AddReplicaAsync()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"replica{_replicas.Count}");
        Replica replica = await Replica.StartAsync(name, Database.Ports, _flags);
        _replicas.Add(replica);
        return replica;
    }

    /// <summary>Points the networks to the existing servers.</summary>
    public void Reconnect()
    {
        foreach (Replica replica in _replicas)
        {
            for (int i = 0; i < replica.Networks.Count; i++)
            {
                replica.Networks[i].Target = Database.Ports[i];
            }
        }
    }

    /// <summary>Waits until all replicas are ready and show the same, bit for bit.</summary>
    public async Task SettleAsync()
    {
        foreach (Replica replica in _replicas)
        {
            await Deadline.UntilAsync(
                Deadline.Start, $"{replica.Name} is ready", replica.Running.IsReadyAsync, () => replica.Running.Log);
        }
        string[] json = [], metrics = [];
        await Deadline.UntilAsync(
            Deadline.Change,
            "all replicas show the same",
            async _ =>
            {
                json = await Task.WhenAll(_replicas.Select(replica => replica.StoredJsonAsync()));
                metrics = await Task.WhenAll(_replicas.Select(replica => replica.PushedMetricsAsync()));
                return json.Distinct().Count() == 1 && metrics.Distinct().Count() == 1;
            },
            () => FindDifference(metrics) ?? FindDifference([.. json.Select(one => one.Replace(",", ",\n"))]) ?? "no difference");
    }

    /// <summary>The groups with a job that a replica shows.</summary>
    public static Reading Parse(string scrape, string job, int process, double at) => new(
        process,
        at,
        Sample().Matches(scrape).Where(match => match.Groups["job"].Value == job)
            .GroupBy(match => match.Groups["instance"].Value)
            .ToDictionary(
                group => group.Key,
                IReadOnlyDictionary<string, long> (group) => group.ToDictionary(
                    match => match.Groups["family"].Value,
                    match => (long)double.Parse(match.Groups["value"].ValueSpan, CultureInfo.InvariantCulture))));

    public async ValueTask DisposeAsync()
    {
        foreach (Replica replica in _replicas)
        {
            await replica.DisposeAsync();
        }
        await Database.DisposeAsync();
    }

    private static string? FindDifference(string[] texts)
    {
        foreach (string other in texts.Skip(1))
        {
            string[] one = texts[0].Split('\n'), two = other.Split('\n');
            string[] lines = [.. one.Except(two).Take(5).Select(line => $"- {line}"), .. two.Except(one).Take(5).Select(line => $"+ {line}")];
            if (lines.Length > 0)
            {
                return string.Join('\n', lines);
            }
        }
        return null;
    }

    [GeneratedRegex(
        """^(?<family>[a-z]+)\{instance="(?<instance>[^"]*)",job="(?<job>[^"]*)"\} (?<value>\S+)$""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Sample();
}
