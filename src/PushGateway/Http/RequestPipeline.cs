using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.Http.Middleware;
using PushGateway.Logging;
using PushGateway.Ui;
using PushGateway.WebConfig;

namespace PushGateway.Http;

/// <summary>What each request goes through, in order, and the endpoints at its end.</summary>
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
        app.UseMiddleware<CrossSiteMiddleware>();
        bool hasAccess = options.AccessConfigFile.Length > 0;
        if (hasAccess)
        {
            app.UseMiddleware<AuthenticationMiddleware>();
        }
        else if (options.WebConfigFile.Length > 0)
        {
            app.UseMiddleware<BasicAuthenticationMiddleware>();
        }
        app.UseMiddleware<PathNormalizationMiddleware>((object)(options.Lenient ? GroupPathPrefixes(prefix) : []));
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
        app.UseMiddleware<GzipHeaderMiddleware>($"{prefix}/api/v1/");
        app.UseMiddleware<MethodAndPathMiddleware>($"{prefix}/api/v1/");

        PushEndpoints.Map(app, prefix);
        ScrapeEndpoint.Map(app, ScrapePath(prefix, options.TelemetryPath));
        ApiEndpoints.Map(app, prefix);
        GroupsEndpoints.Map(app, prefix);
        StatsEndpoint.Map(app, prefix);
        if (options.EnableAdminApi)
        {
            AdminEndpoints.Map(app, prefix);
        }
        ManagementEndpoints.Map(app, prefix, options);
        UiEndpoints.Map(app, prefix);
    }

    /// <summary>What the paths begin with that have a grouping key in them.</summary>
    private static string[] GroupPathPrefixes(string prefix) =>
    [
        .. from resource in (string[])["/metrics", "/api/v1/groups"]
           from job in (string[])["/job/", "/job@base64/"]
           select prefix + resource + job,
    ];

    /// <exception cref="StartException">Something else is at that path.</exception>
    private static string ScrapePath(string prefix, string telemetryPath)
    {
        string path = PathNormalizationMiddleware.Clean($"{prefix}/{telemetryPath}").TrimEnd('/');
        string[] taken = ["", "/status", "/-/healthy", "/-/ready"];
        return Array.Exists(taken, own => path == prefix + own) || path is "/-/quit"
            ? throw new StartException($"--web.telemetry-path={telemetryPath} is the path of something else")
            : path;
    }
}
