using System.Text;
using PushGateway.CommandLine;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.WebConfig;

/// <summary>Users, headers and the rate limit of a gateway in this process.</summary>
public sealed class WebConfigTests : IDisposable
{
    // "secret"
    private const string Hash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
    private const string Users = "basic_auth_users:\n  bob: " + Hash + "\n";

    private readonly WebConfigFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_ConfigCannotBeUsed_Fails()
    {
        _folder.WriteConfig("no_such: 1\n");

        StartException exception = await Assert.ThrowsAsync<StartException>(() => RunningGateway.StartAsync(_folder.Flag));

        Assert.Equal($"{_folder.ConfigFile}: line 1: unknown key \"no_such\"", exception.Message);
    }

    [Theory]
    [InlineData("Basic", "bob:secret", 200)]
    [InlineData("basic", "bob:secret", 200)]
    [InlineData("Basic", "bob:wrong", 401)]
    [InlineData("Basic", "bob:" + Hash, 401)]
    [InlineData("Basic", "who:secret", 401)]
    [InlineData("Basic", "bob", 401)]
    [InlineData("Basic", "", 401)]
    [InlineData("Bearer", "bob:secret", 401)]
    public async Task Request_WithCredentials_IsServedIfTheyAreRight(string scheme, string credentials, int status)
    {
        _folder.WriteConfig(Users);
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);
        string header = $"Authorization: {scheme} {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}";

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n", header);

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200 ? 1 : 0, gateway.Snapshot.GroupCount);
        Assert.Equal(status == 200 ? null : "Basic", answer.Header("WWW-Authenticate"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Authorization: Basic %%%")]
    [InlineData("Authorization: Basic")]
    [InlineData("Authorization: ")]
    public async Task Request_WithoutCredentials_GetsWhatTheGoOneSays(string header)
    {
        _folder.WriteConfig(Users);
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);

        RawAnswer answer = await gateway.SendAsync(
            "GET", "/-/ready", "", header.Length > 0 ? [header] : []);

        Assert.Equal(
            "401\nContent-Length: 13\nContent-Type: text/plain; charset=utf-8\nWWW-Authenticate: Basic\n"
            + "X-Content-Type-Options: nosniff\n\nUnauthorized\n",
            answer.Text);
    }

    [Fact]
    public async Task Request_MoreThanTheRateLimit_Is429UntilTimeHasPassed()
    {
        _folder.WriteConfig("rate_limit:\n  interval: 10s\n  burst: 2\n" + Users);
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);

        int[] before = [await StatusAsync(gateway), await StatusAsync(gateway), await StatusAsync(gateway)];
        gateway.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal([401, 401, 429], before);
        Assert.Equal(401, await StatusAsync(gateway));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Request_InAFloodOfWrongPasswords_IsServedIfKnownAndOthersArePutOff(bool hasAccess)
    {
        // At a cost of 6 a check takes much longer than a request does, but not so long that the flood does.
        _folder.WriteConfig(
            "basic_auth_users:\n  bob: " + Hash + "\n  ann: $2b$06$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n");
        _folder.Write("access.yml", "roles:\n  bobs:\n    permissions: [read]\n    users: [bob]\n");
        string[] flags = hasAccess ? [_folder.Flag, $"--access.config.file={_folder.PathOf("access.yml")}"] : [_folder.Flag];
        await using RunningGateway gateway = await RunningGateway.StartAsync(flags);
        Task<RawAnswer> ScrapeAsync(string credentials) => gateway.SendAsync(
            "GET", "/metrics", "", $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}");
        Assert.Equal(200, (await ScrapeAsync("bob:secret")).Status);

        List<Task<RawAnswer>> flood = [.. Enumerable.Range(0, 300).Select(i => ScrapeAsync($"ann:{i}"))];
        await Task.WhenAny(flood);
        RawAnswer known = await ScrapeAsync("bob:secret");
        RawAnswer[] answers = await Task.WhenAll(flood);

        Assert.Equal(200, known.Status);
        Assert.All(answers, answer => Assert.True(answer.Status is 401 or 503, answer.Text));
        RawAnswer put = answers.First(answer => answer.Status == 503);
        Assert.Equal("50 other logins are being checked\n", put.Body);
        Assert.Equal("1", put.Header("Retry-After"));
        Assert.Contains(
            $"pushgateway_requests_rejected_total{{reason=\"logins\"}} {answers.Count(answer => answer.Status == 503)}\n",
            (await ScrapeAsync("bob:secret")).Body);
    }

    [Theory]
    [InlineData("/-/ready")]
    [InlineData("/nothing")]
    [InlineData("/")]
    [InlineData("//status")]
    [InlineData("/%zz")]
    public async Task Answer_HeadersAreConfigured_HasThem(string path)
    {
        _folder.WriteConfig(
            "http_server_config:\n  headers:\n    X-Frame-Options: deny\n    Content-Security-Policy: default-src 'none'\n");
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);

        RawAnswer answer = await gateway.SendAsync("GET", path);

        Assert.Equal("deny", answer.Header("X-Frame-Options"));
        Assert.Equal("default-src 'none'", answer.Header("Content-Security-Policy"));
    }

    [Fact]
    public async Task Request_OnAnOpenConnection_IsHeldToTheNewUsers()
    {
        _folder.WriteConfig("# everyone\n");
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);
        using RawConnection connection = await gateway.ConnectAsync();
        Assert.Equal(200, await StatusAsync(connection));

        _folder.WriteConfig(Users);

        await Deadline.UntilAsync(
            Deadline.Change, "the new file is in force", async _ => await StatusAsync(connection) == 401);
    }

    private static async Task<int> StatusAsync(RawConnection connection)
    {
        await connection.SendAsync("GET /-/ready HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        return (await connection.ReadAnswerAsync(hasBody: true))!.Status;
    }

    private static async Task<int> StatusAsync(RunningGateway gateway) =>
        (await gateway.SendAsync("GET", "/-/ready")).Status;
}
