using PushGateway.Core.Model;
using PushGateway.Metrics.Process;
using Xunit;

namespace PushGateway.Tests.Metrics.Process;

public sealed class RuntimeFamiliesTests : IDisposable
{
    private readonly RuntimeFamilies _families = new(TimeProvider.System);

    public void Dispose() => _families.Dispose();

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
    public void AddTo_Always_HasFamily(string name, MetricType type)
    {
        GC.Collect();

        MetricFamily? family = Find(name);
        Assert.NotNull(family);
        Assert.Equal(type, family.Type);
        Assert.NotNull(family.Help);
    }

    [Fact]
    public void AddTo_Collections_AreByGeneration()
    {
        Assert.Equal(
            ["gc_heap_generation=gen0", "gc_heap_generation=gen1", "gc_heap_generation=gen2"],
            Find("dotnet_gc_collections_total")!.Metrics.Select(Text).Order());
    }

    [Fact]
    public void AddTo_ExceptionThrown_IsCountedByType()
    {
        Assert.Throws<DataMisalignedException>(void () => throw new DataMisalignedException());

        Assert.Contains(
            "error_type=DataMisalignedException",
            Find("dotnet_exceptions_total")!.Metrics.Select(Text));
    }

    [Theory]
    [InlineData("dotnet_process_cpu_time_seconds_total")]
    [InlineData("dotnet_process_memory_working_set_bytes")]
    public void AddTo_FamilyThatProcessFamiliesShow_IsLeftOut(string name) => Assert.Null(Find(name));

    private static string Text(Metric metric) =>
        string.Join(',', metric.Labels.Select(label => $"{label.Name}={label.Value}"));

    private MetricFamily? Find(string name)
    {
        var families = new List<MetricFamily>();
        _families.AddTo(families);
        return families.SingleOrDefault(family => family.Name == new Utf8String(name));
    }
}
