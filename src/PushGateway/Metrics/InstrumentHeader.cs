using System.Diagnostics.Metrics;
using PushGateway.Core.Model;

namespace PushGateway.Metrics;

/// <summary>What an instrument's family is called on /metrics, and how it is explained.</summary>
internal sealed record InstrumentHeader(string Name, MetricType Type, string? Help)
{
    /// <summary>
    /// An instrument under its own name. A Counter is a counter, a Histogram a summary, all else a gauge.
    /// </summary>
    public static InstrumentHeader Of(Instrument instrument)
    {
        Type kind = instrument.GetType().GetGenericTypeDefinition();
        MetricType type = kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? MetricType.Counter
            : kind == typeof(Histogram<>) ? MetricType.Summary
            : MetricType.Gauge;
        return new InstrumentHeader(instrument.Name, type, instrument.Description);
    }
}
