using System.Globalization;
using PushGateway.Tests.EndToEnd.Processes;

namespace PushGateway.Tests.Deploy;

/// <summary>nginx or HAProxy with the example of deploy/. Only the addresses are changed.</summary>
internal sealed class LoadBalancer : IAsyncDisposable
{
    private const string NginxFolders = """
        client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
        """;

    private readonly ChildProcess _process;
    private readonly DirectoryInfo _folder;

    private LoadBalancer(ChildProcess process, DirectoryInfo folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero })
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")),
            Timeout = Deadline.Tool,
        };
    }

    public int Port { get; }

    /// <summary>
    /// A client with a new connection for each request. On a reused one, HAProxy does not answer if a replica did not.
    /// </summary>
    public HttpClient Client { get; }

    /// <summary>Whether the program accepts the unchanged example. Skips the running test if it is not installed.</summary>
    public static async Task<ToolResult> CheckAsync(string program)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory($"{program}-test-");
        try
        {
            string file = await WriteAsync(program, folder, text => text);
            return await ChildProcess.RunAsync(
                Tool.PathOrSkip(program, program),
                program == "nginx" ? ["-t", "-p", folder.FullName, "-c", file] : ["-c", "-f", file]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Whether nginx accepts a text in the context http. Skips the running test if it is not installed.</summary>
    public static async Task<ToolResult> CheckNginxAsync(string text)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("nginx-test-");
        try
        {
            string file = await WriteAsync("nginx", folder, _ => text);
            return await ChildProcess.RunAsync(Tool.PathOrSkip("nginx", "nginx"), ["-t", "-p", folder.FullName, "-c", file]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Starts it in front of three ports, and waits until it listens.</summary>
    public static async Task<LoadBalancer> StartAsync(string program, IReadOnlyList<int> ports)
    {
        string path = Tool.PathOrSkip(program, program);
        DirectoryInfo folder = Directory.CreateTempSubdirectory($"{program}-test-");
        int port = LoopbackPort.Next();
        string file = await WriteAsync(program, folder, text =>
        {
            text = Replace(text, "listen 9091;", $"listen 127.0.0.1:{port};", "bind :9091", $"bind 127.0.0.1:{port}");
            for (int i = 0; i < ports.Count; i++)
            {
                text = Replace(text, $"10.0.0.1{i + 1}:9091", $"127.0.0.1:{ports[i]}");
            }
            return text;
        });
        var balancer = new LoadBalancer(
            ChildProcess.Start(
                path, program == "nginx" ? ["-p", folder.FullName, "-c", file] : ["-db", "-f", file], folder.FullName),
            folder,
            port);
        try
        {
            await Deadline.UntilAsync(Deadline.Start, $"{program} listens", balancer.IsListeningAsync, () => balancer._process.Errors);
            return balancer;
        }
        catch
        {
            await balancer.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<string> WriteAsync(string program, DirectoryInfo folder, Func<string, string> change)
    {
        string example = program == "nginx"
            ? Repository.PathOf("deploy", "nginx", "pushgateway.conf")
            : Repository.PathOf("deploy", "haproxy", "haproxy.cfg");
        string copy = Path.Combine(folder.FullName, Path.GetFileName(example));
        await File.WriteAllTextAsync(copy, change(await File.ReadAllTextAsync(example)));
        if (program != "nginx")
        {
            return copy;
        }
        string file = Path.Combine(folder.FullName, "nginx.conf");
        await File.WriteAllTextAsync(
            file,
            $"daemon off; master_process off; pid pid; error_log stderr; events {{}}\n"
                + $"http {{ access_log off; {NginxFolders} include {copy}; }}\n");
        return file;
    }

    /// <summary>Replaces the first pattern, which must occur, or the next one.</summary>
    private static string Replace(string text, params ReadOnlySpan<string> pairs)
    {
        for (int i = 0; i < pairs.Length; i += 2)
        {
            if (text.Contains(pairs[i], StringComparison.Ordinal))
            {
                return text.Replace(pairs[i], pairs[i + 1], StringComparison.Ordinal);
            }
        }
        throw new InvalidDataException($"the example has no {pairs[0]}");
    }

    private async Task<bool> IsListeningAsync(CancellationToken cancellation)
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"it has ended\n{_process.Errors}\n{_process.Output}");
        }
        try
        {
            using HttpResponseMessage answer = await Client.GetAsync("/-/healthy", cancellation);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
