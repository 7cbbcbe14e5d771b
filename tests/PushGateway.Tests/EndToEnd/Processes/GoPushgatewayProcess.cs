using System.Globalization;
using System.Net;
using System.Text.Json;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>The Go Pushgateway, on a free loopback port, with a persistence file.</summary>
internal sealed class GoPushgatewayProcess : IAsyncDisposable
{
    /// <summary>Prefixes of the Go Pushgateway's own families.</summary>
    private static readonly string[] OwnFamilies = ["go_", "process_", "promhttp_", "pushgateway_"];

    private readonly ChildProcess _process;
    private readonly HttpClient _client;

    private GoPushgatewayProcess(ChildProcess process, HttpClient client)
    {
        _process = process;
        _client = client;
    }

    /// <summary>Starts it and waits until it is ready. Skips the running test if it is not installed.</summary>
    public static async Task<GoPushgatewayProcess> StartAsync(string persistenceFile)
    {
        string program = Tool.PathOrSkip("prometheus-pushgateway", "prometheus-pushgateway");
        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{LoopbackPort.Next()}");
        var process = ChildProcess.Start(
            program,
            [$"--web.listen-address={address}", $"--persistence.file={persistenceFile}"],
            Path.GetDirectoryName(persistenceFile)!);
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri($"http://{address}"),
            Timeout = Deadline.Tool,
        };
        var go = new GoPushgatewayProcess(process, client);
        try
        {
            await Deadline.UntilAsync(
                Deadline.Start, "the Go Pushgateway is ready", go.IsReadyAsync, () => process.Output + process.Errors);
        }
        catch
        {
            await go.DisposeAsync();
            throw;
        }

        return go;
    }

    public async Task PushAsync(string path, string body)
    {
        using var content = new StringContent(body);
        using HttpResponseMessage answer = await _client.PutAsync(path, content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    public async Task DeleteAsync(string path)
    {
        using HttpResponseMessage answer = await _client.DeleteAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    /// <summary>The scrape without the families of the process.</summary>
    public async Task<string> ScrapeAsync()
    {
        string scrape = await _client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        return string.Join('\n', scrape.Split('\n').Where(line => !Array.Exists(
            OwnFamilies,
            own => line.Replace("# HELP ", "", StringComparison.Ordinal)
                .Replace("# TYPE ", "", StringComparison.Ordinal)
                .StartsWith(own, StringComparison.Ordinal))));
    }

    /// <summary>The groups of the JSON API, sorted, since Go lists them in random order.</summary>
    public async Task<string[]> GroupsAsync()
    {
        using var answer = JsonDocument.Parse(
            await _client.GetStringAsync("/api/v1/metrics", TestContext.Current.CancellationToken));
        return [.. answer.RootElement.GetProperty("data").EnumerateArray()
            .Select(group => group.GetRawText()).Order(StringComparer.Ordinal)];
    }

    /// <summary>Stops it, which writes the persistence file.</summary>
    public async Task StopAsync()
    {
        UnixSignal.Terminate.SendTo(_process.Id);
        Assert.Equal(0, await _process.WaitForExitAsync(Deadline.Stop));
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _process.DisposeAsync();
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        Assert.False(_process.HasExited, $"the Go Pushgateway has ended\n{_process.Output}{_process.Errors}");
        try
        {
            using HttpResponseMessage answer = await _client.GetAsync("/-/ready", cancellation);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
