using PushGateway.Core.Store;

namespace PushGateway.Core.Query.Groups;

/// <summary>The size of a group, including its push times.</summary>
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

/// <summary>A summary of a group.</summary>
/// <param name="Pushed">Time of the last accepted push, in seconds since 1970; 0 for never.</param>
/// <param name="Failed">Time of the last rejected push, by the push times; 0 for never.</param>
/// <param name="Ok">Whether the last push was accepted.</param>
/// <param name="Samples">The number of its pushed metrics with a sample. Its push times do not count.</param>
public readonly record struct GroupSummary(
    double Pushed, double Failed, bool Ok, int Families, long Samples, GroupSize Size)
{
    public static GroupSummary Of(MetricGroup group) => new(
        PushTimestamps.Read(group, PushTimestamps.Success),
        PushTimestamps.Read(group, PushTimestamps.Failure),
        group.IsOk,
        group.Families.Length,
        CountSamples(group),
        GroupSize.Of(group));

    /// <summary>Whether anything was pushed to the group.</summary>
    internal static bool HasSamples(MetricGroup group)
    {
        foreach (ref readonly StoredFamily family in group.Families)
        {
            if (family.SampleCount > 0 && !PushTimestamps.IsPushTime(family.Name))
            {
                return true;
            }
        }
        return false;
    }

    private static long CountSamples(MetricGroup group)
    {
        long samples = 0;
        foreach (ref readonly StoredFamily family in group.Families)
        {
            samples += PushTimestamps.IsPushTime(family.Name) ? 0 : family.SampleCount;
        }
        return samples;
    }
}
