using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Cluster;

/// <summary>
/// Clients send requests to three replicas, while a nemesis kills and stops replicas and database servers, breaks networks and
/// fills disks. Afterwards, all replicas, and one that loads the database, must show the same groups: everything that was
/// accepted, in its order, with exact sums, and nothing else.
/// </summary>
public sealed partial class ClusterHistoryTests
{
    private const int Clients = 8;
    private const long DiskBytes = 320L << 20;

    /// <summary>By then, all expiring groups have expired, even if another replica had to take over the lease.</summary>
    private static readonly TimeSpan ExpiryTime = TimeSpan.FromSeconds(8);

    private readonly int _seed = Setting("PUSHGATEWAY_CLUSTER_SEED", Random.Shared.Next());
    private readonly int _seconds = Setting("PUSHGATEWAY_CLUSTER_SECONDS", 40);

    [Fact(Timeout = 60 * 60_000)]
    public async Task Harm_OfEveryKindUnderLoad_LosesAndDoublesNothing()
    {
        try
        {
            await RunAsync();
        }
        catch (Exception exception) when (!exception.Message.StartsWith("$XunitDynamicSkip$", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"PUSHGATEWAY_CLUSTER_SEED={_seed}: {exception.Message}", exception);
        }
    }

    private async Task RunAsync()
    {
        var random = new Random(_seed);
        await using ClusterUnderTest cluster = await ClusterUnderTest.StartAsync(3, DiskBytes);
        await cluster.Replicas[0].Running.PushAsync("job/fixed", "# TYPE fixed gauge\nfixed 1\n");
        var numbers = new HistoryClient.Numbers();
        HistoryClient[] clients =
            [.. Enumerable.Range(0, Clients).Select(i => new HistoryClient(i, new Random(random.Next()), cluster, numbers))];
        var nemesis = new Nemesis(cluster, random);
        var readings = new List<Reading>();
        double until = Operation.Now() + _seconds;
        using (var reading = new CancellationTokenSource())
        {
            Task reader = ReadAsync(cluster, readings, reading.Token);
            try
            {
                await Task.WhenAll([nemesis.RunAsync(until), .. clients.Select(client => client.RunAsync(until))]);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{exception.Message}\n{string.Join('\n', nemesis.Log.TakeLast(10))}", exception);
            }
            finally
            {
                await reading.CancelAsync();
                await reader;
            }
        }
        await Task.Delay(ExpiryTime, TestContext.Current.CancellationToken);
        await cluster.SettleAsync();
        Replica rebuilt = await cluster.AddReplicaAsync();
        await cluster.SettleAsync();

        List<string> faults = FindFaults(clients, await rebuilt.Running.ScrapeAsync(), readings, out int shownAndLost);
        Report(clients, nemesis, readings.Count, shownAndLost);
        Assert.True(faults.Count == 0, $"{faults.Count} faults\n{string.Join('\n', faults.Take(20))}\n{string.Join('\n', nemesis.Log)}");
        Assert.True(clients.Sum(client => client.Operations.Count(one => one.Fate == Fate.Accepted)) > _seconds / 2, "too few were accepted");
        Array.ForEach(clients, client => client.Dispose());
    }

    /// <summary>Looks at one replica after another.</summary>
    private static async Task ReadAsync(ClusterUnderTest cluster, List<Reading> readings, CancellationToken end)
    {
        for (int i = 0; !end.IsCancellationRequested; i++)
        {
            try
            {
                if (cluster.Replicas[i % cluster.Replicas.Count].Process is { } process)
                {
                    using var patience = CancellationTokenSource.CreateLinkedTokenSource(end);
                    patience.CancelAfter(TimeSpan.FromSeconds(1));
                    double at = Operation.Now();
                    string scrape = await process.Client.GetStringAsync("/metrics", patience.Token);
                    readings.Add(ClusterUnderTest.Parse(scrape, HistoryClient.Job, process.ProcessId, at));
                }
                await Task.Delay(70, end);
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or ObjectDisposedException)
            {
                // It is dead, stopped, or cut off for too long.
            }
        }
    }

