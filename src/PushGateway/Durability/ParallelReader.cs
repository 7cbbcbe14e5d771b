using System.Threading.Channels;

namespace PushGateway.Durability;

/// <summary>Reads parts of a file, and decodes several of them concurrently, slightly ahead of the consumer.</summary>
internal static class ParallelReader
{
    private const int MaxPartsAhead = 4;

    /// <summary>
    /// The decoded parts in order, followed by the exception of the source, if any. After the enumeration ends, even
    /// early, the source is no longer used.
    /// </summary>
    /// <param name="parts">Enumerated on a separate thread. Parts should be large, since handing one over takes time.</param>
    /// <param name="decode">Called on several threads.</param>
    public static async IAsyncEnumerable<TDecoded> Of<TPart, TDecoded>(
        IEnumerable<TPart> parts, Func<TPart, TDecoded> decode)
    {
        var ahead = Channel.CreateBounded<Task<TDecoded>>(
            new BoundedChannelOptions(MaxPartsAhead) { SingleReader = true, SingleWriter = true });
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(() => ReadAsync(parts, decode, ahead.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (Task<TDecoded> decoded in ahead.Reader.ReadAllAsync(CancellationToken.None))
            {
                yield return await decoded;
            }
            await reading;
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task ReadAsync<TPart, TDecoded>(
        IEnumerable<TPart> parts, Func<TPart, TDecoded> decode, ChannelWriter<Task<TDecoded>> ahead, CancellationToken stop)
    {
        try
        {
            foreach (TPart part in parts)
            {
                await ahead.WriteAsync(Task.Run(() => decode(part), CancellationToken.None), stop);
            }
        }
        finally
        {
            ahead.Complete();
        }
    }
}
