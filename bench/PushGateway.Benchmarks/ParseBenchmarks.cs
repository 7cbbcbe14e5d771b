using System.Buffers;
using BenchmarkDotNet.Attributes;
using PushGateway.Core.Model;

namespace PushGateway.Benchmarks;

[MemoryDiagnoser]
public class ParseTextBenchmarks
{
    /// <summary>The size of Kestrel's blocks. A large body arrives in many of them.</summary>
    private const int SegmentBytes = 4096;

    private byte[][] _segments = [];

    public static IEnumerable<Body> TextBodies =>
        [Bodies.Small, Bodies.Group(7), Bodies.Typical, Bodies.Buckets, Bodies.Large];

    [ParamsSource(nameof(TextBodies))]
    public Body Body { get; set; } = Bodies.Small;

    [GlobalSetup]
    public void Split() => _segments = [.. Body.Bytes.Chunk(SegmentBytes)];

    [Benchmark]
    public List<MetricFamily> ParseText() => Body.ParseText();

    /// <summary>The parser needs contiguous bytes, so the server copies a body to a buffer that doubles.</summary>
    [Benchmark]
    public int ParseTextInSegments()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(SegmentBytes);
        int length = 0;
        foreach (byte[] segment in _segments)
        {
            if (buffer.Length - length < segment.Length)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }
            segment.CopyTo(buffer, length);
            length += segment.Length;
        }
        int families = Benchmarks.Body.ParseText(buffer.AsMemory(0, length)).Count;
        ArrayPool<byte>.Shared.Return(buffer);
        return families;
    }
}

[MemoryDiagnoser]
public class ParseProtobufBenchmarks
{
    public static IEnumerable<Body> ProtobufBodies =>
        new[] { Bodies.Small, Bodies.Group(7), Bodies.Typical, Bodies.Buckets, Bodies.Large, Bodies.LargeBuckets }
            .Select(Bodies.ToProtobuf);

    [ParamsSource(nameof(ProtobufBodies))]
    public Body Body { get; set; } = Bodies.Small;

    [Benchmark]
    public List<MetricFamily> ParseProtobuf() => Body.ParseProtobuf();
}

/// <summary>Beside <see cref="ParseTextBenchmarks.ParseText"/>, with the same families.</summary>
[MemoryDiagnoser]
public class ParseOpenMetricsBenchmarks
{
    public static IEnumerable<Body> OpenMetricsBodies => ParseTextBenchmarks.TextBodies.Select(Bodies.ToOpenMetrics);

    [ParamsSource(nameof(OpenMetricsBodies))]
    public Body Body { get; set; } = Bodies.Small;

    [Benchmark]
    public List<MetricFamily> ParseOpenMetrics() => Body.ParseOpenMetrics();
}
