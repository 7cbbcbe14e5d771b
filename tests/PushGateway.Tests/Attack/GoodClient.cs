using System.Globalization;
using System.Net;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Attack;

/// <summary>Continuously pushes and reads during an attack, and checks that each answer is correct.</summary>
internal sealed class GoodClient : IDisposable
{
    private readonly HttpClient _client;
    private readonly CancellationTokenSource _stop = new();
    private int _rounds;

    private GoodClient(HttpClient client) => _client = client;

    /// <summary>Runs some rounds during an attack, and some after it.</summary>
    public static async Task DuringAsync(HttpClient client, Func<Task> attack)
    {
        using var good = new GoodClient(client);
        Task work = good.WorkAsync();
        try
        {
            Task attacking = good.AttackAsync(attack);
            if (await Task.WhenAny(work, attacking) == attacking)
            {
                await attacking;
            }
        }
        finally
        {
            await good._stop.CancelAsync();
            await work;
        }
    }

    public void Dispose() => _stop.Dispose();

    private async Task AttackAsync(Func<Task> attack)
    {
        await UntilAsync(_rounds + 2);
        await attack();
        await UntilAsync(_rounds + 3);
    }

    private Task UntilAsync(int rounds) => Deadline.UntilAsync(
        Deadline.Change, "a good client is served", _ => Task.FromResult(Volatile.Read(ref _rounds) >= rounds));

    private async Task WorkAsync()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        while (!_stop.IsCancellationRequested)
        {
            string value = (_rounds + 1).ToString(CultureInfo.InvariantCulture);
            using var body = new StringContent($"good_rounds {value}\n");
            using HttpResponseMessage pushed = await _client.PutAsync("/metrics/job/good", body, cancellation);
            Assert.Equal(HttpStatusCode.OK, pushed.StatusCode);
            using HttpResponseMessage gone = await _client.DeleteAsync("/metrics/job/none", cancellation);
            Assert.Equal(HttpStatusCode.Accepted, gone.StatusCode);
            Assert.Equal("OK", await _client.GetStringAsync("/-/ready", cancellation));

            // A scrape of a store full of pushes by attackers is slow. Reading one group is not.
            string group = await _client.GetStringAsync("/api/v1/groups/job/good", cancellation);
            Assert.Contains($"\"{value}\"", group, StringComparison.Ordinal);
            Interlocked.Increment(ref _rounds);
        }
        string scrape = await _client.GetStringAsync("/metrics", cancellation);
        Assert.Contains($"\ngood_rounds{{instance=\"\",job=\"good\"}} {_rounds}\n", scrape, StringComparison.Ordinal);
    }
}
