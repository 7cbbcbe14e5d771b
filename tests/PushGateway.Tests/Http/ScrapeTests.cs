using System.IO.Compression;
using System.Text;
using PushGateway.Core.Model;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

public sealed class ScrapeTests
{
    private const string Text = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
    private const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=";

    [Fact]
    public async Task Scrape_NothingPushed_IsTheGatewaysOwnFamilies()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("GET", "/metrics");

        Assert.Equal((200, Text), (answer.Status, answer.Header("Content-Type")));
        Assert.Null(answer.Header("Content-Encoding"));
        Assert.Contains("\npushgateway_build_info{", answer.Body);
        Assert.DoesNotContain("job=", answer.Body);
        Assert.EndsWith("\n", answer.Body);
    }

    [Fact]
    public async Task Scrape_WithoutProcessMetrics_HasTheirNamesForPushes()
    {
        await using RunningGateway usual = await RunningGateway.StartAsync();
        await using RunningGateway gateway = await RunningGateway.StartAsync("--web.disable-process-metrics");
        const string Pushed = "# TYPE process_open_fds counter\nprocess_open_fds 7\n";
        Assert.Equal(400, (await usual.SendAsync("PUT", "/metrics/job/a", Pushed)).Status);
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/a", Pushed)).Status);

        string scrape = (await gateway.SendAsync("GET", "/metrics")).Body;

        Assert.Contains("\nprocess_resident_memory_bytes ", (await usual.SendAsync("GET", "/metrics")).Body);
        Assert.Equal(
            ["process_open_fds{instance=\"\",job=\"a\"} 7"],
            scrape.Split('\n').Where(line =>
                line.StartsWith("process_", StringComparison.Ordinal) || line.StartsWith("dotnet_", StringComparison.Ordinal)));
        Assert.Contains("\npushgateway_build_info{", scrape);
    }

    [Fact]
    public async Task Scrape_Groups_AreInTheirOrderUnderOneHeader()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/b", "# HELP z Help.\n# TYPE z counter\nz 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/a/instance/i", "# HELP z Help.\n# TYPE z counter\nz{l=\"1\"} 2\n");
        await gateway.SendAsync("PUT", "/metrics/job/a", "# HELP z Help.\n# TYPE z counter\nz 3\n");

        string body = (await gateway.SendAsync("GET", "/metrics")).Body;

        Assert.Contains(
            """

            # HELP push_failure_time_seconds Last Unix time when changing this group in the Pushgateway failed.
            # TYPE push_failure_time_seconds gauge
            push_failure_time_seconds{instance="",job="a"} 0
            push_failure_time_seconds{instance="",job="b"} 0
            push_failure_time_seconds{instance="i",job="a"} 0
            # HELP push_time_seconds Last Unix time when changing this group in the Pushgateway succeeded.
            # TYPE push_time_seconds gauge
            push_time_seconds{instance="",job="a"} 1.7e+09
            push_time_seconds{instance="",job="b"} 1.7e+09
            push_time_seconds{instance="i",job="a"} 1.7e+09

            """,
            body);
        Assert.EndsWith(
            """

            # HELP z Help.
            # TYPE z counter
            z{instance="",job="a"} 3
            z{instance="",job="b"} 1
            z{instance="i",job="a",l="1"} 2

            """,
            body);
    }

    [Fact]
    public async Task Scrape_OpenMetrics_HasTheGatewaysOwnFamiliesAndTheEnd()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--web.enable-openmetrics");
        await gateway.SendAsync("PUT", "/metrics/job/a", "# TYPE c_total counter\nc_total 3\n# TYPE d counter\nd 4\n");

        RawAnswer answer = await gateway.SendAsync("GET", "/metrics", "", "Accept: application/openmetrics-text;version=1.0.0;escaping=dots");
        string again = (await gateway.SendAsync("GET", "/metrics?name[]=pushgateway_openmetrics_conversions_total")).Body;

        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=dots", answer.Header("Content-Type"));
        Assert.StartsWith("# TYPE c counter\nc_total{instance=\"\",job=\"a\"} 3.0\n# TYPE d unknown\nd{instance=\"\",job=\"a\"} 4.0\n", answer.Body);
        Assert.Contains("\n# TYPE pushgateway_http_requests counter\npushgateway_http_requests_total{", answer.Body);
        Assert.Contains("\npush_time_seconds{instance=\"\",job=\"a\"} 1.7e+09\n", answer.Body);
        Assert.EndsWith("\n# EOF\n", answer.Body);
        Assert.Contains("\npushgateway_openmetrics_conversions_total{reason=\"counter_name\"} 1\n", again);
        Assert.Contains("\npushgateway_openmetrics_conversions_total{reason=\"unit\"} 0\n", again);
    }

    [Theory]
    [InlineData("match[]={job=\"b\"}", "# TYPE c counter\nc_total{instance=\"\",job=\"b\"} 2.0\n# EOF\n")]
    [InlineData("match[]=c_total{job=\"a\",l=\"2\"}", "# TYPE c counter\nc_total{instance=\"\",job=\"a\",l=\"2\"} 1.0\n# EOF\n")]
    [InlineData("match[]=h{job=\"a\"}",
        "# TYPE h histogram\nh_bucket{instance=\"\",job=\"a\",le=\"1.0\"} 1\nh_bucket{instance=\"\",job=\"a\",le=\"+Inf\"} 2\n"
        + "h_sum{instance=\"\",job=\"a\"} 3.0\nh_count{instance=\"\",job=\"a\"} 2\n# EOF\n")]
    [InlineData("match[]=none", "# EOF\n")]
    public async Task Scrape_OpenMetricsOfAPart_IsThatPart(string query, string expected)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--web.enable-openmetrics");
        await gateway.SendAsync(
            "PUT", "/metrics/job/a",
            "# TYPE c_total counter\nc_total{l=\"2\"} 1\nc_total{l=\"1\"} 1\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 3\nh_count 2\n");
        await gateway.SendAsync("PUT", "/metrics/job/b", "# TYPE c_total counter\nc_total 2\n");

        RawAnswer answer = await gateway.SendAsync(
            "GET", "/metrics?name[]=c_total&name[]=h&" + query.Replace("\"", "%22", StringComparison.Ordinal), "", "Accept: application/openmetrics-text");

        Assert.Equal(expected, answer.Body);
    }

    [Theory]
    [InlineData("", Text)]
    [InlineData("*/*", Text)]
    [InlineData("application/openmetrics-text;version=1.0.0", Text)]
    [InlineData(Protobuf + "delimited", Protobuf + "delimited; escaping=underscores")]
    [InlineData(Protobuf + "text;escaping=dots", Protobuf + "text; escaping=dots")]
    [InlineData(Protobuf + "compact-text", Protobuf + "compact-text; escaping=underscores")]
    public async Task Scrape_Accept_SaysTheFormat(string accept, string contentType)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("GET", "/metrics", "", $"Accept: {accept}");

        Assert.Equal((200, contentType), (answer.Status, answer.Header("Content-Type")));
    }

    [Theory]
    [InlineData("allow-utf-8", "{\"a.b\",instance=\"\",job=\"j\"} 1")]
    [InlineData("underscores", "a_b{instance=\"\",job=\"j\"} 1")]
    [InlineData("dots", "a_dot_b{instance=\"\",job=\"j\"} 1")]
    [InlineData("values", "U__a_2e_b{instance=\"\",job=\"j\"} 1")]
    public async Task Scrape_Escaping_IsThatOfTheNames(string escaping, string sample)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.enable-utf8-names");
        await gateway.SendAsync("PUT", "/metrics/job/j", "{\"a.b\"} 1\n");

        RawAnswer answer = await gateway.SendAsync("GET", "/metrics", "", $"Accept: text/plain;escaping={escaping}");

        Assert.Contains(sample, answer.Body.Split('\n'));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Scrape_ZstdAccepted_IsTheSameCompressed(int series)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", string.Concat(Enumerable.Range(0, series).Select(i => $"x{{l=\"{i:d6}\"}} {i}\n")));
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{gateway.Port}/metrics?name[]=x");
        request.Headers.Add("Accept-Encoding", "zstd, gzip;q=0.5");

        using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(["zstd"], answer.Content.Headers.ContentEncoding);
        await using var zstd = new ZstdSharp.DecompressionStream(
            await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        using var reader = new StreamReader(zstd, Encoding.UTF8);
        string body = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            "# TYPE x untyped\n" + string.Concat(Enumerable.Range(0, series).Select(i => $"x{{instance=\"\",job=\"a\",l=\"{i:d6}\"}} {GoNumber.Format(i)}\n")),
            body);
    }

    [Fact]
    public async Task Scrape_GzipAccepted_IsTheSameCompressed()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{gateway.Port}/metrics");
        request.Headers.Add("Accept-Encoding", "gzip");

        using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(["gzip"], answer.Content.Headers.ContentEncoding);
        Assert.Equal(Text, answer.Content.Headers.ContentType!.ToString());
        await using var gzip = new GZipStream(
            await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.UTF8);
        string body = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("\nx{instance=\"\",job=\"a\"} 1\n", body);
    }

    [Fact]
    public async Task Scrape_ManySamples_IsWholeEachTime()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string body = string.Concat(Enumerable.Range(10_000, 20_000).Select(i => $"x{{l=\"{i}\"}} {i}\n"));
        await gateway.SendAsync("PUT", "/metrics/job/a", body);

        string[][] scrapes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => gateway.PushedSamplesAsync()));

        Assert.All(scrapes, samples => Assert.Equal(20_000, samples.Length));
        Assert.Equal("x{instance=\"\",job=\"a\",l=\"29999\"} 29999", scrapes[0][^1]);
    }
}
