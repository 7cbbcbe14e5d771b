using System.Globalization;
using System.Net;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Kill;

/// <summary>
/// Kills the gateway while clients push rising numbers, each with an idempotency key, and repeat old pushes all the time. An old
/// number must never come back.
/// </summary>
public sealed class RepeatedPushKillTests : IDisposable
{
    private const int Clients = 4;
    private const int Rounds = 12;
    private const int MaxSteps = 200;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Kill_UnderRepeatedPushes_AppliesEachOnceAndInOrder()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        Client[] clients = [.. Enumerable.Range(0, Clients).Select(i => new Client(i, new Random(random.Next())))];
        for (int round = 0; round < Rounds; round++)
        {
            // The first rounds have snapshots written all the time; in the others the journal grows.
            string interval = round < Rounds / 2 ? "11ms" : "24h";
            await using GatewayProcess gateway = await StartAsync($"--persistence.interval={interval}");
            await CheckAsync(gateway, clients, $"seed {seed}, round {round}");
            int steps = random.Next(1, MaxSteps);
            await Task.WhenAll(clients.Select(client => client.RunAsync(gateway.Client, () =>
            {
                if (Interlocked.Decrement(ref steps) == 0)
                {
                    gateway.Send(UnixSignal.Kill);
                }
            })));
            await gateway.WaitForExitAsync();
        }
        await using GatewayProcess last = await StartAsync();
        await CheckAsync(last, clients, $"seed {seed}, at the end");
        Assert.True(clients.Sum(client => client.Repeated) > Rounds, "hardly any push was repeated");
        Assert.DoesNotContain(_folder.GetFiles(), file => file.Name.Contains("corrupt", StringComparison.Ordinal));
    }

    /// <summary>A crash loses pushes and their keys together.</summary>
    [Fact]
    public async Task Kill_WithSnapshotsOnly_RemembersThePushesThatItKeeps()
    {
        int inFile;
        await using (GatewayProcess gateway = await StartAsync("--no-persistence.journal", "--persistence.interval=20ms"))
        {
            for (int i = 1; i <= 200; i++)
            {
                Assert.Equal(HttpStatusCode.OK, await PushAsync(gateway.Client, "s", i));
                if (i == 100)
                {
                    // All pushes may be done before the first snapshot is.
                    await Deadline.UntilAsync(Deadline.Start, "a snapshot has the group", HasGroupInFileAsync);
                }
            }
            gateway.Send(UnixSignal.Kill);
            await gateway.WaitForExitAsync();
        }

        await using GatewayProcess restarted = await StartAsync("--no-persistence.journal");
        inFile = ValueOf(await restarted.ScrapeAsync(), "s");
        Assert.InRange(inFile, 1, 200);
        for (int i = 1; i <= 200; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await PushAsync(restarted.Client, "s", i));
            Assert.Equal(Math.Max(i, inFile), ValueOf(await restarted.ScrapeAsync(), "s"));
        }
    }

    private async Task<bool> HasGroupInFileAsync(CancellationToken cancellation)
    {
        string file = Path.Combine(_folder.FullName, "store");
        return File.Exists(file) && (await File.ReadAllBytesAsync(file, cancellation)).AsSpan().IndexOf("number"u8) >= 0;
    }

    private Task<GatewayProcess> StartAsync(params string[] flags) =>
        GatewayProcess.StartAsync([$"--persistence.file={Path.Combine(_folder.FullName, "store")}", .. flags]);

    private static async Task CheckAsync(GatewayProcess gateway, Client[] clients, string when)
    {
        string scrape = await gateway.ScrapeAsync();
        Assert.All(clients, client => client.Check(ValueOf(scrape, client.Job), when));
    }

    private static async Task<HttpStatusCode> PushAsync(HttpClient http, string job, int number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/metrics/job/{job}")
        {
            Content = new StringContent(string.Create(CultureInfo.InvariantCulture, $"number {number}\n")),
        };
        request.Headers.Add("Idempotency-Key", number.ToString(CultureInfo.InvariantCulture));
        using HttpResponseMessage answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>0 without the group.</summary>
    private static int ValueOf(string scrape, string job)
    {
        string series = $"number{{instance=\"\",job=\"{job}\"}} ";
        string? line = scrape.Split('\n').FirstOrDefault(line => line.StartsWith(series, StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line[series.Length..], CultureInfo.InvariantCulture);
    }

    private sealed class Client(int index, Random random)
    {
        private int _acknowledged;
        private int _sent;

        public string Job { get; } = $"client-{index}";

        public int Repeated { get; private set; }

        /// <summary>Pushes until the gateway is killed. Repeats a push without an answer next time.</summary>
        public async Task RunAsync(HttpClient http, Action step)
        {
            try
            {
                while (true)
                {
                    step();
                    bool repeats = _acknowledged > 0 && random.Next(2) == 0;
                    int number = repeats ? random.Next(1, _acknowledged + 1) : _acknowledged + 1;
                    _sent = Math.Max(_sent, number);
                    Assert.Equal(HttpStatusCode.OK, await PushAsync(http, Job, number));
                    Repeated += repeats ? 1 : 0;
                    _acknowledged = Math.Max(_acknowledged, number);
                }
            }
            catch (HttpRequestException)
            {
            }
        }

        public void Check(int value, string when) => Assert.True(
            value >= _acknowledged && value <= _sent,
            $"{when}: {Job} has {value}, acknowledged {_acknowledged}, sent {_sent}");
    }
}
