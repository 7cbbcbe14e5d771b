using PushGateway.Core.Store;
using PushGateway.Telemetry;

namespace PushGateway.Http;

/// <summary>PUT of <c>/api/v1/admin/wipe</c>, which empties the store.</summary>
internal static class AdminEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        var store = routes.ServiceProvider.GetRequiredService<GroupStore>();
        routes.MapPut($"{prefix}/api/v1/admin/wipe", context =>
        {
            context.RequestServices.GetRequiredService<ILogger<GroupStore>>().WipingStore();
            store.Apply(new WipeCommand());
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return Task.CompletedTask;
        }).WithRequestCounter(HandlerName.Wipe);
    }
}
