using BenchmarkDotNet.Attributes;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Output;

namespace PushGateway.Benchmarks;

/// <summary>A scrape and a JSON call of everything, without the network: 200,000 and 1,000,000 series.</summary>
[MemoryDiagnoser]
public class ReadBenchmarks
{
    private GroupStore _store = new([]);

    [Params(10_000, 50_000)]
    public int Groups { get; set; }

    [GlobalSetup]
    public void Load() => _store = Stores.Load(Groups);

    [Benchmark(Baseline = true)]
    public Task<long> Scrape() => ScrapeAsync(ExpositionFormat.Text);

    [Benchmark]
    public Task<long> ScrapeOpenMetrics() => ScrapeAsync(ExpositionFormat.OpenMetrics);

    [Benchmark]
    public long Json()
    {
        var output = new NullPipeWriter();
        foreach (MetricGroup group in _store.Snapshot.Groups)
        {
            GroupJson.Write(group, TimeZoneInfo.Utc, output);
        }
        return output.Written;
    }

    private async Task<long> ScrapeAsync(ExpositionFormat format)
    {
        var output = new NullPipeWriter();
        var exposition = new SnapshotExposition(_store.Snapshot.Families(), [], [], format, NameEscaping.Underscores);
        await exposition.WriteAsync(output, CancellationToken.None);
        return output.Written;
    }
}
