using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary><c>--web.listen-address</c> of the published binary: which addresses answer.</summary>
public sealed class ListenAddressTests : GatewayTests
{
    [Theory]
    [InlineData(":{0}", true, true)]
    [InlineData("0.0.0.0:{0}", true, true)]
    [InlineData("[::]:{0}", true, true)]
    [InlineData("[::1]:{0}", false, true)]
    [InlineData("localhost:{0}", true, false)]
    public async Task Start_OnAnAddress_AnswersThereAndNowhereElse(string address, bool onIPv4, bool onIPv6)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        int port = LoopbackPort.Next();

        // Beside the one that tests ask, which is the first.
        GatewayProcess gateway = await StartGatewayAsync(
            "--web.listen-address=" + string.Format(CultureInfo.InvariantCulture, address, port));
        await Deadline.UntilAsync(
            Deadline.Tool,
            "it listens on both",
            _ => Task.FromResult(gateway.Log.Split("msg=\"Listening on\"").Length == 3),
            () => gateway.Log);

        Assert.Equal(onIPv4, await AnswersAsync(gateway, IPAddress.Loopback, port));
        Assert.Equal(onIPv6, await AnswersAsync(gateway, IPAddress.IPv6Loopback, port));
    }

    /// <summary>Whether a push to this address reaches the same store.</summary>
    private static async Task<bool> AnswersAsync(GatewayProcess gateway, IPAddress address, int port)
    {
        string job = $"on-{address.AddressFamily}";
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var body = new StringContent("x 1\n");
        try
        {
            using HttpResponseMessage answer = await client.PutAsync(
                new UriBuilder("http", address.ToString(), port, $"/metrics/job/{job}").Uri,
                body,
                TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        catch (HttpRequestException exception) when (exception.InnerException is SocketException)
        {
            return false;
        }
        Assert.Contains(await gateway.GroupsAsync(), group => group.LabelText() == $"job={job}");
        return true;
    }
}
