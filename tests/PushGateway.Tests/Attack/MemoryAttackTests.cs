using System.Globalization;
using System.Net;
using System.Text;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Attack;

/// <summary>The memory for large bodies is limited, however many arrive, and is released.</summary>
public sealed class MemoryAttackTests : AttackTests
{
    private const long MostForOne = 6 * MaxBody;
    private const long MostForEight = 1L << 30;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Each attack has its own gateway, which releases memory while the next ones are attacked.</summary>
    [Fact]
    public async Task Push_LargestBodies_TakeAMultipleAndGiveItBack()
    {
        var returning = new List<Task>();
        foreach (string body in LargeBodies.All.Keys)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(body);
            GatewayProcess gateway = await StartGatewayAsync();
            long idle = ResidentMemory.Of(gateway.ProcessId);
            try
            {
                await AttackAsync(gateway, LargeBodies.All[body]);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Assert.Fail($"{body}: {exception}");
            }
            returning.Add(UntilGivenBackAsync(gateway, body, idle));
        }
        await Task.WhenAll(returning);
    }

    private static async Task AttackAsync(GatewayProcess gateway, Func<ByteArrayContent> body)
    {
        using ByteArrayContent content = body();
        byte[] bytes = await content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        await AttackAsync(gateway, MostForOne, () => PutAsync(gateway, bytes, content));
        await AttackAsync(gateway, MostForEight, () => Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => PutAsync(gateway, bytes, content))));
    }

    /// <summary>The memory that the runtime would hold for a later push of that size.</summary>
    private static async Task UntilGivenBackAsync(GatewayProcess gateway, string body, long idle)
    {
        using HttpResponseMessage deleted = await gateway.Client.DeleteAsync(
            "/metrics/job/attack", TestContext.Current.CancellationToken);
        await Deadline.UntilAsync(
            Minute,
            string.Create(CultureInfo.InvariantCulture, $"after {body}, the gateway is back under twice its {idle / 1e6:F0} MB"),
            _ => Task.FromResult(ResidentMemory.Of(gateway.ProcessId) < 2 * idle),
            () => string.Create(CultureInfo.InvariantCulture, $"it has {ResidentMemory.Of(gateway.ProcessId) / 1e6:F0} MB"));
    }

    /// <summary>Each series gets the labels of the group, so that a small body needs much memory.</summary>
    [Theory]
    [InlineData(200_000, HttpStatusCode.OK)]
    [InlineData(400_000, HttpStatusCode.BadRequest)]
    public async Task Push_ManySeriesToAGroupOfManyLabels_IsBounded(int series, HttpStatusCode expected)
    {
        GatewayProcess gateway = await StartGatewayAsync();
        string group = string.Concat(Enumerable.Range(0, 78).Select(i => $"/k{i}/v"));
        byte[] bytes = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, series).Select(i => $"x{{l=\"{i:x}\"}} 1\n")));

        await AttackAsync(gateway, 12 * MaxBody, async () =>
        {
            using var body = new ByteArrayContent(bytes);
            using HttpResponseMessage answer = await gateway.Client.PutAsync(
                $"/metrics/job/attack{group}", body, TestContext.Current.CancellationToken);
            Assert.Equal(expected, answer.StatusCode);
        });
    }

    /// <summary>Like a container that is too small for the limits.</summary>
    [Fact]
    public async Task Push_LargerThanTheMemory_IsRefusedInALine()
    {
        GatewayProcess gateway = StoppedAtTheEnd(
            await GatewayProcess.StartByScriptAsync("export DOTNET_GCHeapHardLimit=6000000; exec \"$0\" \"$@\""));
        using ByteArrayContent content = LargeBodies.All["series"]();
        byte[] bytes = await content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage answer = await PutAsync(gateway, bytes, content);
            string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Equal(
                (HttpStatusCode.RequestEntityTooLarge, "the body needs more memory than is available (--push.max-body-size)\n"),
                (answer.StatusCode, text));
        }

        Assert.Empty(await gateway.GroupsAsync());
        Assert.DoesNotContain("   at ", gateway.Log, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> PutAsync(GatewayProcess gateway, byte[] bytes, ByteArrayContent like)
    {
        using var body = new ByteArrayContent(bytes);
        foreach ((string name, IEnumerable<string> values) in like.Headers.Where(header => header.Key != "Content-Length"))
        {
            body.Headers.Add(name, values);
        }
        HttpResponseMessage answer = await gateway.Client.PutAsync(
            "/metrics/job/attack", body, TestContext.Current.CancellationToken);
        Assert.InRange((int)answer.StatusCode, 200, 499);
        return answer;
    }
}
