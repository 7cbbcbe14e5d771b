using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using FsCheck.Fluent;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Tests.Exposition;
using PushGateway.Tests.EndToEnd.Clients;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>Independent parsers of OpenMetrics: Prometheus, and Python's parser, which is stricter.</summary>
public sealed class OpenMetricsTests : GatewayTests
{
    private const string Flag = "--web.enable-openmetrics";
    private const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    [Fact]
    public async Task Scrape_EveryType_ArrivesWholeWithItsExemplars()
    {
        GatewayProcess gateway = await StartGatewayAsync(Flag);
        PrometheusProcess prometheus = StoppedAtTheEnd(
            await PrometheusProcess.StartAsync(gateway, "--enable-feature=exemplar-storage"));
        var now = new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), 250_000_000);

        await PushAsync(gateway, "job/types/instance/i", Counter("c_total", now), Counter("plain", now), Histogram("h", now));
        await gateway.PushAsync("job/text/instance/i", "# TYPE s summary\ns{quantile=\"0.9\"} 4\ns_sum 5\ns_count 6\nu 1e+100\n");

        await prometheus.WaitForQueryAsync("c_total", "instance=i,job=types 3");
        await prometheus.WaitForQueryAsync("c_created", "instance=i,job=types 1500000000");
        await prometheus.WaitForQueryAsync("plain", "instance=i,job=types 3");
        await prometheus.WaitForQueryAsync("h_bucket", "instance=i,job=types,le=1.0 2", "instance=i,job=types,le=+Inf 3");
        await prometheus.WaitForQueryAsync("h_sum + h_count", "instance=i,job=types 10.5");
        await prometheus.WaitForQueryAsync("s", "instance=i,job=text,quantile=0.9 4");
        await prometheus.WaitForQueryAsync("u", "instance=i,job=text 1e+100");
        await prometheus.WaitForExemplarsAsync("c_total", $"trace_id=t1 2.5 {now.Seconds}.250");
        await prometheus.WaitForExemplarsAsync("h_bucket", $"trace_id=t2 0.5 {now.Seconds}.250");
        await prometheus.AssertScrapesAreCleanAsync();
    }

    /// <summary>A sample of 0 at the start makes the first value of a counter an increase.</summary>
    [Theory]
    [InlineData("OpenMetricsText1.0.0")]
    [InlineData("PrometheusProto")]
    public async Task Scrape_StartTime_BecomesASampleOfZero(string protocol)
    {
        GatewayProcess gateway = await StartGatewayAsync(Flag);
        PrometheusProcess prometheus = StoppedAtTheEnd(
            await PrometheusProcess.StartWithProtocolAsync(gateway, protocol, "created-timestamp-zero-ingestion"));
        var start = new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 20, 0);

        MetricFamily counter = Counter("c_total", start);
        counter.Metrics[0].Created = start;
        await PushAsync(gateway, "job/types/instance/i", counter);

        await prometheus.WaitForQueryAsync("c_total", "instance=i,job=types 3");
        (long at, double value) = (await prometheus.SamplesAsync("c_total"))[0];
        Assert.Equal((1000 * start.Seconds, 0.0), (at, value));
        await prometheus.AssertScrapesAreCleanAsync();
    }

    [Theory]
    [InlineData("--no-web.enable-openmetrics")]
    [InlineData(Flag)]
    public async Task Quantile_OfClassicBuckets_IsInTheNativeBucket(string flag)
    {
        GatewayProcess gateway = await StartGatewayAsync("--web.native-histograms=classic", flag);
        PrometheusProcess native = StoppedAtTheEnd(await PrometheusProcess.StartAsync(gateway, "--enable-feature=native-histograms"));
        PrometheusProcess classic = StoppedAtTheEnd(await PrometheusProcess.StartAsync(gateway));
        using var body = new ByteArrayContent(NativeHistogramPush.Delimited("native_seconds"));
        await PutAsync(gateway, "job/native/instance/i", body);

        await native.WaitForQueryAsync("histogram_count(native_seconds)", "instance=i,job=native 5");
        await classic.WaitForQueryAsync("native_seconds_count", "instance=i,job=native 5");

        // Schema 0: each bucket ends at the double of where it begins.
        foreach (string rank in (string[])["0.3", "0.5", "0.7", "0.9", "0.99", "1"])
        {
            long at = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            double expected = await native.EvaluateAsync($"histogram_quantile({rank}, native_seconds)", at);
            double actual = await classic.EvaluateAsync($"histogram_quantile({rank}, native_seconds_bucket)", at);
            Assert.InRange(actual, expected / 2, expected * 2);
            Assert.Equal(Math.Ceiling(Math.Log2(expected) - 1e-9), Math.Ceiling(Math.Log2(actual) - 1e-9));
        }
        await native.AssertScrapesAreCleanAsync();
        await classic.AssertScrapesAreCleanAsync();
    }

    /// <summary>Whatever was pushed and accepted.</summary>
    [Fact]
    public async Task Scrape_AnythingThatIsAccepted_IsReadByPython()
    {
        GatewayProcess gateway = await StartGatewayAsync(
            Flag, "--web.native-histograms=classic", "--push.enable-utf8-names", "--web.enable-admin-api");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("openmetrics-test-");
        try
        {
            int accepted = 0;
            foreach (MetricFamily[] families in OpenMetricsFamilies.Any.Generator.ArrayOf(12).Sample(150))
            {
                accepted += await PushAllAsync(gateway, families);
                foreach (string escaping in (string[])["underscores", "dots", "values"])
                {
                    await File.WriteAllTextAsync(
                        Path.Combine(folder.FullName, $"{accepted:d6}-{escaping}"),
                        await ScrapeAsync(gateway, $"application/openmetrics-text;version=1.0.0;escaping={escaping}"),
                        TestContext.Current.CancellationToken);
                }
                using HttpResponseMessage wiped = await gateway.Client.PutAsync("/api/v1/admin/wipe", null, TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.Accepted, wiped.StatusCode);
            }

            string read = await ClientPrograms.RunPythonAsync(ClientPrograms.PathOf("python", "read_openmetrics.py"), folder.FullName);

            Assert.InRange(accepted, 500, 12 * 150);
            Assert.InRange(int.Parse(read, CultureInfo.InvariantCulture), accepted, int.MaxValue);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(Flag)]
    [InlineData(Flag, "--enable-feature=exemplar-storage")]
    [InlineData("--no-web.enable-openmetrics")]
    [InlineData("--no-web.enable-openmetrics", "--enable-feature=native-histograms")] // asks for protobuf
    public async Task Scrape_AnythingThatIsAccepted_IsReadByPrometheus(string flag, params string[] flags)
    {
        GatewayProcess gateway = await StartGatewayAsync(flag, "--web.native-histograms=classic", "--push.enable-utf8-names", "--web.enable-admin-api");
        PrometheusProcess prometheus = StoppedAtTheEnd(await PrometheusProcess.StartAsync(gateway, flags));
        int marker = 0;
        foreach (MetricFamily[] families in OpenMetricsFamilies.Any.Generator.ArrayOf(200).Sample(5))
        {
            await PushAllAsync(gateway, families);
            await gateway.PushAsync("job/marker", $"marker {++marker}\n");
            await prometheus.WaitForQueryAsync("marker", $"job=marker {marker}");
            await prometheus.WaitForQueryAsync("count(up == 1)", " 1");
        }
        if (flag == Flag)
        {
            await prometheus.AssertScrapesAreCleanAsync();
            return;
        }

        // Text and protobuf show what was pushed, a bucket twice if so. Prometheus 3 reads the first one, and counts the other.
        await prometheus.AssertIsUpAsync();
    }

    /// <summary>Pushes each family to one of five groups. Returns how many were accepted.</summary>
    private static async Task<int> PushAllAsync(GatewayProcess gateway, MetricFamily[] families)
    {
        int accepted = 0;
        for (int i = 0; i < families.Length; i++)
        {
            using ByteArrayContent body = Body(families[i]);
            using HttpResponseMessage answer = await gateway.Client.PostAsync(
                $"/metrics/job/j{i % 5}", body, TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{answer.StatusCode}");
            accepted += answer.StatusCode == HttpStatusCode.OK ? 1 : 0;
        }
        return accepted;
    }

    private static async Task<string> ScrapeAsync(GatewayProcess gateway, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using HttpResponseMessage answer = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("application/openmetrics-text", answer.Content.Headers.ContentType?.MediaType);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static async Task PushAsync(GatewayProcess gateway, string groupingKey, params MetricFamily[] families)
    {
        using ByteArrayContent body = Body(families);
        await PutAsync(gateway, groupingKey, body);
    }

    private static async Task PutAsync(GatewayProcess gateway, string groupingKey, ByteArrayContent body)
    {
        body.Headers.ContentType ??= MediaTypeHeaderValue.Parse(Protobuf);
        using HttpResponseMessage answer = await gateway.Client.PutAsync($"/metrics/{groupingKey}", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static ByteArrayContent Body(params MetricFamily[] families)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        Array.ForEach(families, family => ProtobufExposition.Write(family, bytes));
        var body = new ByteArrayContent(bytes.WrittenSpan.ToArray());
        body.Headers.ContentType = MediaTypeHeaderValue.Parse(Protobuf);
        return body;
    }

    private static MetricFamily Counter(string name, Timestamp now) => new()
    {
        Name = new(name),
        Type = MetricType.Counter,
        Metrics =
        [
            new()
            {
                ValueType = MetricType.Counter,
                Number = 3,
                Created = new(1_500_000_000, 0),
                Exemplar = new() { Labels = [new("trace_id", "t1")], Value = 2.5, Timestamp = now },
            },
        ],
    };

    private static MetricFamily Histogram(string name, Timestamp now) => new()
    {
        Name = new(name),
        Type = MetricType.Histogram,
        Metrics =
        [
            new()
            {
                ValueType = MetricType.Histogram,
                Histogram = new()
                {
                    SampleCount = 3,
                    SampleSum = 7.5,
                    Buckets =
                    [
                        new(1)
                        {
                            CumulativeCount = 2,
                            Exemplar = new() { Labels = [new("trace_id", "t2")], Value = 0.5, Timestamp = now },
                        },
                    ],
                },
            },
        ],
    };
}
