using System.Globalization;
using System.Text.Json.Nodes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>A Prometheus that scrapes one gateway and evaluates alert rules, in a temporary folder of its own.</summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    /// <summary>Time limit for the first scrape and the evaluation after it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;
    private readonly DirectoryInfo _folder;
    private readonly HttpClient _client;

    private PrometheusProcess(ChildProcess process, DirectoryInfo folder, string address)
    {
        _process = process;
        _folder = folder;
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://{address}") };
    }

    /// <summary>The base address without a trailing slash.</summary>
    public string Address => _client.BaseAddress!.GetLeftPart(UriPartial.Authority);

    /// <summary>Starts it with one alert rule and waits until it is ready. Skips the running test if it is not installed.</summary>
    public static Task<PrometheusProcess> StartAsync(GatewayProcess gateway, params IEnumerable<string> flags) =>
        StartAsync(folder => WriteConfigurationAsync(folder, gateway.Port), flags);

    /// <summary>The same with the configuration and the alert rules of deploy/prometheus.</summary>
    public static Task<PrometheusProcess> StartDeployedAsync(GatewayProcess gateway) =>
        StartAsync(folder => CopyConfigurationAsync(folder, gateway.Port), []);

    /// <summary>The same with the replicas as targets, as one of them lists them.</summary>
    public static Task<PrometheusProcess> StartDiscoveringAsync(GatewayProcess replica) =>
        StartAsync(folder => WriteDiscoveryAsync(folder, replica.Port), []);

    /// <summary>The same with one protocol. Only Prometheus 2.49 and later has a setting for it: skips the running test with an older one.</summary>
    /// <param name="feature">A feature that is needed, and without which the running test is skipped, too.</param>
    public static async Task<PrometheusProcess> StartWithProtocolAsync(GatewayProcess gateway, string protocol, string feature)
    {
        string binary = Tool.PathOrSkip("prometheus", "prometheus");
        ToolResult help = await ChildProcess.RunAsync(binary, ["--help"]);
        Assert.SkipUnless(
            help.Output.Contains(feature, StringComparison.Ordinal),
            $"this Prometheus is too old for {feature}");
        return await StartAsync(
            folder => WriteConfigurationAsync(folder, gateway.Port, $"scrape_protocols: [{protocol}]"), [$"--enable-feature={feature}"]);
    }

    private static async Task<PrometheusProcess> StartAsync(Func<string, Task> configure, IEnumerable<string> flags)
    {
        string binary = Tool.PathOrSkip("prometheus", "prometheus");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("prometheus-test-");
        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{LoopbackPort.Next()}");
        await configure(folder.FullName);
        string[] fixedFlags =
        [
            "--config.file=prometheus.yml", "--storage.tsdb.path=data", $"--web.listen-address={address}",
        ];
        var process = ChildProcess.Start(binary, [.. fixedFlags, .. flags], folder.FullName);
        var prometheus = new PrometheusProcess(process, folder, address);
        try
        {
            await Deadline.UntilAsync(
                Deadline.Start, "Prometheus is ready", prometheus.IsReadyAsync, () => process.Errors);
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }

        return prometheus;
    }

    /// <summary>Waits until an instant query returns these series, in any order: labels, a space, the value.</summary>
    public async Task WaitForQueryAsync(string query, params string[] series)
    {
        string[] seen = [];
        await Deadline.UntilAsync(
            Patience,
            $"{query} gives {string.Join(" and ", series)}",
            async cancellation =>
            {
                seen = await QueryAsync(query, cancellation);
                return seen.SequenceEqual(series.Order(StringComparer.Ordinal));
            },
            () => $"but: {string.Join(" and ", seen)}\n{_process.Errors}");
    }

    /// <summary>Waits until a series has an exemplar: labels, a space, the value, a space, the time in seconds.</summary>
    public async Task WaitForExemplarsAsync(string selector, params string[] exemplars)
    {
        string[] seen = [];
        await Deadline.UntilAsync(
            Patience,
            $"the exemplars of {selector} are {string.Join(" and ", exemplars)}",
            async cancellation =>
            {
                JsonNode data = await GetAsync(
                    $"/api/v1/query_exemplars?query={Uri.EscapeDataString(selector)}&start=0&end=99999999999", cancellation);
                seen = [.. data.AsArray().SelectMany(series => series!["exemplars"]!.AsArray()).Select(ExemplarText!)];
                return seen.SequenceEqual(exemplars);
            },
            () => $"but: {string.Join(" and ", seen)}\n{_process.Errors}");
    }

    /// <summary>Waits until an instant query returns any series.</summary>
    public Task WaitForSeriesAsync(string query) => Deadline.UntilAsync(
        Patience,
        $"{query} gives something",
        async cancellation => (await QueryAsync(query, cancellation)).Length > 0,
        () => _process.Errors);

    /// <summary>All samples that were scraped of the one series that a selector finds, with their times in milliseconds.</summary>
    public async Task<(long At, double Value)[]> SamplesAsync(string selector)
    {
        JsonNode data = await GetAsync(
            $"/api/v1/query?query={Uri.EscapeDataString($"{selector}[1h]")}", TestContext.Current.CancellationToken);
        JsonNode series = Assert.Single(data["result"]!.AsArray())!;
        return
        [
            .. series["values"]!.AsArray().Select(sample => (
                (long)Math.Round(1000 * sample![0]!.GetValue<double>()),
                double.Parse(sample[1]!.GetValue<string>(), CultureInfo.InvariantCulture))),
        ];
    }

    /// <summary>The only number of an instant query at a time in milliseconds.</summary>
    public async Task<double> EvaluateAsync(string query, long at)
    {
        string time = (at / 1000m).ToString(CultureInfo.InvariantCulture);
        JsonNode data = await GetAsync(
            $"/api/v1/query?query={Uri.EscapeDataString(query)}&time={time}", TestContext.Current.CancellationToken);
        JsonNode series = Assert.Single(data["result"]!.AsArray())!;
        return double.Parse(series["value"]![1]!.GetValue<string>(), CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until the alert of this name is in this state; null for gone.</summary>
    public async Task WaitForAlertAsync(string name, string? state)
    {
        string seen = "";
        await Deadline.UntilAsync(
            Patience,
            $"alert {name} is {state ?? "gone"}",
            async cancellation =>
            {
                JsonNode data = await GetAsync("/api/v1/alerts", cancellation);
                seen = data.ToJsonString();
                JsonNode? alert = data["alerts"]!.AsArray().FirstOrDefault(
                    alert => alert!["labels"]!["alertname"]!.GetValue<string>() == name);
                return alert?["state"]!.GetValue<string>() == state;
            },
            () => $"but: {seen}\n{_process.Errors}");
    }

    /// <summary>Asserts that the gateway is up, that its last scrape had no error, and that no sample was dropped.</summary>
    public async Task AssertScrapesAreCleanAsync()
    {
        await AssertIsUpAsync();
        string own = await _client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        foreach (string problem in (string[])["duplicate_timestamp", "out_of_order", "out_of_bounds"])
        {
            Assert.Contains($"prometheus_target_scrapes_sample_{problem}_total 0\n", own);
        }
    }

    /// <summary>Asserts that the gateway is up, and that its last scrape had no error.</summary>
    public async Task AssertIsUpAsync()
    {
        // One slow scrape on a busy machine is no defect of the answer, so the next one may make it good.
        string seen = "";
        await Deadline.UntilAsync(
            Patience,
            "the target is up",
            async cancellation =>
            {
                JsonNode target = Assert.Single((await GetAsync("/api/v1/targets", cancellation))["activeTargets"]!.AsArray())!;
                seen = target.ToJsonString();
                return target["health"]!.GetValue<string>() == "up" && target["lastError"]!.GetValue<string>() == "";
            },
            () => $"but: {seen}\n{_process.Errors}");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<string[]> QueryAsync(string query, CancellationToken cancellation)
    {
        JsonNode data = await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}", cancellation);
        return
        [
            .. data["result"]!.AsArray().Select(SeriesText!).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>instance=b,job=a 3</summary>
    private static string SeriesText(JsonNode series)
    {
        IEnumerable<string> labels = series["metric"]!.AsObject()
            .Where(label => label.Key != "__name__")
            .OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => $"{label.Key}={label.Value}");
        return $"{string.Join(',', labels)} {series["value"]![1]}";
    }

    private static string ExemplarText(JsonNode exemplar) => string.Join(
        ' ',
        string.Join(',', exemplar["labels"]!.AsObject().Select(label => $"{label.Key}={label.Value}")),
        exemplar["value"]!.GetValue<string>(),
        exemplar["timestamp"]!.GetValue<decimal>().ToString(CultureInfo.InvariantCulture));

    private async Task<JsonNode> GetAsync(string path, CancellationToken cancellation)
    {
        JsonNode answer = JsonNode.Parse(await _client.GetStringAsync(path, cancellation))!;
        Assert.Equal("success", answer["status"]!.GetValue<string>());
        return answer["data"]!;
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        Assert.False(_process.HasExited, $"Prometheus has ended\n{_process.Errors}");
        try
        {
            using HttpResponseMessage answer = await _client.GetAsync("/-/ready", cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task CopyConfigurationAsync(string folder, int gatewayPort)
    {
        const string rules = "pushgateway.rules.yml";
        const string deployed = "localhost:9091";
        string source = Repository.PathOf("deploy", "prometheus");
        File.Copy(Path.Combine(source, rules), Path.Combine(folder, rules));
        string configuration = await File.ReadAllTextAsync(
            Path.Combine(source, "prometheus.yml"), TestContext.Current.CancellationToken);
        Assert.Contains(deployed, configuration, StringComparison.Ordinal);
        string target = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{gatewayPort}");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "prometheus.yml"),
            "global:\n  scrape_interval: 500ms\n  evaluation_interval: 500ms\n" +
                configuration.Replace(deployed, target, StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
    }

    private static Task WriteDiscoveryAsync(string folder, int gatewayPort) => File.WriteAllTextAsync(
        Path.Combine(folder, "prometheus.yml"),
        string.Create(CultureInfo.InvariantCulture, $$"""
            global:
              scrape_interval: 500ms
            scrape_configs:
              - job_name: pushgateway
                honor_labels: true
                http_sd_configs:
                  - url: http://127.0.0.1:{{gatewayPort}}/api/v1/cluster/targets
                    refresh_interval: 1s
                relabel_configs:
                  - source_labels: [__meta_pushgateway_cluster]
                    target_label: cluster
            """),
        TestContext.Current.CancellationToken);

    private static async Task WriteConfigurationAsync(string folder, int gatewayPort, string job = "")
    {
        await File.WriteAllTextAsync(
            Path.Combine(folder, "prometheus.yml"),
            string.Create(CultureInfo.InvariantCulture, $$"""
                global:
                  scrape_interval: 500ms
                  evaluation_interval: 500ms
                rule_files: [rules.yml]
                scrape_configs:
                  - job_name: pushgateway
                    honor_labels: true
                    {{job}}
                    static_configs:
                      - targets: ["127.0.0.1:{{gatewayPort}}"]
                """),
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "rules.yml"),
            """
            groups:
              - name: files
                rules:
                  - alert: TooManyDataFiles
                    expr: data_file_num > 7
            """,
            TestContext.Current.CancellationToken);
    }
}
