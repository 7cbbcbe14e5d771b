using System.Net;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Kill;

/// <summary>
/// Kills the gateway while clients add to one counter, each push with an idempotency key. They repeat each push until it is
/// answered, and some pushes again. The total must be exact.
/// </summary>
public sealed class SumKillTests : IDisposable
{
    private const int Clients = 8;
    private const int PushesPerClient = 10_000;
    private const int Kills = 4;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");
    private int _answers;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Kill_UnderSums_CountsEachPushOnce()
    {
        Client[] clients = [.. Enumerable.Range(0, Clients).Select(index => new Client(index, new Random(index)))];
        for (int life = 1; life <= Kills; life++)
        {
            await using GatewayProcess gateway = await StartAsync("--persistence.interval=50ms");
            int killAt = life * Clients * PushesPerClient / (Kills + 1);
            await Task.WhenAll(clients.Select(client => client.RunAsync(gateway.Client, () =>
            {
                if (Interlocked.Increment(ref _answers) == killAt)
                {
                    gateway.Send(UnixSignal.Kill);
                }
            })));
            await gateway.WaitForExitAsync();
        }

        await using GatewayProcess last = await StartAsync();
        await Task.WhenAll(clients.Select(client => client.RunAsync(last.Client, () => { })));

        Assert.All(clients, client => Assert.Equal(PushesPerClient, client.Acknowledged));
        Assert.Contains(
            $"\nc{{instance=\"\",job=\"a\"}} {Clients * PushesPerClient}\n", await last.ScrapeAsync(), StringComparison.Ordinal);
    }

    private Task<GatewayProcess> StartAsync(params string[] flags) =>
        GatewayProcess.StartAsync([$"--persistence.file={Path.Combine(_folder.FullName, "store")}", .. flags]);

    private sealed class Client(int index, Random random)
    {
        public int Acknowledged { get; private set; }

        /// <summary>Pushes until all is pushed, or the gateway is gone.</summary>
        public async Task RunAsync(HttpClient http, Action answered)
        {
            try
            {
                while (Acknowledged < PushesPerClient)
                {
                    await PushAsync(http, Acknowledged);
                    if (random.Next(4) == 0)
                    {
                        await PushAsync(http, random.Next(Acknowledged + 1));
                    }
                    Acknowledged++;
                    answered();
                }
            }
            catch (HttpRequestException)
            {
            }
        }

        private async Task PushAsync(HttpClient http, int number)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/metrics/job/a")
            {
                Content = new StringContent("# TYPE c counter\nc 1\n"),
            };
            request.Headers.Add("Pushgateway-Merge", "sum");
            request.Headers.Add("Idempotency-Key", FormattableString.Invariant($"{index}-{number}"));
            using HttpResponseMessage answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }
}
