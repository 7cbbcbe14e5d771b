namespace PushGateway.Core.Store.Rendering;

/// <summary>The order of samples within a family: by number of labels, then by the labels' values, as bytes.</summary>
/// <remarks>Upstream: prometheus/client_golang, prometheus/internal/metric.go. Label names do not matter.</remarks>
internal static class SampleOrder
{
    private const int MovesPerMetric = 8;

    public static int Compare(ReadOnlySpan<Label> left, ReadOnlySpan<Label> right)
    {
        if (left.Length != right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }
        for (int i = 0; i < left.Length; i++)
        {
            int order = left[i].Value.CompareTo(right[i].Value);
            if (order != 0)
            {
                return order;
            }
        }
        return 0;
    }

    /// <summary>
    /// The index of the metric at each place of the sorted order; null if the metrics are already sorted. The sort is
    /// stable.
    /// </summary>
    /// <param name="likely">An order to return if it is correct, so that callers share it.</param>
    public static int[]? Sort(List<Metric> metrics, int[]? likely = null)
    {
        int i = 1;
        while (i < metrics.Count && Compare(metrics[i - 1].Labels, metrics[i].Labels) <= 0)
        {
            i++;
        }
        if (i >= metrics.Count)
        {
            return null;
        }
        if (likely?.Length == metrics.Count && IsSortedBy(likely, metrics))
        {
            return likely;
        }

        int[] order = new int[metrics.Count];
        for (i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }
        if (!TryInsertionSort(order, metrics))
        {
            SortStably(order, metrics);
        }
        return order;
    }

    private static bool IsSortedBy(int[] order, List<Metric> metrics)
    {
        for (int i = 1; i < order.Length; i++)
        {
            int compared = Compare(metrics[order[i - 1]].Labels, metrics[order[i]].Labels);
            if (compared > 0 || (compared == 0 && order[i - 1] > order[i]))
            {
                return false;
            }
        }
        return true;
    }

    private static void SortStably(int[] order, List<Metric> metrics) => Array.Sort(order, (a, b) =>
    {
        int compared = Compare(metrics[a].Labels, metrics[b].Labels);
        return compared != 0 ? compared : a.CompareTo(b);
    });

    /// <summary>
    /// Insertion sort, the fastest for few metrics and for many that are nearly sorted, as clients send them. Gives up
    /// and returns false after more than a few moves a metric.
    /// </summary>
    /// <remarks>100,000 series with 4 values of a label in the wrong order: 3 ms instead of 35 ms.</remarks>
    private static bool TryInsertionSort(int[] order, List<Metric> metrics)
    {
        int moves = MovesPerMetric * order.Length;
        for (int i = 1; i < order.Length; i++)
        {
            int moved = order[i];
            int place = i;
            while (place > 0 && Compare(metrics[order[place - 1]].Labels, metrics[moved].Labels) > 0)
            {
                order[place] = order[place - 1];
                place--;
                moves--;
            }
            order[place] = moved;
            if (moves < 0)
            {
                return false;
            }
        }
        return true;
    }
}
