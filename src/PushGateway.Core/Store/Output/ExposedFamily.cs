using PushGateway.Core.Store.Consistency;
using PushGateway.Core.Store.Rendering;
using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store.Output;

/// <summary>A family of a scrape: the pushed families of a name, one of the gateway's own, or both.</summary>
internal readonly record struct ExposedFamily(FamilyView? Stored, MetricFamily? Own)
{
    public Utf8String Name => Own?.Name ?? Stored!.Header.Name;

    public MetricType Type => Own?.Type ?? Stored!.Header.Type;

    public Utf8String? Help => Own is null ? Stored!.Header.Help : Own.Help;

    /// <summary>All families of a scrape, by name.</summary>
    /// <param name="stored">By name.</param>
    /// <param name="own">By name. Families with a pushed name are omitted, unless <paramref name="reserved"/> contains them.</param>
    public static IEnumerable<ExposedFamily> Of(
        IReadOnlyList<FamilyView> stored, IReadOnlyList<MetricFamily> own, IReadOnlyList<ReservedFamily> reserved)
    {
        int next = 0;
        foreach (FamilyView family in stored)
        {
            Utf8String name = family.Header.Name;
            while (next < own.Count && own[next].Name < name)
            {
                yield return new ExposedFamily(null, own[next++]);
            }
            MetricFamily? sameName = next < own.Count && own[next].Name == name ? own[next++] : null;
            bool isMergeable = sameName is not null && reserved.Any(one => one.Name == name);
            yield return new ExposedFamily(family, isMergeable ? sameName : null);
        }
        while (next < own.Count)
        {
            yield return new ExposedFamily(null, own[next++]);
        }
    }

    /// <summary>All samples of the name in one family, sorted again if the gateway has its own samples.</summary>
    public MetricFamily Merge()
    {
        if (Stored is null)
        {
            return Own!;
        }
        List<Metric> metrics = [.. Own?.Metrics ?? [], .. Stored.SelectMany(part => part.DecodeSorted().Metrics)];
        int[]? order = Own is null ? null : SampleOrder.Sort(metrics);
        return new MetricFamily
        {
            Name = Name,
            Type = Type,
            Help = Help,
            Metrics = order is null ? metrics : [.. order.Select(i => metrics[i])],
        };
    }
}
