using PushGateway.Http;
using PushGateway.Tests.Attack;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using PushGateway.Tests.WebConfig;
using Xunit;

namespace PushGateway.Tests.Hosting;

/// <summary>Clients below the minimum rate are disconnected and their resources freed; slow clients above it are served.</summary>
public sealed class ClientTimeoutTests
{
    private const string Put = "PUT /metrics/job/a HTTP/1.1\r\nHost: x\r\n";
    private const string Scrape = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    /// <summary>A second is the interval at which the framework checks its connections, and its minimum grace period.</summary>
    private static readonly ClientTimeouts Short = new()
    {
        Headers = TimeSpan.FromSeconds(0.5),
        BodyWindow = TimeSpan.FromSeconds(1.1),
        MinBodyBytesPerSecond = 10,
        WriteGracePeriod = TimeSpan.FromSeconds(1.1),
        MinReaderBytesPerSecond = 1_000_000,
    };

    [Theory]
    [InlineData("G")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nX-")]
    public async Task Request_HeadersThatDoNotEnd_AreGivenUp(string start)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Short);
        using RawConnection connection = await gateway.ConnectAsync();

        await connection.SendAsync(start);

        Assert.Equal(408, (await connection.ReadAnswerAsync())!.Status);
        Assert.Null(await connection.ReadAnswerAsync());
    }

    [Theory]
    [InlineData("Content-Length: 100000\r\n\r\n", "")]
    [InlineData("Content-Length: 100000\r\n\r\n", "x 1\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", "4\r\nx 1\n\r\n")]
    [InlineData("Content-Encoding: gzip\r\nContent-Length: 100000\r\n\r\n", "\u001f")]
    public async Task Push_BodyThatDoesNotEnd_IsGivenUp(string headers, string start)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Short);
        using RawConnection connection = await gateway.ConnectAsync();

        await connection.SendAsync(Put + headers + start);

        Assert.Equal(408, (await connection.ReadAnswerAsync())!.Status);
        Assert.Null(await connection.ReadAnswerAsync());
        Assert.Equal(0, gateway.Snapshot.GroupCount);
    }

    /// <summary>Its average rate, which the framework checks, is high for a long time.</summary>
    [Fact]
    public async Task Push_BodyThatStopsAfterAFastStart_IsGivenUp()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Short);
        using RawConnection connection = await gateway.ConnectAsync();

        await connection.SendAsync(Put + "Content-Length: 1000001\r\n\r\n" + new string('\n', 1_000_000));

        RawAnswer answer = (await connection.ReadAnswerAsync())!;
        Assert.Equal((408, "the body arrives too slowly: less than 11 bytes in 1.1 s\n"), (answer.Status, answer.Body));
        Assert.Null(await connection.ReadAnswerAsync());
    }

    /// <summary>It occupies memory, so a rate that suffices for a small body is too low.</summary>
    [Fact]
    public async Task Push_LargeBodyThatTrickles_IsGivenUp()
    {
        await using RunningGateway gateway =
            await RunningGateway.StartAsync(Short with { LargeBodyBytes = 10_000, MinLargeBodyBytesPerSecond = 100_000 });
        using RawConnection connection = await gateway.ConnectAsync();
        await connection.SendAsync(Put + "Content-Length: 1000000\r\n\r\n" + new string('\n', 20_000));

        RawAnswer answer = await TrickleAsync(connection);

        Assert.Equal(
            (408, "the body arrives too slowly: less than 110000 bytes in 1.1 s\n"), (answer.Status, answer.Body));
    }

    /// <summary>It is fast enough in each window, and would take hours.</summary>
    [Fact]
    public async Task Push_BodyThatTricklesForTooLong_IsGivenUp()
    {
        await using RunningGateway gateway =
            await RunningGateway.StartAsync(Short with { BodyGrace = TimeSpan.FromSeconds(2) });
        using RawConnection connection = await gateway.ConnectAsync();
        await connection.SendAsync(Put + "Content-Length: 1000000\r\n\r\n");

        RawAnswer answer = await TrickleAsync(connection);

        Assert.Equal(408, answer.Status);
        Assert.Matches("^the body arrives too slowly: [0-9]+ bytes in [0-9.]+ s\n$", answer.Body);
    }

    /// <summary>Slower altogether than the time limits are long.</summary>
    [Fact]
    public async Task Push_BodyInPieces_IsTakenHoweverLongItTakes()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Short);
        using RawConnection connection = await gateway.ConnectAsync();
        using var pieces = new PeriodicTimer(TimeSpan.FromSeconds(0.25));

        await connection.SendAsync(Put + "Content-Length: 96\r\n\r\n");
        for (int i = 10; i < 22; i++)
        {
            await pieces.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            await connection.SendAsync($"x_{i} {i}\n");
        }

        Assert.Equal(200, (await connection.ReadAnswerAsync())!.Status);
    }

    [Fact]
    public async Task Scrape_ThatIsNotRead_IsGivenUp()
    {
        await using RunningGateway gateway = await StartFullAsync(Short);
        using RawConnection connection = await gateway.ConnectAsync();
        await connection.SendAsync(Scrape);

        await UntilRoomIsThereAsync(gateway);
    }

    /// <summary>Reading takes longer than the grace period of a client that reads nothing.</summary>
    [Fact]
    public async Task Scrape_ThatIsReadSlowly_IsServedToItsEnd()
    {
        await using RunningGateway gateway = await StartFullAsync(Short);
        using RawConnection connection = await gateway.ConnectAsync();
        await connection.SendAsync(Scrape);

        int bytes = await connection.ReadSlowlyAsync(bytesPerRead: 400_000, TimeSpan.FromSeconds(0.05));

        Assert.InRange(bytes, 15_000_000, int.MaxValue);
    }

    /// <summary>Kestrel allows each write its time anew, and so would wait for hours.</summary>
    [Fact]
    public async Task Scrape_Http2WindowThatOpensByAByte_IsGivenUp()
    {
        using var folder = new WebConfigFolder();
        using var authority = TestAuthority.Create("servers");
        folder.Write("server", authority.ServerCertificate());
        folder.WriteTlsConfig();
        await using RunningGateway gateway = await RunningGateway.StartAsync(Short, folder.Flag);
        await using Http2Connection connection = await Http2Connection.ConnectAsync(gateway.Port, windowBytes: 0);
        await connection.TrySendAsync(Http2Connection.Request(1, "/metrics"));
        Task<bool> reset = connection.ReadUntilResetAsync();

        using var updates = new PeriodicTimer(TimeSpan.FromSeconds(0.05));
        while (!reset.IsCompleted && await updates.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            await connection.TrySendAsync(Http2Connection.OpenWindow(1, 1));
        }

        Assert.True(await reset);
    }

    [Fact]
    public async Task Scrape_ClientHangsUp_FreesItsPlace()
    {
        await using RunningGateway gateway = await StartFullAsync(ClientTimeouts.Default);
        for (int i = 0; i < 20; i++)
        {
            using RawConnection connection = await gateway.ConnectAsync();
            await connection.SendAsync(Scrape);
            await connection.ReadStatusLineAsync();
            connection.Reset();

            await UntilRoomIsThereAsync(gateway);
        }
        Assert.Empty(gateway.Log.OfLevel("error"));
    }

    [Theory]
    [InlineData("Content-Length: 10000000\r\n\r\n")]
    [InlineData("Content-Encoding: gzip\r\nContent-Length: 10000000\r\n\r\n")]
    public async Task Push_ClientHangsUp_FreesItsPlace(string headers)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--web.max-requests=1");
        for (int i = 0; i < 20; i++)
        {
            using RawConnection connection = await gateway.ConnectAsync();
            await connection.SendAsync(Put + "Expect: 100-continue\r\n" + headers);
            await connection.SendAsync("x");
            if (headers.StartsWith("Content-Length", StringComparison.Ordinal))
            {
                await connection.ReadStatusLineAsync(); // it is being read
            }
            connection.Reset();

            await UntilRoomIsThereAsync(gateway);
        }
        Assert.Empty(gateway.Log.OfLevel("error"));
    }

    private static async Task<RawAnswer> TrickleAsync(RawConnection connection)
    {
        using var pieces = new PeriodicTimer(TimeSpan.FromSeconds(0.05));
        Task<RawAnswer?> answer = connection.ReadAnswerAsync();
        while (!answer.IsCompleted && await pieces.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            await connection.SendAsync("\n\n");
        }
        return (await answer)!;
    }

    /// <summary>A gateway with a scrape of 15 MB, for one request at a time.</summary>
    private static async Task<RunningGateway> StartFullAsync(ClientTimeouts times)
    {
        RunningGateway gateway = await RunningGateway.StartAsync(times, "--web.max-requests=1");
        string padding = new('v', 100);
        string body = string.Concat(Enumerable.Range(0, 120_000).Select(i => $"x{{l=\"{i}{padding}\"}} 1\n"));
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/a", body)).Status);
        return gateway;
    }

    /// <summary>With a limit of one concurrent request, another is served when the previous one has ended.</summary>
    private static Task UntilRoomIsThereAsync(RunningGateway gateway) => Deadline.UntilAsync(
        Deadline.Change,
        "there is room for a request",
        async _ => (await gateway.SendAsync("GET", "/api/v1/status")).Status == 200);
}
