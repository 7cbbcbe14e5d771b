using PushGateway.Core.Store.Output.Gzip;

namespace PushGateway.Http;

/// <summary>The compressed chunks of gzip scrapes, for the next scrapes. Released after a while without scrapes.</summary>
internal sealed class GzipCache(TimeProvider time) : IDisposable
{
    internal static readonly TimeSpan Idle = TimeSpan.FromMinutes(5);

    private readonly DeflateCache _cache = new();
    private readonly Lock _lock = new();
    private ITimer? _timer;

    /// <summary>Whether it holds no memory.</summary>
    public bool IsEmpty => _cache.IsEmpty;

    /// <summary>The cache, for a scrape that begins now.</summary>
    public DeflateCache Use()
    {
        lock (_lock)
        {
            _timer ??= time.CreateTimer(_ => _cache.Clear(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(Idle, Timeout.InfiniteTimeSpan);
        }
        return _cache;
    }

    public void Dispose() => _timer?.Dispose();
}
