using System.Text.Json.Serialization;

namespace PushGateway.Http.Responses;

/// <summary>The data of <c>/api/v1/cluster</c>: the cluster as seen by the responding replica.</summary>
/// <param name="Replica">The name of the responding replica.</param>
/// <param name="Revision">The last write of the cluster.</param>
/// <param name="AppliedRevision">The last write that the replica has applied.</param>
/// <param name="Lag">The number of writes between the two.</param>
/// <param name="LagSeconds">The seconds since the first write that the replica has not applied.</param>
/// <param name="StalenessSeconds">The seconds since the replica was last known to be complete.</param>
/// <param name="Reason">Why pushes are not accepted; null if they are.</param>
/// <param name="Scrape">The value of --cluster.scrape.</param>
/// <param name="LeaseHolder">The name of the replica that expires groups; null if none does.</param>
/// <param name="DuplicateName">Whether another running replica has the same name.</param>
internal sealed record ClusterResponse(
    string Name,
    string Database,
    string Replica,
    long Revision,
    long AppliedRevision,
    long Lag,
    double LagSeconds,
    double StalenessSeconds,
    bool AcceptsPushes,
    string? Reason,
    string Scrape,
    bool ShowsGroups,
    string? LeaseHolder,
    bool DuplicateName,
    IEnumerable<ReplicaResponse> Replicas);

/// <param name="Target">The address for Prometheus; null if the name is not an address.</param>
/// <param name="SeenSeconds">The seconds since it last reported its presence.</param>
/// <param name="Running">Whether that report is recent.</param>
internal sealed record ReplicaResponse(
    string Name,
    string? Target,
    string Version,
    long AppliedRevision,
    long Lag,
    double SeenSeconds,
    bool Running,
    bool LeaseHolder);

/// <summary>
/// An element of Prometheus's HTTP service discovery:
/// https://prometheus.io/docs/prometheus/latest/http_sd/#http_sd-format
/// </summary>
internal sealed record TargetGroup(IEnumerable<string> Targets, TargetLabels Labels);

/// <summary>Only for relabelling. Prometheus then drops labels with such names.</summary>
internal sealed record TargetLabels(
    [property: JsonPropertyName("__meta_pushgateway_cluster")] string Cluster,
    [property: JsonPropertyName("__meta_pushgateway_replica")] string Replica,
    [property: JsonPropertyName("__meta_pushgateway_version")] string Version);
