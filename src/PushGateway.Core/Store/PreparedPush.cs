using PushGateway.Core.Store.Rendering;

namespace PushGateway.Core.Store;

/// <summary>The part of a push's work that needs no other group.</summary>
/// <param name="Families">The families in their stored form; for a merge, in their pushed form.</param>
/// <param name="Rendered">Their lines; empty for a merge, which needs the stored group first.</param>
internal sealed record PreparedPush(MetricFamily[] Families, StoredFamily[] Rendered)
{
    public static PreparedPush Of(PushCommand push)
    {
        MetricFamily[] families = NormalizedPush.Arrange(push.Families, push.At);
        return new PreparedPush(families, push.Merge is null ? FamilyRenderer.Render(families, push.Key, push.At) : []);
    }
}
