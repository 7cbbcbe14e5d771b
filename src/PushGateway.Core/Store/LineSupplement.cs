namespace PushGateway.Core.Store;

/// <summary>What the sample lines of a family do not contain.</summary>
/// <param name="PushOrder">For each line, the index of its metric in the push; null if the push had the same
/// order.</param>
/// <param name="Message">The whole family as a delimited protobuf message, in the order of the push; null if the lines
/// can be decoded without loss.</param>
internal sealed record LineSupplement(int[]? PushOrder, byte[]? Message)
{
    /// <summary>Longer orders are rarely equal.</summary>
    private const int MaxSharedOrder = 256;

    private static readonly LineSupplement None = new(null, null);

    [ThreadStatic]
    private static LineSupplement? _last;

    /// <summary>A supplement with only an order, shared with the previous family if that has the same order.</summary>
    /// <remarks>
    /// The families of a job usually have the same labels. With 5 families of 4 series in each of 10,000 groups, sharing
    /// saves 3.6 of 55 MB.
    /// </remarks>
    public static LineSupplement WithOrder(int[]? order)
    {
        if (order is null)
        {
            return None;
        }
        if (_last is { } last && last.PushOrder.AsSpan().SequenceEqual(order))
        {
            return last;
        }
        var supplement = new LineSupplement(order, null);
        _last = order.Length <= MaxSharedOrder ? supplement : _last;
        return supplement;
    }
}
