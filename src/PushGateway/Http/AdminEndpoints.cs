using PushGateway.Access;
using PushGateway.Durability;
using PushGateway.Http.Responses;
using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary>PUT of <c>/api/v1/admin/wipe</c>, which deletes all groups.</summary>
internal static class AdminEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        IDurableStore store = routes.ServiceProvider.GetRequiredService<IDurableStore>();
        routes.MapPut($"{prefix}/api/v1/admin/wipe", async context =>
        {
            context.RequestServices.GetRequiredService<ILogger<GroupStore>>().WipingStore(
                context.Request.Method, context.Request.Path.Value!, context.Source());
            if (await store.TryApplyAsync(context, new WipeCommand()))
            {
                context.Response.StatusCode = StatusCodes.Status202Accepted;
            }
        }).Requires(Permissions.Admin).WithRequestCounter(HandlerName.Wipe);
    }
}
