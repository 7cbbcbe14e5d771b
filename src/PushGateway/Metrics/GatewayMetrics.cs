using System.Diagnostics.Metrics;

namespace PushGateway.Metrics;

/// <summary>
/// The gateway's own instruments. An instrument's name is the name of its family on /metrics and its description the
/// help; <see cref="OwnMetrics"/> says which instrument becomes which type.
/// </summary>
public sealed class GatewayMetrics
{
    /// <summary>The name of the meter in the running gateway, for listeners from outside (dotnet-counters).</summary>
    public const string MeterName = "PushGateway";

    /// <remarks>The meter stays the caller's; its name is not looked at.</remarks>
    public GatewayMetrics(Meter meter, BuildLabels build)
    {
        HttpRequests = meter.CreateCounter<long>(
            OwnMetricDefinitions.HttpRequests.Name.ToString(),
            description: OwnMetricDefinitions.HttpRequests.Help.ToString());
        PushDuration = meter.CreateHistogram<double>(
            OwnMetricDefinitions.PushDuration.Name.ToString(),
            description: OwnMetricDefinitions.PushDuration.Help.ToString());
        PushSize = meter.CreateHistogram<long>(
            OwnMetricDefinitions.PushSize.Name.ToString(),
            description: OwnMetricDefinitions.PushSize.Help.ToString());

        LimitRejections = meter.CreateCounter<long>(
            OwnMetricDefinitions.LimitRejections.Name.ToString(),
            description: OwnMetricDefinitions.LimitRejections.Help.ToString());

        CrossSite = meter.CreateCounter<long>(
            OwnMetricDefinitions.CrossSite.Name.ToString(),
            description: OwnMetricDefinitions.CrossSite.Help.ToString());

        var one = new Measurement<int>(
            1,
            new("branch", build.Branch),
            new("goarch", build.GoArch),
            new("goos", build.GoOs),
            new("goversion", build.GoVersion),
            new("revision", build.Revision),
            new("tags", build.Tags),
            new("version", build.Version));
        meter.CreateObservableGauge(
            OwnMetricDefinitions.BuildInfo.Name.ToString(),
            () => one,
            description: OwnMetricDefinitions.BuildInfo.Help.ToString());
    }

    /// <summary>Tags: code, handler, method. Recorded by <see cref="RequestMetrics"/>.</summary>
    public Counter<long> HttpRequests { get; }

    /// <summary>Tag: limit. Recorded by <see cref="RequestMetrics"/>.</summary>
    public Counter<long> LimitRejections { get; }

    /// <summary>Recorded by <see cref="RequestMetrics"/>.</summary>
    public Counter<long> CrossSite { get; }

    /// <summary>Seconds. Tag: method. Recorded by <see cref="RequestMetrics"/>.</summary>
    public Histogram<double> PushDuration { get; }

    /// <summary>Bytes, see <see cref="RequestSize"/>. Tag: method. Recorded by <see cref="RequestMetrics"/>.</summary>
    public Histogram<long> PushSize { get; }
}
