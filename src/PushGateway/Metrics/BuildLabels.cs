namespace PushGateway.Metrics;

/// <summary>The label values of pushgateway_build_info, under the names that the Go Pushgateway gives them.</summary>
/// <remarks>
/// The labels keep their names for dashboards: <paramref name="GoVersion"/> is the runtime, such as "dotnet10.0.12";
/// <paramref name="GoOs"/> and <paramref name="GoArch"/> are in Go's words, such as "linux" and "amd64".
/// </remarks>
public sealed record BuildLabels(
    string Version,
    string Revision,
    string Branch,
    string GoVersion,
    string GoOs,
    string GoArch)
{
    /// <summary>Go's build tags, which this build does not have.</summary>
    public string Tags { get; init; } = "unknown";
}
