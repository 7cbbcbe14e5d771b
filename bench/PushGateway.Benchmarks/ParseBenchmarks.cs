using BenchmarkDotNet.Attributes;
using PushGateway.Core.Model;

namespace PushGateway.Benchmarks;

[MemoryDiagnoser]
public class ParseTextBenchmarks
{
    public static IEnumerable<Body> TextBodies => [Bodies.Small, Bodies.Typical, Bodies.Large];

    [ParamsSource(nameof(TextBodies))]
    public Body Body { get; set; } = Bodies.Small;

    [Benchmark]
    public List<MetricFamily> ParseText() => Body.ParseText();
}

[MemoryDiagnoser]
public class ParseProtobufBenchmarks
{
    public static IEnumerable<Body> ProtobufBodies =>
        [Bodies.ToProtobuf(Bodies.Small), Bodies.ToProtobuf(Bodies.Typical), Bodies.ToProtobuf(Bodies.Large)];

    [ParamsSource(nameof(ProtobufBodies))]
    public Body Body { get; set; } = Bodies.Small;

    [Benchmark]
    public List<MetricFamily> ParseProtobuf() => Body.ParseProtobuf();
}
