using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

/// <summary>Health, the end of the program, and wiping.</summary>
public sealed class ManagementTests
{
    private const string PlainText = "Content-Type: text/plain; charset=utf-8\n";

    [Theory]
    [InlineData("/-/healthy")]
    [InlineData("/-/ready")]
    public async Task Get_HealthOrReadiness_IsOk(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        Assert.Equal($"200\nContent-Length: 2\n{PlainText}\nOK", (await gateway.SendAsync("GET", path)).Text);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    public async Task Quit_WithoutItsFlag_IsForbidden(string method)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync(method, "/-/quit");

        Assert.Equal($"403\nContent-Length: 29\n{PlainText}\nLifecycle API is not enabled.", answer.Text);
        Assert.False(gateway.Stopping.IsCancellationRequested);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    public async Task Quit_WithItsFlag_IsAnsweredAndEndsTheProgram(string method)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--web.enable-lifecycle");

        RawAnswer answer = await gateway.SendAsync(method, "/-/quit");

        Assert.Equal($"200\nContent-Length: 34\n{PlainText}\nRequesting termination... Goodbye!", answer.Text);
        await Deadline.UntilAsync(
            Deadline.Stop, "it stops", _ => Task.FromResult(gateway.Stopping.IsCancellationRequested));
        Assert.Equal(
            "level=warn caller=Http.ManagementEndpoints msg=\"received termination request via web service\"",
            Assert.Single(gateway.Log.OfLevel("warn")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--web.enable-lifecycle")]
    public async Task Quit_Get_SaysWhatIsAllowed(string flag)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(flag.Length > 0 ? [flag] : []);

        RawAnswer answer = await gateway.SendAsync("GET", "/-/quit");

        Assert.Equal($"405\nContent-Length: 34\n{PlainText}\nOnly POST or PUT requests allowed.", answer.Text);
        Assert.False(gateway.Stopping.IsCancellationRequested);
    }

    [Fact]
    public async Task Wipe_WithItsFlag_EmptiesTheStore()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--web.enable-admin-api");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/b", "x 1\n");

        Assert.Equal("202\nContent-Length: 0\n\n", (await gateway.SendAsync("PUT", "/api/v1/admin/wipe")).Text);

        Assert.Equal("""{"status":"success","data":[]}""", await gateway.StoredJsonAsync());
        Assert.Equal(405, (await gateway.SendAsync("GET", "/api/v1/admin/wipe")).Status);
    }

    [Fact]
    public async Task Wipe_ThenAPushOfAnotherType_FindsNothingInItsWay()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--web.enable-admin-api");
        await gateway.SendAsync("PUT", "/metrics/job/a", "# TYPE x gauge\nx 1\n");
        await gateway.SendAsync("PUT", "/api/v1/admin/wipe");

        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/b", "# TYPE x counter\nx 1\n")).Status);
    }
}
