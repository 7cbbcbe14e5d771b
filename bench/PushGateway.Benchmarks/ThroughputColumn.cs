using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace PushGateway.Benchmarks;

/// <summary>MB/s: the bytes of the body that one core processes per second; empty if the benchmark has no body.</summary>
public sealed class ThroughputColumn : IColumn
{
    public string Id => nameof(ThroughputColumn);

    public string ColumnName => "MB/s";

    public bool AlwaysShow => false;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => "Millions of bytes of the body a second, on one core";

    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(benchmark => BodyOf(benchmark) is not null);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        const double bytesPerNanosecondToMegabytesPerSecond = 1e3;
        return BodyOf(benchmarkCase) is { } body && summary[benchmarkCase]?.ResultStatistics is { } statistics
            ? (body.Bytes.Length / statistics.Mean * bytesPerNanosecondToMegabytesPerSecond)
                .ToString("N0", CultureInfo.InvariantCulture)
            : "";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
        GetValue(summary, benchmarkCase);

    private static Body? BodyOf(BenchmarkCase benchmark) =>
        benchmark.Parameters.Items.FirstOrDefault(item => item.Value is Body)?.Value as Body;
}
