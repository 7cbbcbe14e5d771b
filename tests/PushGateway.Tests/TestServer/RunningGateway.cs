using System.Globalization;
using System.Text;
using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Store;
using PushGateway.Durability;
using PushGateway.Hosting;
using PushGateway.Http;
using PushGateway.Logging;
using PushGateway.Tests.EndToEnd.Processes;
using Serilog;
using Serilog.Core;

namespace PushGateway.Tests.TestServer;

/// <summary>A gateway in this process, on a free loopback port, with a manual clock.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Logger _logger;

    private RunningGateway(WebApplication app, Logger logger, LogLines log)
    {
        _app = app;
        _logger = logger;
        Log = log;
        Port = new Uri(app.Urls.First()).Port;
    }

    public int Port { get; }

    public LogLines Log { get; }

    public required ManualTime Time { get; init; }

    /// <summary>Completes when the restore has succeeded or failed.</summary>
    public required Task Restored { get; init; }

    public IServiceProvider Services => _app.Services;

    public IDurableStore Durable => _app.Services.GetRequiredService<IDurableStore>();

    public PersistenceState Persistence => _app.Services.GetRequiredService<IStoreService>().Persistence;

    public StoreSnapshot Snapshot => _app.Services.GetRequiredService<GroupStore>().Snapshot;

    /// <summary>Only with an access file.</summary>
    public AccessReloader Access => _app.Services.GetRequiredService<AccessReloader>();

    /// <summary>Only with an access file.</summary>
    public AccessDenials AccessRefusals => _app.Services.GetRequiredService<AccessDenials>();

    /// <summary>All that are mapped.</summary>
    public IReadOnlyList<Endpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    /// <summary>Cancelled when the gateway receives a request to quit.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    /// <summary>Read it before disposing of the gateway.</summary>
    public PersistenceService Keeper => _app.Services.GetRequiredService<PersistenceService>();

    /// <summary>Starts a gateway with these flags and waits for its restore.</summary>
    public static async Task<RunningGateway> StartAsync(params string[] flags)
    {
        RunningGateway gateway = await StartAsync(path => new DiskFolder(path), flags);
        await gateway.Restored;
        return gateway;
    }

    /// <summary>Starts a gateway that goes on with a clock, and waits for its restore.</summary>
    public static async Task<RunningGateway> StartAsync(ManualTime time, params string[] flags)
    {
        RunningGateway gateway = await StartAsync(path => new DiskFolder(path), ClientTimeouts.Default, flags, time);
        await gateway.Restored;
        return gateway;
    }

    /// <summary>Starts a gateway with these client timeouts.</summary>
    public static Task<RunningGateway> StartAsync(ClientTimeouts times, params string[] flags) =>
        StartAsync(path => new DiskFolder(path), times, flags);

    /// <summary>Starts a gateway without waiting for its restore.</summary>
    public static Task<RunningGateway> StartAsync(Func<string, DurableFolder> openFolder, params string[] flags) =>
        StartAsync(openFolder, ClientTimeouts.Default, flags);

    private static async Task<RunningGateway> StartAsync(
        Func<string, DurableFolder> openFolder, ClientTimeouts times, string[] flags, ManualTime? time = null)
    {
        CommandLineResult parsed = CommandLineParser.Parse(
            ["--web.listen-address=127.0.0.1:0", .. flags], "pushgateway", BuildInfo.Current);
        GatewayOptions options = ((CommandLineResult.Run)parsed).Options;
        var log = new LogLines();
        Logger logger = LoggingSetup.CreateLogger(options, new LoggerConfiguration().WriteTo.Sink(log));
        time ??= new ManualTime();
        WebApplication app = await Gateway.CreateAsync(options, logger, time, openFolder, times);
        Task restored = app.Services.GetRequiredService<IStoreService>().StartAsync();
        await app.StartAsync();
        return new RunningGateway(app, logger, log) { Time = time, Restored = restored };
    }

    public Task<RawConnection> ConnectAsync() => RawConnection.ConnectAsync(Port);

    /// <summary>Sends one request on a new connection, with the path unchanged.</summary>
    /// <param name="headers">Further headers, <c>Name: value</c>.</param>
    public async Task<RawAnswer> SendAsync(string method, string path, byte[] body, params string[] headers)
    {
        using RawConnection connection = await ConnectAsync();
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {body.Length}\r\n");
        byte[] start = Encoding.UTF8.GetBytes(head + string.Concat(headers.Select(header => header + "\r\n")) + "\r\n");
        await connection.SendAsync((byte[])[.. start, .. body]);
        return await connection.ReadAnswerAsync(hasBody: method != "HEAD")
            ?? throw new EndOfStreamException("no answer");
    }

    public Task<RawAnswer> SendAsync(string method, string path, string body = "", params string[] headers) =>
        SendAsync(method, path, Encoding.UTF8.GetBytes(body), headers);

    /// <summary>The scraped sample lines that have a job label.</summary>
    public async Task<string[]> PushedSamplesAsync() =>
    [
        .. (await SendAsync("GET", "/metrics")).Body.Split('\n')
            .Where(line => line.Contains("job=\"", StringComparison.Ordinal)
                && !line.StartsWith("push_", StringComparison.Ordinal)),
    ];

    /// <summary>The body of <c>/api/v1/metrics</c>.</summary>
    public async Task<string> StoredJsonAsync() => (await SendAsync("GET", "/api/v1/metrics")).Body;

    public async Task<IReadOnlyList<StoredGroup>> GroupsAsync() => StoredGroup.ListOf(await StoredJsonAsync());

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _logger.DisposeAsync();
    }
}
