using PushGateway.Core.Store;

namespace PushGateway.Core.Query.Groups;

/// <summary>The size of a group, its push times included.</summary>
/// <param name="Bytes">Bytes of its sample lines in the text format.</param>
public readonly record struct GroupSize(long Series, long Bytes)
{
    public static GroupSize Of(MetricGroup group)
    {
        long series = 0;
        long bytes = 0;
        foreach (ref readonly StoredFamily family in group.Families)
        {
            series += family.MetricCount;
            bytes += family.LinesLength;
        }
        return new GroupSize(series, bytes);
    }
}

/// <summary>A group in a few numbers.</summary>
/// <param name="Pushed">Time of the last accepted push, in seconds since 1970; 0 for never.</param>
/// <param name="Failed">Time of the last rejected push, by the push times; 0 for never.</param>
/// <param name="Ok">Whether the last push was accepted.</param>
public readonly record struct GroupSummary(double Pushed, double Failed, bool Ok, int Families, GroupSize Size)
{
    public static GroupSummary Of(MetricGroup group) => new(
        PushTimestamps.Read(group, PushTimestamps.Success),
        PushTimestamps.Read(group, PushTimestamps.Failure),
        group.IsOk,
        group.Families.Length,
        GroupSize.Of(group));
}
