using System.Text;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Attack;

/// <summary>Busy and idle connections that waste the server's resources.</summary>
public sealed class ConnectionAttackTests : AttackTests
{
    [Theory]
    [InlineData("")]
    [InlineData("PUT /metrics/job/a HTTP/1.1\r\nHost: x\r\nX-Slow: ")]
    [InlineData("PUT /metrics/job/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nx 1\n")]
    public async Task Requests_500ThatDoNotEnd_KeepNobodyOut(string start)
    {
        GatewayProcess gateway = await StartGatewayAsync();
        var clients = new List<RawClient>();

        // Some 20 KB each: a connection, a request and its buffers.
        await AttackAsync(gateway, Base, async () =>
        {
            for (int i = 0; i < 500; i++)
            {
                RawClient client = await RawClient.ConnectAsync(gateway.Port);
                clients.Add(client);
                await client.SendAsync(start);
            }
        });
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Request_HeadersWithoutEnd_AreCutOff()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        long sent = 0;

        await AttackAsync(gateway, Base, async () =>
        {
            using RawClient client = await RawClient.ConnectAsync(gateway.Port);
            await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nX-Long: ");
            byte[] piece = Encoding.ASCII.GetBytes(new string('a', 1 << 16));
            while (sent < 1 << 28 && await client.TrySendAsync(piece))
            {
                sent += piece.Length;
            }
        });

        // 1 MiB, and what the kernel takes on the way.
        Assert.InRange(sent, 1 << 16, 32 << 20);
    }

    /// <summary>The server writes at most 1 MiB ahead for each. The scrape itself exists only once.</summary>
    [Fact]
    public async Task Scrapes_OfClientsThatDoNotRead_HoldLittle()
    {
        const int Readers = 50;
        GatewayProcess gateway = await StartGatewayAsync();
        string padding = new('v', 100);
        using var body = new StringContent(
            string.Concat(Enumerable.Range(0, 120_000).Select(i => $"x{{l=\"{i}{padding}\"}} 1\n")));
        using (await gateway.Client.PutAsync("/metrics/job/full", body, TestContext.Current.CancellationToken))
        {
        }
        int length = (await gateway.ScrapeAsync()).Length;
        Assert.InRange(length, 15_000_000, int.MaxValue);
        long before = ResidentMemory.PeakOf(gateway.ProcessId);
        var clients = new List<RawClient>();

        await AttackAsync(gateway, before + Base + (Readers * 2 << 20), async () =>
        {
            for (int i = 0; i < Readers; i++)
            {
                RawClient client = await RawClient.ConnectAsync(gateway.Port);
                clients.Add(client);
                await client.SendAsync("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
            }
            Assert.InRange((await gateway.ScrapeAsync()).Length, length, int.MaxValue);
        });
        clients.ForEach(client => client.Reset());
    }

    /// <summary>Partly sent bodies and partly read scrapes leave no memory allocated.</summary>
    [Fact]
    public async Task Clients_ThatHangUp_DoNotAddUp()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        byte[] part = [.. "PUT /metrics/job/a HTTP/1.1\r\nHost: x\r\nContent-Length: 60000000\r\n\r\n"u8, .. new byte[4_000_000]];

        // 100 bodies of 4 MB were sent. Four of them are in memory at once, in buffers that double.
        await AttackAsync(gateway, Base + 100_000_000, async () =>
        {
            for (int i = 0; i < 25; i++)
            {
                await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
                {
                    using RawClient client = await RawClient.ConnectAsync(gateway.Port);
                    await client.TrySendAsync(part);
                    client.Reset();
                }));
                await gateway.ScrapeAsync();
            }
        });
    }

    [Fact]
    public async Task Requests_PipelinedWithGarbageBehind_AreAnsweredAndCutOff()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        var random = new Random(1);
        byte[] garbage = new byte[1 << 16];

        await AttackAsync(gateway, Base, async () =>
        {
            for (int i = 0; i < 200; i++)
            {
                random.NextBytes(garbage);
                using RawClient client = await RawClient.ConnectAsync(gateway.Port);
                await client.SendAsync("GET /-/ready HTTP/1.1\r\nHost: x\r\n\r\nPUT /metrics/job/p HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\np 1\n");
                await client.TrySendAsync(garbage);
                string answers = await client.ReadToEndAsync();

                // They may be lost when the connection is reset, since nobody reads the garbage.
                Assert.True(answers.Length == 0 || answers.StartsWith("HTTP/1.1 200 OK\r\n", StringComparison.Ordinal), answers);
            }
        });
    }

    /// <summary>The server writes no more answers ahead than a client may leave unread.</summary>
    [Fact]
    public async Task Requests_PipelinedWithoutReading_AreHeldUp()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        byte[] requests = Encoding.ASCII.GetBytes(string.Concat(
            Enumerable.Repeat("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 20_000)));

        await AttackAsync(gateway, Base, async () =>
        {
            using RawClient client = await RawClient.ConnectAsync(gateway.Port);
            Task sending = client.TrySendAsync(requests);
            Assert.NotEmpty(await gateway.ScrapeAsync());
            client.Reset();
            await sending;
        });
    }
}
