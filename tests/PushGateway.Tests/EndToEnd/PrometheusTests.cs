using System.Net;
using System.Net.Http.Headers;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>A real Prometheus that scrapes the gateway with honor_labels.</summary>
public sealed class PrometheusTests : GatewayTests
{
    private const string Alert = "TooManyDataFiles";

    private int _marker;

    [Fact]
    public async Task Scrape_PushedGauge_KeepsPushedLabelsAndFiresTheAlert()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        PrometheusProcess prometheus = StoppedAtTheEnd(await PrometheusProcess.StartAsync(gateway));

        await PushAsync(gateway, "job/batch/instance/host-1", "# TYPE data_file_num gauge\ndata_file_num 8\n");
        await PushAsync(gateway, "job/batch", "# TYPE data_file_num gauge\ndata_file_num{kind=\"x\"} 7\n");

        // A label with an empty value is no label: without honor_labels, the target's own instance would stand there.
        await prometheus.WaitForQueryAsync("data_file_num", "instance=host-1,job=batch 8", "job=batch,kind=x 7");
        await prometheus.WaitForAlertAsync(Alert, "firing");
        await prometheus.AssertScrapesAreCleanAsync();
    }

    [Fact]
    public async Task Scrape_AfterAPutAndADelete_AlertAndSeriesEnd()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        PrometheusProcess prometheus = StoppedAtTheEnd(await PrometheusProcess.StartAsync(gateway));
        await PushAsync(gateway, "job/batch/instance/host-1", "data_file_num 8\n");
        await prometheus.WaitForAlertAsync(Alert, "firing");

        await PushAsync(gateway, "job/batch/instance/host-1", "data_file_num 3\n");
        await prometheus.WaitForAlertAsync(Alert, null);
        await prometheus.WaitForQueryAsync("data_file_num", "instance=host-1,job=batch 3");
        using HttpResponseMessage answer = await gateway.Client.DeleteAsync(
            "/metrics/job/batch/instance/host-1", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await prometheus.WaitForQueryAsync("data_file_num");
        await prometheus.AssertScrapesAreCleanAsync();
    }

    /// <summary>Sums of pushes by many processes equal one registry for all of them.</summary>
    [Fact]
    public async Task Scrape_SummedPushes_AreThoseOfOneRegistry()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        PrometheusProcess prometheus = StoppedAtTheEnd(await PrometheusProcess.StartAsync(gateway));
        (int Low, int Middle, int All)[] processes = [(3, 5, 9), (0, 4, 4), (7, 7, 20), (1, 1, 1), (0, 0, 6)];
        await SumOfAsync(processes[0]);
        await prometheus.WaitForQueryAsync("c_total{job=\"summed\"}", "job=summed 9");
        foreach ((int, int, int) process in processes[1..])
        {
            await SumOfAsync(process);
        }

        await PushAsync(gateway, "job/whole", Body(processes.Sum(one => one.Low), processes.Sum(one => one.Middle), processes.Sum(one => one.All)));

        await prometheus.WaitForQueryAsync("c_total", "job=summed 40", "job=whole 40");
        foreach (string quantile in (string[])["0.1", "0.5", "0.9"])
        {
            await prometheus.WaitForQueryAsync(
                $"histogram_quantile({quantile}, h_bucket{{job=\"summed\"}})"
                + $" - ignoring(job) histogram_quantile({quantile}, h_bucket{{job=\"whole\"}})",
                " 0");
        }
        await prometheus.AssertScrapesAreCleanAsync();

        Task SumOfAsync((int Low, int Middle, int All) process) =>
            SumAsync(gateway, "job/summed", Body(process.Low, process.Middle, process.All));

        static string Body(int low, int middle, int all) =>
            $"# TYPE c_total counter\nc_total {all}\n# TYPE h histogram\nh_bucket{{le=\"0.1\"}} {low}\nh_bucket{{le=\"1\"}} {middle}\n"
            + $"h_bucket{{le=\"+Inf\"}} {all}\nh_sum {all * 2}\nh_count {all}\n";
    }

    /// <summary>
    /// <c>increase()</c> between two scrapes is what was pushed between them; after a deletion, which is a reset, too.
    /// </summary>
    [Fact]
    public async Task Increase_OfASummedCounter_IsWhatWasPushed()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        PrometheusProcess prometheus = StoppedAtTheEnd(await PrometheusProcess.StartAsync(gateway));
        int sum = 0;
        int increase = 0;
        foreach (int[] pushesBeforeAScrape in (int[][])[[9], [4, 7], [1], [2, 2, 6], [3]])
        {
            foreach (int amount in pushesBeforeAScrape)
            {
                await SumAsync(gateway, "job/summed", $"# TYPE c_total counter\nc_total {amount}\n");
                increase += sum == 0 ? 0 : amount;
                sum += amount;
            }
            await prometheus.WaitForQueryAsync("c_total", $"job=summed {sum}");
        }
        await AssertIncreaseAsync(prometheus, first: 9, last: 34, increase);

        using (HttpResponseMessage answer = await gateway.Client.DeleteAsync(
            "/metrics/job/summed", TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }
        await prometheus.WaitForQueryAsync("c_total");
        await SumAsync(gateway, "job/summed", "# TYPE c_total counter\nc_total 5\n");
        await prometheus.WaitForQueryAsync("c_total", "job=summed 5");
        await AssertIncreaseAsync(prometheus, first: 9, last: 5, increase + 5);
    }

    /// <summary>
    /// From the first scrape of a value to the last one. The window begins a millisecond before it, so that every version of
    /// Prometheus counts it in, and extrapolates over that millisecond.
    /// </summary>
    private static async Task AssertIncreaseAsync(PrometheusProcess prometheus, double first, double last, double expected)
    {
        (long At, double Value)[] samples = await prometheus.SamplesAsync("c_total");
        long from = samples.First(sample => sample.Value == first).At;
        long to = samples.Last().At;
        Assert.Equal(last, samples.Last().Value);

        double increase = await prometheus.EvaluateAsync(
            FormattableString.Invariant($"increase(c_total[{to - from + 1}ms])"), to);

        Assert.Equal(expected * (to - from + 1) / (to - from), increase, 1e-9);
    }

    private static async Task SumAsync(GatewayProcess gateway, string groupingKey, string text)
    {
        using var push = new HttpRequestMessage(HttpMethod.Post, $"/metrics/{groupingKey}") { Content = new StringContent(text) };
        push.Headers.Add("Pushgateway-Merge", "sum");
        using HttpResponseMessage answer = await gateway.Client.SendAsync(push, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>No push with accepted labels may make Prometheus reject the whole scrape.</summary>
    [Fact]
    public async Task Scrape_AnyLabelsThatAreAccepted_IsTakenWhole()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        PrometheusProcess prometheus = StoppedAtTheEnd(await PrometheusProcess.StartAsync(gateway));
        string[] names = ["le", "quantile", "job", "instance", "__name__", "__meta", "a_b", "exported_job"];
        string[] bodies =
        [
            "plain{NAME=\"1\"} 1\n",
            "# TYPE total counter\ntotal{NAME=\"1\"} 1\n",
            "# TYPE h histogram\nh_bucket{NAME=\"1\",le=\"1\"} 1\nh_bucket{NAME=\"1\",le=\"+Inf\"} 1\nh_sum{NAME=\"1\"} 1\nh_count{NAME=\"1\"} 1\n",
            "# TYPE q summary\nq{NAME=\"1\",quantile=\"0.5\"} 1\nq_sum{NAME=\"1\"} 1\nq_count{NAME=\"1\"} 1\n",
        ];
        int accepted = 0;
        foreach (string name in names)
        {
            foreach (string body in bodies)
            {
                accepted += await TryPushAsync(gateway, $"job/labels/{name}_of/{name}", body.Replace("NAME", name, StringComparison.Ordinal)) ? 1 : 0;
                accepted += await TryPushAsync(gateway, $"job/keys/{name}/v", body.Replace("NAME=\"1\",", "", StringComparison.Ordinal)
                    .Replace("{NAME=\"1\"}", "", StringComparison.Ordinal)) ? 1 : 0;
            }
            await gateway.PushAsync("job/marker", $"marker {++_marker}\n");
            await prometheus.WaitForQueryAsync("marker", $"job=marker {_marker}");
            await prometheus.WaitForQueryAsync("count(up == 1)", " 1");
        }

        Assert.InRange(accepted, names.Length, 2 * names.Length * bodies.Length - 1);
        await prometheus.AssertScrapesAreCleanAsync();
    }

    [Theory]
    [InlineData]
    [InlineData("--enable-feature=native-histograms")] // asks for protobuf
    public async Task Scrape_EveryType_ArrivesWhole(params string[] flags)
    {
        GatewayProcess gateway = await StartGatewayAsync();
        PrometheusProcess prometheus = StoppedAtTheEnd(await PrometheusProcess.StartAsync(gateway, flags));

        await PushAsync(
            gateway,
            "job/types/instance/i",
            """
            # TYPE c counter
            c{quoted="\"\\\n"} 3
            # TYPE g gauge
            g NaN
            # TYPE h histogram
            h_bucket{le="0.5"} 1
            h_bucket{le="+Inf"} 3
            h_sum 7
            h_count 3
            # TYPE s summary
            s{quantile="0.9"} 4
            s_sum 5
            s_count 6
            u 1e+100

            """);

        await prometheus.WaitForQueryAsync("c", "instance=i,job=types,quoted=\"\\\n 3");
        await prometheus.WaitForQueryAsync("g", "instance=i,job=types NaN");
        await prometheus.WaitForQueryAsync(
            "h_bucket", "instance=i,job=types,le=0.5 1", "instance=i,job=types,le=+Inf 3");
        await prometheus.WaitForQueryAsync("h_sum + h_count", "instance=i,job=types 10");
        await prometheus.WaitForQueryAsync("s", "instance=i,job=types,quantile=0.9 4");
        await prometheus.WaitForQueryAsync("s_sum + s_count", "instance=i,job=types 11");
        await prometheus.WaitForQueryAsync("u == 1e100", "instance=i,job=types 1e+100");
        await prometheus.AssertScrapesAreCleanAsync();
    }

    [Fact]
    public async Task Scrape_NativeHistogram_IsOneInPrometheus()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        PrometheusProcess prometheus = StoppedAtTheEnd(
            await PrometheusProcess.StartAsync(gateway, "--enable-feature=native-histograms"));
        using var body = new ByteArrayContent(NativeHistogramPush.Delimited("native_seconds"));
        body.Headers.ContentType = MediaTypeHeaderValue.Parse(
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited");

        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            "/metrics/job/native/instance/i", body, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await prometheus.WaitForQueryAsync("histogram_count(native_seconds)", "instance=i,job=native 5");
        await prometheus.WaitForQueryAsync("histogram_sum(native_seconds)", "instance=i,job=native 7.5");
        await prometheus.WaitForQueryAsync("histogram_quantile(1, native_seconds)", "instance=i,job=native 4");
        await prometheus.AssertScrapesAreCleanAsync();
    }

    /// <summary>False if the gateway rejects the push.</summary>
    private static async Task<bool> TryPushAsync(GatewayProcess gateway, string groupingKey, string text)
    {
        using var body = new StringContent(text);
        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            $"/metrics/{groupingKey}", body, TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{answer.StatusCode}");
        return answer.StatusCode == HttpStatusCode.OK;
    }

    private static async Task PushAsync(GatewayProcess gateway, string groupingKey, string text)
    {
        using var body = new StringContent(text);
        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            $"/metrics/{groupingKey}", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