    private static List<string> FindFaults(
        HistoryClient[] clients, string scrape, List<Reading> readings, out int shownAndLost)
    {
        var check = new HistoryCheck([.. clients.SelectMany(client => client.Operations)]);
        List<string> faults =
        [
            .. clients.SelectMany(client => client.Odd).Select(odd => $"odd answer: {odd}"),
            .. check.FindFinalFaults(ClusterUnderTest.Parse(scrape, HistoryClient.Job, 0, Operation.Now())),
            .. check.FindFaults(readings),
            .. FindSumFaults(clients, scrape),
            .. FindConflictFaults(clients, scrape),
        ];
        shownAndLost = check.ShownAndLost;
        return faults;
    }

    private static IEnumerable<string> FindSumFaults(HistoryClient[] clients, string scrape)
    {
        long keyed = Total().Matches(scrape).Sum(match => long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        int sent = clients.Sum(client => client.Keyed);
        int once = Once().Count(scrape);
        if (keyed != sent || once != sent)
        {
            yield return $"{sent} keyed pushes were accepted; they add up to {keyed}, and {once} were added once";
        }
        for (int i = 0; i < clients.Length; i++)
        {
            Match sum = Regex.Match(scrape, $$"""^sum\{instance="{{i}}",job="plain"\} (\d+)$""", RegexOptions.Multiline);
            long held = sum.Success ? long.Parse(sum.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
            int accepted = clients[i].Plain[Fate.Accepted], unknown = clients[i].Plain[Fate.Unknown];
            if (held < accepted || held > accepted + unknown)
            {
                yield return $"{accepted} sums of client {i} were accepted, {unknown} may have been; they add up to {held}";
            }
        }
    }

    private static IEnumerable<string> FindConflictFaults(HistoryClient[] clients, string scrape)
    {
        foreach (IGrouping<int, (int Conflict, string Type, Fate Fate)> conflict in
            clients.SelectMany(client => client.Conflicts).GroupBy(push => push.Conflict))
        {
            string[] types = [.. conflict.Where(push => push.Fate == Fate.Accepted).Select(push => push.Type).Distinct()];
            if (types.Length > 1)
            {
                yield return $"conflict_{conflict.Key} was accepted with two types";
            }
            else if (types is [var type] && !scrape.Contains($"# TYPE conflict_{conflict.Key} {type}\n", StringComparison.Ordinal))
            {
                yield return $"conflict_{conflict.Key} is not a {type}";
            }
        }
    }

    private void Report(HistoryClient[] clients, Nemesis nemesis, int readings, int shownAndLost)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"PUSHGATEWAY_CLUSTER_SEED={_seed}, {_seconds} s, {Clients} clients, 3 replicas\n\n");
        text.Append("| Requests | Accepted | Rejected or not stored | Unknown |\n|---|---|---|---|\n");
        foreach (IGrouping<string, Operation> kind in clients.SelectMany(client => client.Operations).GroupBy(one => one.Kind))
        {
            Line(kind.Key, fate => kind.Count(one => one.Fate == fate));
        }
        Line("sum without a key", fate => clients.Sum(client => client.Plain[fate]));
        Line("conflict", fate => clients.Sum(client => client.Conflicts.Count(one => one.Fate == fate)));
        int keyed = clients.Sum(client => client.Keyed);
        text.Append(CultureInfo.InvariantCulture,
            $"| sum with a key | {keyed} | {clients.Sum(client => client.KeyedRetries)} (sent again until accepted) | |\n\n");
        text.Append("| Harm | Times |\n|---|---|\n");
        foreach ((string name, int times) in nemesis.Events.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {times} |\n");
        }
        text.Append(CultureInfo.InvariantCulture,
            $"\n{readings} scrapes compared; shown and later lost: {shownAndLost}; slowest answer {clients.Max(client => client.Slowest):F1} s\n");
        TestContext.Current.TestOutputHelper!.WriteLine(text.ToString());

        void Line(string name, Func<Fate, int> count) => text.Append(
            CultureInfo.InvariantCulture, $"| {name} | {count(Fate.Accepted)} | {count(Fate.Rejected)} | {count(Fate.Unknown)} |\n");
    }

    private static int Setting(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;

    [GeneratedRegex("""^total\{instance="[0-9-]+",job="keyed"\} (\d+)$""", RegexOptions.Multiline)]
    private static partial Regex Total();

    [GeneratedRegex("""^once\{instance="[0-9-]+",job="keyed",push="\d+"\} 1$""", RegexOptions.Multiline)]
    private static partial Regex Once();
}
