using BenchmarkDotNet.Attributes;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Rendering;

namespace PushGateway.Benchmarks;

/// <summary>Families to the form in which they are stored: sample lines and hashes. MB/s are of the pushed body.</summary>
[MemoryDiagnoser]
public class RenderBenchmarks
{
    private readonly GroupingKey _key = Stores.KeyOf(0);
    private MetricFamily[] _families = [];

    public static IEnumerable<Body> TextBodies => [Bodies.Small, Bodies.Typical, Bodies.Large];

    [ParamsSource(nameof(TextBodies))]
    public Body Body { get; set; } = Bodies.Small;

    [GlobalSetup]
    public void Parse() => _families = [.. Body.ParseText()];

    [Benchmark]
    public int Render() => FamilyRenderer.Render(_families, _key, pushedAt: 0).Length;
}
