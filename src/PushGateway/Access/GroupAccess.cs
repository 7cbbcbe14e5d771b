using PushGateway.Core.Store;

namespace PushGateway.Access;

/// <summary>
/// Holds groups against the roles of who wants to change them. It goes by the key that the endpoint has read and will
/// change, so that no other spelling of a path means another group here than there.
/// </summary>
internal static class GroupAccess
{
    /// <summary>
    /// Whether the group may be changed; if not, the request is answered. Without an access file there is no
    /// <see cref="Principal"/>, and any may be.
    /// </summary>
    public static async ValueTask<bool> IsPermittedAsync(this HttpContext context, Permissions needed, GroupingKey key)
    {
        if (context.Features.Get<Principal>() is not { } caller || caller.May(needed, key))
        {
            return true;
        }
        await RefusalsOf(context).RefuseGroupAsync(context, caller, needed, key);
        return false;
    }

    /// <summary>The same for several: all of them, or none.</summary>
    public static async ValueTask<bool> IsPermittedAsync(
        this HttpContext context, Permissions needed, IReadOnlyList<MetricGroup> groups)
    {
        if (context.Features.Get<Principal>() is not { } caller)
        {
            return true;
        }
        int count = groups.Count(group => !caller.May(needed, group.Key));
        if (count == 0)
        {
            return true;
        }
        await RefusalsOf(context).RefuseGroupsAsync(context, caller, needed, count);
        return false;
    }

    private static AccessDenials RefusalsOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<AccessDenials>();
}
