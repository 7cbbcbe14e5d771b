using System.Threading.Channels;

namespace PushGateway.Persistence;

/// <summary>Reads a sequence on a thread of its own, a little ahead of who uses it.</summary>
internal static class ReadAhead
{
    /// <summary>Handed over at a time: one by one, handing over would take longer than reading.</summary>
    private const long BatchBytes = 1 << 18;

    private const int MaxBatchesAhead = 4;

    /// <summary>
    /// The items of the source in its order; then what it throws, if it does. The source is not used any more once the
    /// enumeration has ended, be it before its end.
    /// </summary>
    /// <param name="bytesOf">About how much memory an item takes, which limits how far ahead is read.</param>
    public static async IAsyncEnumerable<T> Of<T>(IEnumerable<T> source, Func<T, long> bytesOf)
    {
        var batches = Channel.CreateBounded<List<T>>(
            new BoundedChannelOptions(MaxBatchesAhead) { SingleReader = true, SingleWriter = true });
        using var stop = new CancellationTokenSource();
        Task reading = Task.Run(() => ReadAsync(source, bytesOf, batches.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (List<T> batch in batches.Reader.ReadAllAsync(CancellationToken.None))
            {
                foreach (T item in batch)
                {
                    yield return item;
                }
            }
            await reading;
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task ReadAsync<T>(
        IEnumerable<T> source, Func<T, long> bytesOf, ChannelWriter<List<T>> batches, CancellationToken stop)
    {
        var batch = new List<T>();
        try
        {
            long bytes = 0;
            foreach (T item in source)
            {
                batch.Add(item);
                bytes += bytesOf(item);
                if (bytes >= BatchBytes)
                {
                    await batches.WriteAsync(batch, stop);
                    batch = [];
                    bytes = 0;
                }
            }
        }
        finally
        {
            // What came before an item that could not be read counts.
            await batches.WriteAsync(batch, stop);
            batches.Complete();
        }
    }
}
