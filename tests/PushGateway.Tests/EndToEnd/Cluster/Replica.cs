using System.Globalization;
using System.Text;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Cluster;

/// <summary>
/// The published gateway as a replica, with a separate network to each of the database's servers. It may be killed and restarted
/// on the same port.
/// </summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly TcpProxy[] _proxies;
    private readonly string[] _flags;
    private GatewayProcess? _process;

    private Replica(string name, int[] databases, string[] flags)
    {
        Name = name;
        _proxies = [.. databases.Select(port => new TcpProxy(port))];
        _flags =
        [
            $"--cluster.postgres={Address(PostgresServer.Password)}",
            string.Create(CultureInfo.InvariantCulture, $"--cluster.replica=127.0.0.1:{Port}"),
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{Port}"), .. flags,
        ];
    }

    public string Name { get; }

    /// <summary>The port, which does not change.</summary>
    public int Port { get; } = LoopbackPort.Next();

    /// <summary>The networks to the database's servers.</summary>
    public IReadOnlyList<TcpProxy> Networks => _proxies;

    /// <summary>Null while it does not run.</summary>
    public GatewayProcess? Process => _process;

    public GatewayProcess Running => _process ?? throw new InvalidOperationException($"{Name} does not run");

    public bool IsStopped { get; private set; }

    public static async Task<Replica> StartAsync(string name, int[] databases, params string[] flags)
    {
        GatewayBinary.PathOrSkip();
        var replica = new Replica(name, databases, flags);
        try
        {
            await replica.StartAsync();
        }
        catch
        {
            await replica.DisposeAsync();
            throw;
        }
        return replica;
    }

    /// <summary>Starts it, and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        Assert.Null(_process);
        _process = await GatewayProcess.StartAsync(_flags);
    }

    /// <summary>Starts it, without waiting.</summary>
    public void Launch()
    {
        Assert.Null(_process);
        _process = GatewayProcess.StartWithoutWaiting(_flags);
    }

    public async Task KillAsync()
    {
        GatewayProcess process = Running;
        _process = null;
        IsStopped = false;
        process.Send(UnixSignal.Kill);
        await process.WaitForExitAsync();
        await process.DisposeAsync();
    }

    /// <summary>Suspends the process, with its connections open.</summary>
    public void Stop()
    {
        IsStopped = true;
        Running.Send(UnixSignal.Stop);
    }

    public void Continue()
    {
        IsStopped = false;
        Running.Send(UnixSignal.Continue);
    }

    /// <summary>PUTs to a group, such as <c>job/a</c>, and returns status and text of the answer.</summary>
    public Task<string> TryPushAsync(string groupingKey, string text, params (string Name, string Value)[] headers) =>
        TrySendAsync(HttpMethod.Put, groupingKey, text, headers);

    public async Task<string> TrySendAsync(
        HttpMethod method, string groupingKey, string text, params (string Name, string Value)[] headers)
    {
        using var push = new HttpRequestMessage(method, $"/metrics/{groupingKey}") { Content = new StringContent(text) };
        Array.ForEach(headers, header => push.Headers.Add(header.Name, header.Value));
        using HttpResponseMessage answer = await Running.Client.SendAsync(push, TestContext.Current.CancellationToken);
        string body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode} {body}");
    }

    /// <summary>Waits until it shows a sample.</summary>
    public Task WaitForAsync(string sample) => Deadline.UntilAsync(
        Deadline.Change,
        $"{Name} shows {sample}",
        async _ => (await Running.ScrapeAsync()).Contains($"\n{sample}\n", StringComparison.Ordinal),
        () => Running.Log);

    /// <summary>All groups, as the API shows them.</summary>
    public Task<string> StoredJsonAsync() =>
        Running.Client.GetStringAsync("/api/v1/metrics", TestContext.Current.CancellationToken);

    /// <summary>The scrape without the gateway's own metrics, which are each replica's.</summary>
    public async Task<string> PushedMetricsAsync()
    {
        var pushed = new StringBuilder();
        string family = "";
        string[] own = ["go_", "process_", "promhttp_", "pushgateway_", "dotnet_"];
        foreach (string line in (await Running.ScrapeAsync()).Split('\n'))
        {
            family = line.StartsWith("# HELP ", StringComparison.Ordinal) || line.StartsWith("# TYPE ", StringComparison.Ordinal)
                ? line[7..]
                : family;
            if (!own.Any(prefix => family.StartsWith(prefix, StringComparison.Ordinal)))
            {
                pushed.Append(line).Append('\n');
            }
        }
        return pushed.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TcpProxy proxy in _proxies)
        {
            proxy.Heal();
        }
        if (_process is { } process)
        {
            if (IsStopped)
            {
                Continue();
            }
            _process = null;
            await process.DisposeAsync();
        }
        foreach (TcpProxy proxy in _proxies)
        {
            await proxy.DisposeAsync();
        }
    }

    /// <summary>The database's address by the networks.</summary>
    private string Address(string password)
    {
        string hosts = string.Join(',', _proxies.Select(
            proxy => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{proxy.Port}")));
        return $"postgres://{PostgresServer.User}:{password}@{hosts}/postgres?sslmode=disable";
    }
}
