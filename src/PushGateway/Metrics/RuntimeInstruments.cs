using System.Diagnostics.Metrics;
using PushGateway.Core.Model;

namespace PushGateway.Metrics;

/// <summary>
/// The instruments of the .NET runtime's own meter (System.Runtime: garbage collector, JIT, thread pool, locks), named
/// as OpenTelemetry's Prometheus exporter names them.
/// </summary>
/// <remarks>
/// Source: the OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility": dots become underscores, the
/// unit is spelt out as a suffix, and a counter ends in _total.
/// </remarks>
internal static class RuntimeInstruments
{
    private const string MeterName = "System.Runtime";

    /// <summary>Null for an instrument of another meter, and for one that process_* families show.</summary>
    public static InstrumentHeader? HeaderOf(Instrument instrument)
    {
        if (instrument.Meter.Name != MeterName ||
            instrument.Name is "dotnet.process.cpu.time" or "dotnet.process.memory.working_set")
        {
            return null;
        }

        InstrumentHeader header = Correct(InstrumentHeader.Of(instrument));
        string unit = instrument.Unit switch
        {
            "By" => "_bytes",
            "s" => "_seconds",
            _ => "", // A count of things, such as {collection}.
        };
        string total = header.Type == MetricType.Counter ? "_total" : "";
        return header with { Name = PrometheusName.Sanitize(header.Name) + unit + total };
    }

    /// <summary>
    /// Seen on .NET 10.0: two numbers that go up and down are declared as counters, against OpenTelemetry's semantic
    /// conventions, and the JIT's time has the description of another instrument.
    /// </summary>
    private static InstrumentHeader Correct(InstrumentHeader header) => header.Name switch
    {
        "dotnet.thread_pool.thread.count" or "dotnet.thread_pool.queue.length" =>
            header with { Type = MetricType.Gauge },
        "dotnet.jit.compilation.time" =>
            header with { Help = "The time the JIT compiler has spent compiling since the process has started." },
        _ => header,
    };
}
