using PushGateway.CommandLine;
using PushGateway.Core.Exposition;

namespace PushGateway.Metrics;

/// <summary>Counts what OpenMetrics scrapes convert or omit, by reason. Without the flag, the metric does not exist.</summary>
internal sealed class OpenMetricsStatistics
{
    private readonly (OpenMetricsConversion Reason, Counter Counter)[] _counters = [];

    public OpenMetricsStatistics(GatewayMetrics metrics, GatewayOptions options)
    {
        if (options.EnableOpenMetrics)
        {
            _counters = Array.ConvertAll(
                OpenMetricsConversions.Reasons, reason => (reason, metrics.OpenMetricsConversions.WithLabels([TextOf(reason)])));
        }
    }

    /// <summary>Adds the counts of one scrape.</summary>
    public void Add(OpenMetricsConversions conversions)
    {
        foreach ((OpenMetricsConversion reason, Counter counter) in _counters)
        {
            if (conversions[reason] > 0)
            {
                counter.Add(conversions[reason]);
            }
        }
    }

    private static string TextOf(OpenMetricsConversion reason) => reason switch
    {
        OpenMetricsConversion.CounterName => "counter_name",
        OpenMetricsConversion.CounterValue => "counter_value",
        OpenMetricsConversion.NameClash => "name_clash",
        OpenMetricsConversion.Distribution => "distribution",
        OpenMetricsConversion.DuplicateSeries => "duplicate_series",
        OpenMetricsConversion.Exemplar => "exemplar",
        _ => "unit",
    };
}
