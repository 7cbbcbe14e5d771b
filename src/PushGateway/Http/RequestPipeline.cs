using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.Http.Middleware;
using PushGateway.Logging;
using PushGateway.Ui;
using PushGateway.WebConfig;

namespace PushGateway.Http;

/// <summary>The middleware in order, and the endpoints.</summary>
internal static class RequestPipeline
{
    public static void Build(WebApplication app, GatewayOptions options)
    {
        string prefix = options.RoutePrefix;
        if (options.LogLevel == LogSeverity.Debug)
        {
            app.UseRequestLog();
        }
        app.UseMiddleware<ExceptionMiddleware>();
        if (options.WebConfigFile.Length > 0)
        {
            app.UseMiddleware<WebConfigMiddleware>();
        }
        app.UseMiddleware<CrossSiteMiddleware>(
            options.CorsOrigin.IsNone ? [] : [new CorsPolicy(options.CorsOrigin, prefix, options.DefaultJob.Length > 0)]);
        bool hasAccess = options.AccessConfigFile.Length > 0;
        if (hasAccess)
        {
            app.UseMiddleware<AuthenticationMiddleware>();
        }
        else if (options.WebConfigFile.Length > 0)
        {
            app.UseMiddleware<BasicAuthenticationMiddleware>();
        }
        app.UseMiddleware<PathNormalizationMiddleware>(options.Lenient ? [new LenientPaths(prefix)] : []);
        app.UseRouting();
        if (hasAccess)
        {
            app.UseMiddleware<AuthorizationMiddleware>();
        }
        if (options.MaxRequests.Count > 0)
        {
            app.UseMiddleware<ConcurrencyLimitMiddleware>(options.MaxRequests.Count, prefix);
        }
        app.UseMiddleware<ReadinessMiddleware>(prefix);
        app.UseMiddleware<GzipHeaderMiddleware>($"{prefix}/api/v1/", options.Lenient);
        app.UseMiddleware<MethodAndPathMiddleware>($"{prefix}/api/v1/");

        PushEndpoints.Map(app, prefix);
        ScrapeEndpoint.Map(app, ScrapePath(prefix, options.TelemetryPath));
        ApiEndpoints.Map(app, prefix);
        GroupsEndpoints.Map(app, prefix);
        GroupEndpoints.Map(app, prefix);
        JobsEndpoint.Map(app, prefix);
        CompletionsEndpoint.Map(app, prefix);
        StatsEndpoint.Map(app, prefix);
        RejectionsEndpoint.Map(app, prefix);
        if (options.IsReplica)
        {
            ClusterEndpoints.Map(app, prefix);
        }
        if (options.EnableAdminApi)
        {
            AdminEndpoints.Map(app, prefix);
        }
        ManagementEndpoints.Map(app, prefix, options);
        UiEndpoints.Map(app, prefix);
    }

    /// <exception cref="StartException">Another endpoint has the path.</exception>
    private static string ScrapePath(string prefix, string telemetryPath)
    {
        string path = PathNormalizationMiddleware.Clean($"{prefix}/{telemetryPath}").TrimEnd('/');
        string[] reserved = ["", "/status", "/-/healthy", "/-/ready"];
        return Array.Exists(reserved, own => path == prefix + own) || path is "/-/quit"
            ? throw new StartException($"--web.telemetry-path={telemetryPath} is the path of another endpoint")
            : path;
    }
}
