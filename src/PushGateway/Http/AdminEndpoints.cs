using PushGateway.Access;
using PushGateway.Core.Store;
using PushGateway.Durability;
using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary>PUT of <c>/api/v1/admin/wipe</c>, which empties the store.</summary>
internal static class AdminEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        DurableStore changes = routes.ServiceProvider.GetRequiredService<DurableStore>();
        routes.MapPut($"{prefix}/api/v1/admin/wipe", async context =>
        {
            context.RequestServices.GetRequiredService<ILogger<GroupStore>>().WipingStore();
            if (await changes.WipeAsync(context) is not null)
            {
                context.Response.StatusCode = StatusCodes.Status202Accepted;
            }
        }).Requires(Permissions.Admin).WithRequestCounter(HandlerName.Wipe);
    }
}
