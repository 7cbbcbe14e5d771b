namespace PushGateway.Access;

/// <summary>
/// Checks whether the principal may change groups. Uses the grouping key that the endpoint has parsed and will change, so that
/// a path cannot mean one group here and another there.
/// </summary>
internal static class GroupAccess
{
    /// <summary>
    /// Whether the group may be changed. If not, writes the response. Without an access file, requests have no
    /// <see cref="Principal"/>, and every group may be changed.
    /// </summary>
    public static async ValueTask<bool> IsPermittedAsync(this HttpContext context, Permissions needed, GroupingKey key)
    {
        if (context.Features.Get<Principal>() is not { } principal || principal.May(needed, key))
        {
            return true;
        }
        await DenialsOf(context).DenyGroupAsync(context, principal, needed, key);
        return false;
    }

    /// <summary>Whether all the groups may be changed. If not, writes the response.</summary>
    public static async ValueTask<bool> IsPermittedAsync(
        this HttpContext context, Permissions needed, IReadOnlyList<MetricGroup> groups)
    {
        if (context.Features.Get<Principal>() is not { } principal)
        {
            return true;
        }
        int count = groups.Count(group => !principal.May(needed, group.Key));
        if (count == 0)
        {
            return true;
        }
        await DenialsOf(context).DenyGroupsAsync(context, principal, needed, count);
        return false;
    }

    /// <summary>Whether the principal may see these grouping keys, because it may read or may push to all of them.</summary>
    public static bool MaySee(this HttpContext context, IReadOnlyList<GroupingKey> keys) =>
        context.Features.Get<Principal>() is not { } principal
        || principal.MissingOf(Permissions.Read) == Permissions.None
        || keys.All(key => principal.May(Permissions.Push, key));

    private static AccessDenials DenialsOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<AccessDenials>();
}
