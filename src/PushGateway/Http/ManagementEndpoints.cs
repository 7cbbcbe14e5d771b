using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.Durability;
using PushGateway.Http.Responses;
using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary>Health, readiness and termination: <c>/-/healthy</c>, <c>/-/ready</c>, <c>/-/quit</c>.</summary>
internal static class ManagementEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, string prefix, GatewayOptions options)
    {
        routes.MapGet($"{prefix}/-/healthy", WriteOkAsync).RequiresReadIfClosed().WithRequestCounter(HandlerName.Healthy);
        routes.MapGet($"{prefix}/-/ready", WriteReadyAsync).RequiresReadIfClosed().WithRequestCounter(HandlerName.Ready);

        routes.MapMethods(
            $"{prefix}/-/quit",
            [HttpMethods.Put, HttpMethods.Post],
            options.EnableLifecycle ? QuitAsync : RejectQuitAsync)
            .Requires(Permissions.Admin);

        // Upstream: ignores the prefix for this route.
        routes.MapGet("/-/quit", context => context.Response.WriteTextAsync(
            StatusCodes.Status405MethodNotAllowed, "Only POST or PUT requests allowed."))
            .Requires(Permissions.Admin);
    }

    private static Task WriteOkAsync(HttpContext context) =>
        context.Response.WriteTextAsync(StatusCodes.Status200OK, "OK");

    private static Task WriteReadyAsync(HttpContext context) =>
        context.RequestServices.GetRequiredService<IStoreService>().NotReadyReason is { } reason
            ? context.Response.WriteNotReadyAsync(reason)
            : WriteOkAsync(context);

    private static Task RejectQuitAsync(HttpContext context) =>
        context.Response.WriteTextAsync(StatusCodes.Status403Forbidden, "Lifecycle API is not enabled.");

    /// <summary>Stops the server after the response is sent.</summary>
    private static async Task QuitAsync(HttpContext context)
    {
        context.Response.OnCompleted(() =>
        {
            ILoggerFactory loggers = context.RequestServices.GetRequiredService<ILoggerFactory>();
            loggers.CreateLogger(typeof(ManagementEndpoints)).ReceivedQuitRequest();
            context.RequestServices.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            return Task.CompletedTask;
        });
        await context.Response.WriteTextAsync(StatusCodes.Status200OK, "Requesting termination... Goodbye!");
    }
}
