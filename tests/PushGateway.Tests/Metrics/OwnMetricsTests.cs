using PushGateway.CommandLine;
using PushGateway.Core.Model;
using PushGateway.Core.Store.Consistency;
using PushGateway.Metrics;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Metrics;

public sealed class OwnMetricsTests : IDisposable
{
    private static readonly BuildInfo Build = new("1.2.3", "abc", "main", "u", "d", "10.0.1", "linux/amd64");

    private readonly ManualTime _time = new();
    private readonly GatewayMetrics _metrics;
    private readonly OwnMetrics _families;

    public OwnMetricsTests()
    {
        _metrics = new GatewayMetrics(new GatewayOptions(), Build, _time);
        _families = new OwnMetrics(_metrics, new GatewayOptions(), _time);
    }

    public void Dispose() => _families.Dispose();

    [Fact]
    public void Collect_UnusedGateway_HasWhatTheGoPushgatewayExposesFromItsStart() => Assert.Equal(
        _metrics.Reserved.Where(family => family.CorrectsHelp).Select(family => family.Name).Order(),
        OwnFamilies().Select(family => family.Name));

    [Fact]
    public void Collect_WithoutProcessMetrics_HasOnlyTheGatewaysWhoseNamesAreReserved()
    {
        var options = new GatewayOptions { DisableProcessMetrics = true };
        var metrics = new GatewayMetrics(options, Build, _time);
        using var families = new OwnMetrics(metrics, options, _time);

        Assert.Contains(families.Collect(), family => family.Name.ToString() == "pushgateway_build_info");
        Assert.All(metrics.Reserved, family => Assert.StartsWith("pushgateway_", family.Name.ToString()));
        Assert.Equal(
            _families.Collect().Select(family => family.Name.ToString())
                .Where(name => !name.StartsWith("process_", StringComparison.Ordinal) && !name.StartsWith("dotnet_", StringComparison.Ordinal)),
            families.Collect().Select(family => family.Name.ToString()));
    }

