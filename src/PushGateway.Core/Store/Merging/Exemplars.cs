namespace PushGateway.Core.Store.Merging;

/// <summary>Selects the newest exemplars.</summary>
internal static class Exemplars
{
    /// <summary>The pushed one, unless both have times and the stored one is newer.</summary>
    public static Exemplar? Newer(Exemplar? stored, Exemplar? pushed) =>
        pushed is null || (stored?.Timestamp is { } older && pushed.Timestamp is { } newer && Compare(older, newer) > 0)
            ? stored
            : pushed;

    /// <summary>The newest exemplars of both lists in the order of their times, as many as the longer list has.</summary>
    public static List<Exemplar>? Newest(List<Exemplar>? stored, List<Exemplar>? pushed)
    {
        if (stored is not { Count: > 0 } || pushed is not { Count: > 0 })
        {
            return pushed is { Count: > 0 } ? pushed : stored;
        }
        return [.. stored.Concat(pushed)
            .OrderBy(exemplar => exemplar.Timestamp ?? default, Comparer<Timestamp>.Create(Compare))
            .TakeLast(Math.Max(stored.Count, pushed.Count))];
    }

    private static int Compare(Timestamp left, Timestamp right) =>
        (left.Seconds, left.Nanos).CompareTo((right.Seconds, right.Nanos));
}
