using System.Globalization;
using System.Net;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>The published gateway, running on a free loopback port in a temporary folder of its own.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly DirectoryInfo _folder;
    private readonly string _prefix;

    private GatewayProcess(ChildProcess process, DirectoryInfo folder, int port, string prefix)
    {
        _prefix = prefix;
        _process = process;
        _folder = folder;
        Port = port;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")),
            Timeout = Deadline.Tool,
        };
    }

    public int Port { get; }

    /// <summary>A client that reuses connections.</summary>
    public HttpClient Client { get; }

    /// <summary>The base address without a trailing slash.</summary>
    public string Address => Client.BaseAddress!.GetLeftPart(UriPartial.Authority);

    /// <summary>Its log so far.</summary>
    public string Log => _process.Errors + _process.Output;

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts it and waits until it is ready.</summary>
    public static Task<GatewayProcess> StartAsync(params IEnumerable<string> flags) =>
        StartAsync("the gateway is ready", gateway => gateway.IsReadyAsync, flags);

    /// <summary>Starts it and waits until it reports that it is not ready.</summary>
    public static Task<GatewayProcess> StartUnreadyAsync(params IEnumerable<string> flags) =>
        StartAsync("the gateway answers", gateway => gateway.IsUnreadyAsync, flags);

    /// <summary>Starts it with flags that put all paths under a prefix.</summary>
    public static Task<GatewayProcess> StartUnderAsync(string prefix, params IEnumerable<string> flags) =>
        StartAsync("the gateway is ready", gateway => gateway.IsReadyAsync, flags, prefix);

    /// <summary>Starts it from a bash script, which ends in <c>exec "$0" "$@"</c>, and waits until it answers.</summary>
    public static Task<GatewayProcess> StartByScriptAsync(string script, params IEnumerable<string> flags) => StartAsync(
        "the gateway answers",
        gateway => async cancellation => await gateway.StatusAsync("/-/ready", cancellation) is not null,
        flags,
        script: script);

    /// <summary>Starts it without waiting until it listens.</summary>
    public static GatewayProcess StartWithoutWaiting(params IEnumerable<string> flags) => Start(flags, prefix: "");

    private static GatewayProcess Start(IEnumerable<string> flags, string prefix, string? script = null)
    {
        string binary = GatewayBinary.PathOrSkip();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pushgateway-test-");
        int port = LoopbackPort.Next();
        string listen = string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}");
        ChildProcess process = script is null
            ? ChildProcess.Start(binary, [listen, .. flags], folder.FullName)
            : ChildProcess.Start("/bin/bash", ["-c", script, binary, listen, .. flags], folder.FullName);
        return new GatewayProcess(process, folder, port, prefix);
    }

    private static async Task<GatewayProcess> StartAsync(
        string what,
        Func<GatewayProcess, Func<CancellationToken, Task<bool>>> isDone,
        IEnumerable<string> flags,
        string prefix = "",
        string? script = null)
    {
        GatewayProcess gateway = Start(flags, prefix, script);
        try
        {
            await Deadline.UntilAsync(Deadline.Start, what, isDone(gateway), () => gateway.Log);
        }
        catch
        {
            await gateway.ReleaseAsync();
            throw;
        }

        return gateway;
    }

    /// <summary>Whether /-/ready is 200; false while nothing listens.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellation) =>
        await ReadinessAsync(cancellation) == HttpStatusCode.OK;

    private async Task<bool> IsUnreadyAsync(CancellationToken cancellation) =>
        await ReadinessAsync(cancellation) == HttpStatusCode.ServiceUnavailable;

    /// <summary>The status of a GET; null while nothing listens.</summary>
    public async Task<HttpStatusCode?> StatusAsync(string path, CancellationToken cancellation)
    {
        Assert.False(_process.HasExited, $"the gateway has ended\n{Log}");
        try
        {
            using HttpResponseMessage answer = await Client.GetAsync(path, cancellation);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private Task<HttpStatusCode?> ReadinessAsync(CancellationToken cancellation) =>
        StatusAsync($"{_prefix}/-/ready", cancellation);

    /// <summary>The scrape, as text.</summary>
    public Task<string> ScrapeAsync() => Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

    /// <summary>PUTs to a group, such as <c>job/a/instance/b</c>, and asserts 200.</summary>
    public async Task PushAsync(string groupingKey, string text, params (string Name, string Value)[] headers)
    {
        using var push = new HttpRequestMessage(HttpMethod.Put, $"{_prefix}/metrics/{groupingKey}")
        {
            Content = new StringContent(text),
        };
        Array.ForEach(headers, header => push.Headers.Add(header.Name, header.Value));
        using HttpResponseMessage answer = await Client.SendAsync(push, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>The groups of <c>/api/v1/metrics</c>.</summary>
    public async Task<IReadOnlyList<StoredGroup>> GroupsAsync() => StoredGroup.ListOf(
        await Client.GetStringAsync("/api/v1/metrics", TestContext.Current.CancellationToken));

    /// <summary>The only stored group.</summary>
    public async Task<StoredGroup> GroupAsync() => Assert.Single(await GroupsAsync());

    /// <summary>Runs a shell script with the address in $GATEWAY and returns its output.</summary>
    public async Task<string> ShellAsync(string script)
    {
        Tool.PathOrSkip("curl", "curl");
        ToolResult result = await ChildProcess.RunAsync("/bin/sh", ["-euc", script], ("GATEWAY", Address));
        return result.OutputOfSuccess();
    }

    public void Send(UnixSignal signal) => signal.SendTo(_process.Id);

    /// <summary>Waits for the exit and returns the exit code. Fails after <see cref="Deadline.Stop"/>.</summary>
    public Task<int> WaitForExitAsync() => _process.WaitForExitAsync(Deadline.Stop);

    /// <summary>Stops it with SIGTERM and asserts exit code 0, unless it has already ended.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
            {
                Send(UnixSignal.Terminate);
                int exitCode = await WaitForExitAsync();
                Assert.True(exitCode == 0, $"exit code {exitCode} after SIGTERM\n{Log}");
            }
        }
        finally
        {
            await ReleaseAsync();
        }
    }

    private async Task ReleaseAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
        TestContext.Current.TestOutputHelper?.WriteLine($"log of the gateway on port {Port}:\n{Log}");
    }
}
