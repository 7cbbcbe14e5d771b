using PushGateway.Tests.Access;
using PushGateway.Tests.TestServer;
using PushGateway.Ui;
using Xunit;

namespace PushGateway.Tests.Ui;

/// <summary>With an access file, a browser without credentials gets the page without data, to sign in.</summary>
public sealed class SignInPageTests : IDisposable
{
    private const string Browser = "Accept: text/html,application/xhtml+xml,*/*;q=0.8";

    private readonly AccessFolder _folder = new();

    public SignInPageTests() => _folder.Write(
        $"roles:\n  readers:\n    permissions: [read, push]\n    tokens: ['{AccessFolder.HashOf("t")}']\n");

    [Theory]
    [InlineData("/")]
    [InlineData("/status")]
    public async Task Get_PageFromABrowser_Is401WithThePageAndNoData(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);
        await gateway.SendAsync("PUT", "/metrics/job/secret-job", "x 1\n", AccessFolder.Bearer("t"));

        RawAnswer answer = await gateway.SendAsync("GET", path, "", Browser);

        Assert.Equal(
            (401, "Bearer", "text/html; charset=utf-8", "no-store", null),
            (answer.Status, answer.Header("WWW-Authenticate"), answer.Header("Content-Type"), answer.Header("Cache-Control"), answer.Header("ETag")));
        Assert.Contains("default-src 'self'", answer.Header("Content-Security-Policy"));
        Assert.Contains($"static/{UiFiles.Version}/app.js", answer.Body);
        Assert.DoesNotContain("secret-job", answer.Body);
        Assert.Contains("secret-job", (await gateway.SendAsync("GET", path, "", Browser, AccessFolder.Bearer("t"))).Body);
    }

    [Theory]
    [InlineData("/", "Accept: */*")]
    [InlineData("/metrics", Browser)]
    [InlineData("/api/v1/groups", Browser)]
    [InlineData("/no-such-path", Browser)]
    public async Task Get_ByOthersOrOfData_Is401InPlainText(string path, string accept)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);

        RawAnswer answer = await gateway.SendAsync("GET", path, "", accept);

        Assert.Equal((401, "Bearer"), (answer.Status, answer.Header("WWW-Authenticate")));
        Assert.StartsWith("Unauthorized: this requires", answer.Body);
    }

    [Fact]
    public async Task Get_FilesOfThePage_NeedNoPermission()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);

        Assert.Equal(200, (await gateway.SendAsync("GET", "/static/app.js")).Status);
        Assert.Equal(404, (await gateway.SendAsync("GET", "/static/none.js")).Status);
        Assert.Equal(401, (await gateway.SendAsync("GET", "/static/app.js", "", AccessFolder.Bearer("wrong"))).Status);
    }

    /// <summary>Upstream: with users in the web config file alone, everything is "Unauthorized".</summary>
    [Fact]
    public async Task Get_WithUsersAndWithoutAnAccessFile_IsAnsweredAsUpstreamDoes()
    {
        _folder.WriteUsers("a");
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Web.Flag);

        foreach (string path in (string[])["/", "/static/app.js"])
        {
            RawAnswer answer = await gateway.SendAsync("GET", path, "", Browser);

            Assert.Equal((401, "Basic", "Unauthorized\n"), (answer.Status, answer.Header("WWW-Authenticate"), answer.Body));
        }
    }

    public void Dispose() => _folder.Dispose();
}
