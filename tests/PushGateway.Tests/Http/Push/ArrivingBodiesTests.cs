using System.Text;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http.Push;

public sealed class ArrivingBodiesTests
{
    private const int MaxBodyBytes = 2 << 20;

    /// <summary>After its first chunk of 1 MiB, each of these bodies needs another one, and 16 such chunks are allowed.</summary>
    private const int Room = 16;

    private static readonly byte[] Part = Encoding.ASCII.GetBytes(new string('#', (MaxBodyBytes * 3) / 4));

    [Fact]
    public async Task Push_TooManyLargeBodiesAreArriving_Is503_UntilTheyAreGone()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync($"--push.max-body-size=2MiB");
        var slow = new List<RawConnection>();
        RawAnswer answer;
        do
        {
            // A slow body that finds no room is answered, and one more takes its place.
            slow.Add(await SendPartAsync(gateway));
            answer = await gateway.SendAsync("PUT", "/metrics/job/large", Part);
        }
        while (answer.Status == 400 && slow.Count < 10 * Room);

        Assert.InRange(slow.Count, Room, 10 * Room);
        Assert.Equal(503, answer.Status);
        Assert.Equal("too many large bodies are arriving at the same time\n", answer.Body);
        Assert.Equal("1", answer.Header("Retry-After"));
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/small", "x 1\n")).Status);

        slow.ForEach(connection => connection.Dispose());
        await Deadline.UntilAsync(
            Deadline.Change,
            "a large body is accepted again",
            async _ => (await gateway.SendAsync("PUT", "/metrics/job/large", [.. Part, (byte)'\n'])).Status == 200);
    }

    private static async Task<RawConnection> SendPartAsync(RunningGateway gateway)
    {
        RawConnection connection = await gateway.ConnectAsync();
        await connection.SendAsync(Encoding.ASCII.GetBytes(
            $"PUT /metrics/job/slow HTTP/1.1\r\nHost: x\r\nContent-Length: {MaxBodyBytes}\r\n\r\n"));
        await connection.SendAsync(Part);
        return connection;
    }
}
