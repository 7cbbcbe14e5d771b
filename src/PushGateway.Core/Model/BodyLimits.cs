namespace PushGateway.Core.Model;

/// <summary>
/// Limits of one body, which a parser enforces before it stores what exceeds them. 0 means no limit.
/// </summary>
/// <param name="Series">Series of the body.</param>
/// <param name="Labels">Labels of one series, including <paramref name="GroupLabels"/>.</param>
/// <param name="NameBytes">Bytes of the name of a metric or label.</param>
/// <param name="ValueBytes">Bytes of the value of a label.</param>
/// <param name="GroupLabels">Labels that each series gets from its group.</param>
public sealed record BodyLimits(
    long Series = 0, long Labels = 0, long NameBytes = 0, long ValueBytes = 0, int GroupLabels = 0)
{
    public static readonly BodyLimits None = new();

    private const long MinFamilies = 250_000;
    private const long SeriesPerFamily = 4;
    private const long PartsPerSeries = 2;

    /// <summary>
    /// Metric families, with series or without. A family of one series needs a kilobyte while its push is stored, four
    /// times as much as a series of a larger family.
    /// </summary>
    public long Families => Series == 0 ? 0 : Math.Max(MinFamilies, Series / SeriesPerFamily);

    /// <summary>
    /// Parts of series: buckets, quantiles, exemplars and their labels. A histogram is one series, whatever its number of
    /// parts.
    /// </summary>
    public long Parts => Series == 0 ? 0 : Math.Max(MinFamilies, Series * PartsPerSeries);
}
