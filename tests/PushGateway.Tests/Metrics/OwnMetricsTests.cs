using System.Diagnostics.Metrics;
using PushGateway.Core.Model;
using PushGateway.Metrics;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Metrics;

public sealed class OwnMetricsTests : IDisposable
{
    private static readonly BuildLabels Build = new("1.2.3", "abc", "main", "dotnet10", "linux", "amd64");

    private readonly Meter _meter = new("test");
    private readonly ManualTime _time = new();
    private readonly OwnMetrics _families;

    public OwnMetricsTests() => _families = new OwnMetrics(_meter, _time);

    public void Dispose()
    {
        _families.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Collect_UnusedGateway_HasWhatTheGoOneExposesFromItsStart()
    {
        _ = new GatewayMetrics(_meter, Build);

        IEnumerable<string> names = _families.Collect().Select(family => family.Name.ToString()).Where(name => !IsRuntime(name));
        Assert.Equal(
            OwnMetricDefinitions.Reserved.Where(family => family.CorrectsHelp).Select(family => family.Name.ToString())
                .Order(StringComparer.Ordinal),
            names);
    }

    [Fact]
    public void Collect_Always_IsSortedByName()
    {
        _ = new GatewayMetrics(_meter, Build);

        string[] names = [.. _families.Collect().Select(family => family.Name.ToString())];
        Assert.Equal(names.Distinct().Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public void Collect_BuildInfo_IsOneWithItsLabels()
    {
        _ = new GatewayMetrics(_meter, Build);

        Metric metric = Assert.Single(Find("pushgateway_build_info")!.Metrics);
        Assert.Equal(1, metric.Number);
        Assert.Equal(
            "branch=main,goarch=amd64,goos=linux,goversion=dotnet10,revision=abc,tags=unknown,version=1.2.3",
            Text(metric));
    }

    [Fact]
    public void Collect_GatewayInstruments_AgreeWithTheCatalogue()
    {
        var metrics = new GatewayMetrics(_meter, Build);
        metrics.HttpRequests.Add(1, new("code", "200"), new("handler", "push"), new("method", "post"));
        metrics.PushDuration.Record(0.5, new KeyValuePair<string, object?>("method", "post"));
        metrics.PushSize.Record(135, new KeyValuePair<string, object?>("method", "post"));
        metrics.LimitRejections.Add(1, new KeyValuePair<string, object?>("limit", "series"));
        metrics.CrossSite.Add(1);

        IEnumerable<MetricFamily> families = _families.Collect().Where(family => !IsRuntime(family.Name.ToString()));
        Assert.Equal(
            OwnMetricDefinitions.Reserved.Select(family => (family.Name, family.Type, (Utf8String?)family.Help))
                .OrderBy(family => family.Name),
            families.Select(family => (family.Name, family.Type, family.Help)));
    }

    [Fact]
    public void Collect_Counter_AddsUpBySetOfTags()
    {
        Counter<long> counter = _meter.CreateCounter<long>("c_total", description: "Help.");
        counter.Add(1, new("b", "x"), new("a", "y"));
        counter.Add(2, new("a", "y"), new("b", "x"));
        counter.Add(4, new("b", "w"), new("a", "y"));
        counter.Add(8);

        MetricFamily family = Find("c_total")!;
        Assert.Equal(MetricType.Counter, family.Type);
        Assert.Equal("Help.", family.Help.ToString());
        Assert.Equal(
            [("", 8), ("a=y,b=w", 4), ("a=y,b=x", 3)],
            family.Metrics.Select(metric => (Text(metric), metric.Number)));
        Assert.All(family.Metrics, metric => Assert.Equal(MetricType.Counter, metric.ValueType));
        Assert.All(family.Metrics, metric => Assert.Equal(new Timestamp(1_700_000_000, 0), metric.Created));
    }

    [Fact]
    public void Collect_SameValuesUnderOtherTags_AreOtherSeries()
    {
        Counter<long> counter = _meter.CreateCounter<long>("c_total");
        counter.Add(1, new("a", "x"), new("b", "y"));
        counter.Add(2, new("a", "y"), new("b", "x"));

        Assert.Equal(
            [("a=x,b=y", 1), ("a=y,b=x", 2)],
            Find("c_total")!.Metrics.Select(metric => (Text(metric), metric.Number)));
    }

    [Fact]
    public void Collect_TagThatIsNoString_ShowsItsInvariantText()
    {
        _meter.CreateCounter<int>("c_total").Add(1, new KeyValuePair<string, object?>("share.used", 0.5));

        Assert.Equal("share_used=0.5", Text(Assert.Single(Find("c_total")!.Metrics)));
    }

    [Fact]
    public void Collect_InstrumentWithoutDescription_HasNoHelp()
    {
        _meter.CreateCounter<int>("c_total").Add(1);

        Assert.Null(Find("c_total")!.Help);
    }

    [Fact]
    public void Collect_Gauges_ShowSumOrLastValue()
    {
        UpDownCounter<int> upDown = _meter.CreateUpDownCounter<int>("up_down");
        upDown.Add(5);
        upDown.Add(-7);
        Gauge<double> gauge = _meter.CreateGauge<double>("gauge");
        gauge.Record(5);
        gauge.Record(1.5);

        Assert.Equal((MetricType.Gauge, -2), TypeAndValue("up_down"));
        Assert.Equal((MetricType.Gauge, 1.5), TypeAndValue("gauge"));
    }

    [Fact]
    public void Collect_ObservableInstruments_ShowWhatTheyReportNow()
    {
        Measurement<long>[] reported = [new(3, new KeyValuePair<string, object?>("k", "a"))];
        _meter.CreateObservableCounter("oc_total", () => reported);
        _meter.CreateObservableUpDownCounter("oud", () => 4L);
        Assert.Equal((MetricType.Counter, 3), TypeAndValue("oc_total"));
        Assert.Equal((MetricType.Gauge, 4), TypeAndValue("oud"));

        reported = [new(5, new KeyValuePair<string, object?>("k", "b"))];
        Assert.Equal("k=b", Text(Assert.Single(Find("oc_total")!.Metrics)));

        reported = [];
        Assert.Null(Find("oc_total"));
    }

    [Fact]
    public void Collect_CallbackThatThrows_LeavesItsFamilyOut()
    {
        _meter.CreateObservableGauge("bad", int () => throw new InvalidOperationException());
        _meter.CreateObservableGauge("good", () => 1);

        Assert.Null(Find("bad"));
        Assert.Equal((MetricType.Gauge, 1), TypeAndValue("good"));
    }

    [Fact]
    public void Collect_Histogram_IsASummary()
    {
        Histogram<long> histogram = _meter.CreateHistogram<long>("h_bytes");
        histogram.Record(135);
        histogram.Record(140);

        Metric metric = Assert.Single(Find("h_bytes")!.Metrics);
        Assert.Equal(MetricType.Summary, metric.ValueType);
        Assert.Equal(275, metric.Summary!.SampleSum);
        Assert.Equal(2ul, metric.Summary.SampleCount);
        Assert.Equal([new(0.1, 135), new(0.5, 135), new(0.9, 140)], metric.Summary.Quantiles);
        Assert.Equal(new Timestamp(1_700_000_000, 0), metric.Summary.Created);
    }

    [Fact]
    public void Collect_OtherMeter_IsNotSeen()
    {
        using var other = new Meter("test");
        other.CreateCounter<int>("other_total").Add(1);

        Assert.Null(Find("other_total"));
    }

    [Fact]
    public void Record_SeriesThatExists_DoesNotAllocate()
    {
        var metrics = new GatewayMetrics(_meter, Build);
        void Push()
        {
            metrics.HttpRequests.Add(1, new("code", "200"), new("handler", "push"), new("method", "post"));
            metrics.PushDuration.Record(0.5, new KeyValuePair<string, object?>("method", "post"));
            metrics.PushSize.Record(135, new KeyValuePair<string, object?>("method", "post"));
        }

        Push();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Push();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Record_FourThreads_LosesNothing()
    {
        Counter<double> counter = _meter.CreateCounter<double>("c_total");
        Threads.RunOnFour(250_000, _ => counter.Add(0.5));

        Assert.Equal((MetricType.Counter, 500_000), TypeAndValue("c_total"));
    }

    [Fact]
    public void Collect_CounterThatBecameNaN_StaysNaN()
    {
        Counter<double> counter = _meter.CreateCounter<double>("c_total");
        counter.Add(double.NaN);
        counter.Add(1);

        Assert.Equal(double.NaN, TypeAndValue("c_total").Value);
    }

    [Theory]
    [InlineData("dotnet_assembly_count", MetricType.Gauge)]
    [InlineData("dotnet_gc_collections_total", MetricType.Counter)]
    [InlineData("dotnet_gc_heap_total_allocated_bytes_total", MetricType.Counter)]
    [InlineData("dotnet_gc_last_collection_heap_size_bytes", MetricType.Gauge)]
    [InlineData("dotnet_gc_last_collection_memory_committed_size_bytes", MetricType.Gauge)]
    [InlineData("dotnet_gc_pause_time_seconds_total", MetricType.Counter)]
    [InlineData("dotnet_jit_compilation_time_seconds_total", MetricType.Counter)]
    [InlineData("dotnet_jit_compiled_methods_total", MetricType.Counter)]
    [InlineData("dotnet_monitor_lock_contentions_total", MetricType.Counter)]
    [InlineData("dotnet_thread_pool_queue_length", MetricType.Gauge)]
    [InlineData("dotnet_thread_pool_thread_count", MetricType.Gauge)]
    [InlineData("dotnet_thread_pool_work_item_count_total", MetricType.Counter)]
    [InlineData("dotnet_timer_count", MetricType.Gauge)]
    public void Collect_Runtime_HasFamily(string name, MetricType type)
    {
        GC.Collect();

        MetricFamily? family = Find(name);
        Assert.NotNull(family);
        Assert.Equal(type, family.Type);
        Assert.NotNull(family.Help);
    }

    [Fact]
    public void Collect_RuntimeCollections_AreByGeneration()
    {
        Assert.Equal(
            ["gc_heap_generation=gen0", "gc_heap_generation=gen1", "gc_heap_generation=gen2"],
            Find("dotnet_gc_collections_total")!.Metrics.Select(Text));
    }

    [Fact]
    public void Collect_ExceptionThrown_IsCountedByType()
    {
        Assert.Throws<DataMisalignedException>(void () => throw new DataMisalignedException());

        Assert.Contains(
            "error_type=DataMisalignedException",
            Find("dotnet_exceptions_total")!.Metrics.Select(Text));
    }

    [Theory]
    [InlineData("dotnet_process_cpu_time_seconds_total")]
    [InlineData("dotnet_process_memory_working_set_bytes")]
    public void Collect_RuntimeFamilyThatProcessFamiliesShow_IsLeftOut(string name) => Assert.Null(Find(name));

    private static bool IsRuntime(string name) => name.StartsWith("dotnet_", StringComparison.Ordinal);

    private static string Text(Metric metric) =>
        string.Join(',', metric.Labels.Select(label => $"{label.Name}={label.Value}"));

    private MetricFamily? Find(string name) =>
        _families.Collect().SingleOrDefault(family => family.Name == new Utf8String(name));

    private (MetricType Type, double Value) TypeAndValue(string name)
    {
        MetricFamily family = Find(name)!;
        return (family.Type, Assert.Single(family.Metrics).Number);
    }
}
