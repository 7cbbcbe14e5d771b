using System.Text.Json.Serialization;

namespace PushGateway.Http.Responses;

/// <summary>The data of <c>/api/v1/cluster</c>: the cluster as the replica knows it that answers.</summary>
/// <param name="Replica">The name of the replica that answers.</param>
/// <param name="Revision">The last write of the cluster.</param>
/// <param name="AppliedRevision">The last write that the replica has.</param>
/// <param name="Lag">How many writes are between them.</param>
/// <param name="LagSeconds">How long ago the first write was that the replica does not have.</param>
/// <param name="StalenessSeconds">How long ago the replica was known to have everything.</param>
/// <param name="Reason">Why pushes are not accepted; null if they are.</param>
/// <param name="Scrape">The value of --cluster.scrape.</param>
/// <param name="LeaseHolder">The name of the replica that expires groups; null if none does.</param>
/// <param name="DuplicateName">Whether another replica that runs has the same name.</param>
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

/// <param name="Target">Where Prometheus scrapes it; null if its name is no address.</param>
/// <param name="SeenSeconds">How long ago it last wrote that it is there.</param>
/// <param name="Running">Whether that is recent.</param>
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

/// <summary>Only for relabelling: Prometheus drops labels with such names afterwards.</summary>
internal sealed record TargetLabels(
    [property: JsonPropertyName("__meta_pushgateway_cluster")] string Cluster,
    [property: JsonPropertyName("__meta_pushgateway_replica")] string Replica,
    [property: JsonPropertyName("__meta_pushgateway_version")] string Version);
