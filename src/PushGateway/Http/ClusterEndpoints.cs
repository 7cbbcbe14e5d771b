using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.Durability.Postgres;
using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary><c>/api/v1/cluster</c>: the replicas and their progress, and the same list as targets for Prometheus.</summary>
internal sealed class ClusterEndpoints(
    ReplicaPresence presence,
    ReplicaStatus status,
    ReplicaService service,
    PostgresStore door,
    GatewayOptions options,
    IServer server,
    TimeProvider time)
{
    /// <summary>A replica reports its presence twice a second.</summary>
    private static readonly TimeSpan RunsWithin = TimeSpan.FromSeconds(5);

    /// <summary>The port that is registered for the Pushgateway.</summary>
    private const int DefaultPort = 9091;

    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        ClusterEndpoints endpoints = routes.ServiceProvider.GetRequiredService<ClusterEndpoints>();
        routes.MapGet($"{prefix}/api/v1/cluster", endpoints.WriteAsync)
            .Requires(Permissions.Read).WithRequestCounter(HandlerName.ApiCluster);
        routes.MapGet($"{prefix}/api/v1/cluster/targets", endpoints.WriteTargetsAsync)
            .Requires(Permissions.Read).WithRequestCounter(HandlerName.ApiClusterTargets);
    }

    private Task WriteAsync(HttpContext context)
    {
        ClusterView view = presence.View;
        long applied = status.AppliedRevision;
        long revision = Math.Max(view.Revision, applied);
        int port = Port();

        // The view has aged since it was read.
        TimeSpan age = time.GetElapsedTime(view.At);
        var response = new ClusterResponse(
            service.Cluster!.Name,
            service.Cluster.Database,
            presence.Name,
            revision,
            applied,
            revision - applied,
            applied == revision ? 0 : view.Lag.TotalSeconds,
            status.Staleness(time).TotalSeconds,
            door.Unavailability is null,
            door.Unavailability?.Reason,
            options.ClusterScrape.ToString().ToLowerInvariant(),
            service.ShowsGroups,
            view.Replicas.FirstOrDefault(replica => replica.HoldsLease)?.Name,
            presence.HasNamesake,
            view.Replicas.Select(replica => new ReplicaResponse(
                replica.Name,
                ClusterAddress.TargetOf(replica.Name, port),
                replica.Version,
                replica.AppliedRevision,
                Math.Max(0, revision - replica.AppliedRevision),
                (replica.Seen + age).TotalSeconds,
                replica.Instance == presence.Instance || replica.Seen + age < RunsWithin,
                replica.HoldsLease)));
        return context.Response.WriteDataAsync(response, ApiJson.Default.ApiResponseClusterResponse);
    }

    /// <summary>
    /// The targets. Replicas that shut down remove themselves. Crashed ones stay for an hour, so that Prometheus notices. While the
    /// database is unavailable, the list does not change.
    /// </summary>
    private Task WriteTargetsAsync(HttpContext context)
    {
        ClusterView view = presence.View;
        if (view == ClusterView.Unknown)
        {
            // After an error, Prometheus keeps its previous targets. An empty list would drop all of them.
            return context.Response.WriteNotReadyAsync("the replicas are not known yet");
        }
        int port = Port();
        IEnumerable<TargetGroup> groups =
            from replica in view.Replicas
            let target = ClusterAddress.TargetOf(replica.Name, port)
            where target is not null
            select new TargetGroup(
                [target], new TargetLabels(service.Cluster!.Name, replica.Name, replica.Version));
        context.Response.BeginJson();
        return JsonSerializer.SerializeAsync(context.Response.BodyWriter, groups, ApiJson.Default.IEnumerableTargetGroup);
    }

    /// <summary>The port of this gateway; the default port if it has none.</summary>
    private int Port() => server.ListenAddresses()
        .Select(text => ListenAddress.TryParse(text, out ListenAddress address, out _) ? address.Port : 0)
        .FirstOrDefault(port => port > 0, DefaultPort);
}
