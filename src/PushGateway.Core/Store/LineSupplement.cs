namespace PushGateway.Core.Store;

/// <summary>What a family's sample lines do not tell of it.</summary>
/// <param name="PushOrder">Which metric of the push is at each place of the lines; null where all are in their own.</param>
/// <param name="Message">The whole family as a delimited protobuf message, in the order of the push; null where the
/// lines tell it to the last bit.</param>
internal sealed record LineSupplement(int[]? PushOrder, byte[]? Message)
{
    /// <summary>Longer orders are hardly ever alike.</summary>
    private const int MaxSharedOrder = 256;

    private static readonly LineSupplement Nothing = new(null, null);

    [ThreadStatic]
    private static LineSupplement? _last;

    /// <summary>Where the line of each metric of a push stands, where each metric has one.</summary>
    public static Range[] InPushOrder(ReadOnlySpan<byte> lines, int[] order)
    {
        var pushed = new Range[order.Length];
        int start = 0;
        foreach (int place in order)
        {
            int end = start + lines[start..].IndexOf((byte)'\n');
            pushed[place] = start..end;
            start = end + 1;
        }
        return pushed;
    }

    /// <summary>Nothing but an order, which is shared where it is that of the family before.</summary>
    /// <remarks>
    /// A job's families have the same labels, and so do the jobs of one kind: with 5 families of 4 series in each of
    /// 10,000 groups this saves 3.6 MB of 55.
    /// </remarks>
    public static LineSupplement WithOrder(int[]? order)
    {
        if (order is null)
        {
            return Nothing;
        }
        if (_last is { } last && last.PushOrder.AsSpan().SequenceEqual(order))
        {
            return last;
        }
        var reordered = new LineSupplement(order, null);
        _last = order.Length <= MaxSharedOrder ? reordered : _last;
        return reordered;
    }
}