    [Fact]
    public void Collect_Always_IsSortedByName()
    {
        string[] names = [.. _families.Collect().Select(family => family.Name.ToString())];
        Assert.Equal(names.Distinct().Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public void Collect_BuildInfo_IsOneWithItsLabels()
    {
        Metric metric = Assert.Single(Find("pushgateway_build_info")!.Metrics);
        Assert.Equal(1, metric.Number);
        Assert.Equal(
            "branch=main,goarch=amd64,goos=linux,goversion=dotnet10.0.1,revision=abc,tags=unknown,version=1.2.3",
            Text(metric));
    }

    [Fact]
    public void Collect_UsedGateway_HasEachReservedFamilyAsItIsReserved()
    {
        _metrics.HttpRequests.WithLabels(["200", "push", "post"]).Add(1);
        _metrics.PushDuration.WithLabels(["post"]).Observe(0.5);
        _metrics.PushSize.WithLabels(["post"]).Observe(135);
        _metrics.Rejections.WithLabels(["series"]).Add(1);
        _metrics.EmptyPushes.WithLabels([]).Add(1);

        Assert.Equal(
            _metrics.Reserved.Select(family => (family.Name, family.Type, (Utf8String?)family.Help)).OrderBy(family => family.Name),
            OwnFamilies().Select(family => (family.Name, family.Type, family.Help)));
    }

    [Theory]
    [InlineData("pushgateway_lenient_pushes_total")]
    [InlineData("pushgateway_quarantined_groups")]
    [InlineData("pushgateway_persistence_restored_groups")]
    [InlineData("pushgateway_journal_fsync_duration_seconds")]
    public void Reserved_FamilyOfAnOption_OnlyWithTheOption(string name)
    {
        var options = new GatewayOptions { Lenient = true, QuarantineInconsistent = true, PersistenceFile = "store" };
        bool IsIt(ReservedFamily family) => family.Name == new Utf8String(name) && family.CorrectsHelp;

        Assert.DoesNotContain(_metrics.Reserved, IsIt);
        Assert.Contains(new GatewayMetrics(options, Build, _time).Reserved, IsIt);
    }

    [Fact]
    public void Collect_Counter_AddsUpByLabelsInOrder()
    {
        _metrics.HttpRequests.WithLabels(["400", "push", "put"]).Add(2);
        _metrics.HttpRequests.WithLabels(["200", "push", "put"]).Add(1);
        _metrics.HttpRequests.WithLabels(["200", "delete", "delete"]).Add(1);
        _metrics.HttpRequests.WithLabels(["200", "push", "put"]).Add(4);

        MetricFamily family = Find("pushgateway_http_requests_total")!;
        Assert.Equal(
            [
                ("code=200,handler=delete,method=delete", 1),
                ("code=200,handler=push,method=put", 5),
                ("code=400,handler=push,method=put", 2),
            ],
            family.Metrics.Select(metric => (Text(metric), metric.Number)));
        Assert.All(family.Metrics, metric => Assert.Equal(MetricType.Counter, metric.ValueType));
        Assert.All(family.Metrics, metric => Assert.Equal(new Timestamp(1_700_000_000, 0), metric.Created));
    }

    [Fact]
    public void Collect_BeforeCollect_UpdatesFirst()
    {
        int groups = 7;
        _metrics.BeforeCollect(() => _metrics.QuarantinedGroups.Single.Set(groups++));

        Assert.Equal(7, Assert.Single(Find("pushgateway_quarantined_groups")!.Metrics).Number);
        Assert.Equal(8, Assert.Single(Find("pushgateway_quarantined_groups")!.Metrics).Number);
    }

    [Fact]
    public void Collect_BeforeCollectThatThrows_ShowsTheOthers()
    {
        _metrics.BeforeCollect(() => throw new InvalidOperationException());
        _metrics.BeforeCollect(() => _metrics.QuarantinedGroups.Single.Set(7));

        Assert.NotNull(Find("pushgateway_quarantined_groups"));
        Assert.NotNull(Find("pushgateway_build_info"));
    }

    [Fact]
    public void Collect_CounterThatBecameNaN_StaysNaN()
    {
        Counter counter = _metrics.SnapshotFailures.Single;
        counter.Add(double.NaN);
        counter.Add(1);

        Assert.Equal(double.NaN, Assert.Single(Find("pushgateway_persistence_snapshot_failures_total")!.Metrics).Number);
    }

    [Fact]
    public void Collect_Summary_HasSumCountAndQuantiles()
    {
        for (int i = 0; i < 9; i++)
        {
            _metrics.PushSize.WithLabels(["put"]).Observe(140);
        }
        _metrics.PushSize.WithLabels(["put"]).Observe(135);

        Metric metric = Assert.Single(Find("pushgateway_http_push_size_bytes")!.Metrics);
        Assert.Equal(MetricType.Summary, metric.ValueType);
        Assert.Equal("method=put", Text(metric));
        Assert.Equal((9 * 140) + 135, metric.Summary!.SampleSum);
        Assert.Equal(10ul, metric.Summary.SampleCount);
        Assert.Equal([new(0.1, 135), new(0.5, 140), new(0.9, 140)], metric.Summary.Quantiles);
        Assert.Equal(new Timestamp(1_700_000_000, 0), metric.Summary.Created);
    }

    /// <summary>The rank of a quantile is as exact as the Go Pushgateway's objectives ask.</summary>
    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    public void Collect_SummaryOfMany_HasQuantilesWithinTheObjectives(int count)
    {
        // Every rank once, in an order that is neither sorted nor random.
        for (int i = 0; i < count; i++)
        {
            _metrics.PushDuration.WithLabels(["put"]).Observe((i * 7919L % count) / (double)count);
        }

        Summary summary = Assert.Single(Find("pushgateway_http_push_duration_seconds")!.Metrics).Summary!;
        Assert.Equal((ulong)count, summary.SampleCount);
        Assert.Equal((count - 1) / 2.0, summary.SampleSum!.Value, tolerance: 1e-6 * count);
        Assert.Equal([0.1, 0.5, 0.9], summary.Quantiles.Select(quantile => quantile.Rank));
        Assert.InRange(summary.Quantiles[0].Value, 0.09 - (1.0 / count), 0.11 + (1.0 / count));
        Assert.InRange(summary.Quantiles[1].Value, 0.45, 0.55);
        Assert.InRange(summary.Quantiles[2].Value, 0.89 - (1.0 / count), 0.91 + (1.0 / count));
    }

    [Fact]
    public void Observe_FourThreads_LosesNothing()
    {
        const int perThread = 20_000;
        Threads.RunOnFour(perThread, number =>
        {
            _metrics.PushSize.WithLabels(["put"]).Observe(number + 1);
            _metrics.HttpRequests.WithLabels(["200", "push", "put"]).Add(0.5);
        });

        Summary summary = Assert.Single(Find("pushgateway_http_push_size_bytes")!.Metrics).Summary!;
        Assert.Equal(4ul * perThread, summary.SampleCount);
        Assert.Equal((1 + 2 + 3 + 4) * (double)perThread, summary.SampleSum);
        Assert.Equal(2 * perThread, Assert.Single(Find("pushgateway_http_requests_total")!.Metrics).Number);
    }

    [Fact]
    public void Record_SeriesThatExists_DoesNotAllocate()
    {
        void Push()
        {
            _metrics.HttpRequests.WithLabels(["200", "push", "post"]).Add(1);
            _metrics.PushDuration.WithLabels(["post"]).Observe(0.5);
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
    public void Collect_SummaryOfTenMinutesAgo_KeepsSumAndCountOnly()
    {
        _metrics.PushSize.WithLabels(["put"]).Observe(135);
        _time.Advance(TimeSpan.FromMinutes(10));

        Summary summary = Assert.Single(Find("pushgateway_http_push_size_bytes")!.Metrics).Summary!;
        Assert.Equal((135, 1ul), (summary.SampleSum, summary.SampleCount));
        Assert.All(summary.Quantiles, quantile => Assert.Equal(double.NaN, quantile.Value));
    }

    private static string Text(Metric metric) =>
        string.Join(',', metric.Labels.Select(label => $"{label.Name}={label.Value}"));

    private IEnumerable<MetricFamily> OwnFamilies() =>
        _families.Collect().Where(family => !family.Name.ToString().StartsWith("dotnet_", StringComparison.Ordinal));

    private MetricFamily? Find(string name) =>
        _families.Collect().SingleOrDefault(family => family.Name == new Utf8String(name));
}
