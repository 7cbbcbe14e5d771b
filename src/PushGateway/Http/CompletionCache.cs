using PushGateway.Core.Query;

namespace PushGateway.Http;

/// <summary>
/// The index of completions, created by the first request. Counted again only after groups or families were added or removed,
/// and not for each of many requests. Thread-safe.
/// </summary>
internal sealed class CompletionCache(GroupStore store, TimeProvider time)
{
    /// <summary>An index is valid for this multiple of its counting time, so that counting uses at most a tenth of a core.</summary>
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
