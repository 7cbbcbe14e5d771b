using PushGateway.Core.Query;

namespace PushGateway.Http;

/// <summary>
/// The index of completions, once somebody has asked for one. It is counted again only when groups or families have come or gone,
/// and not for each of a series of requests. Thread-safe.
/// </summary>
internal sealed class CompletionCache(GroupStore store, TimeProvider time)
{
    /// <summary>An index holds for this multiple of the time that it took, so that counting uses at most a tenth of a core.</summary>
    private const int CacheFactor = 10;

    private static readonly TimeSpan MinAge = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private CompletionIndex? _index;
    private long _countedAt;
    private TimeSpan _duration;

    public CompletionIndex Read(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_index is { } index && (IsFresh() || index.IsOf(store.Snapshot)))
            {
                return index;
            }
            long start = time.GetTimestamp();
            _index = CompletionIndex.Of(store.Snapshot, cancellation);
            _countedAt = time.GetTimestamp();
            _duration = time.GetElapsedTime(start);
            return _index;
        }
    }

    private bool IsFresh()
    {
        TimeSpan age = time.GetElapsedTime(_countedAt);
        return age < MinAge || age < _duration * CacheFactor;
    }
}
