namespace PushGateway.Telemetry;

/// <summary>The values of the label handler of pushgateway_http_requests_total.</summary>
public static class HandlerName
{
    /// <summary>Pushes by PUT and POST.</summary>
    public const string Push = "push";

    public const string Delete = "delete";

    public const string Healthy = "healthy";

    public const string Ready = "ready";

    /// <summary>The web UI's page.</summary>
    public const string Status = "status";

    /// <summary>The web UI's files.</summary>
    public const string Static = "static";

    public const string Wipe = "wipe";

    public const string ApiStatus = "api/v1/status";

    public const string ApiMetrics = "api/v1/metrics";

    /// <summary>The list of groups, and its deletions.</summary>
    public const string ApiGroups = "api/v1/groups";

    /// <summary>One group.</summary>
    public const string ApiGroup = "api/v1/group";

    public const string ApiStats = "api/v1/stats";

    /// <summary>Any OPTIONS request below api/v1.</summary>
    public const string ApiOptions = "api/v1/options";
}
