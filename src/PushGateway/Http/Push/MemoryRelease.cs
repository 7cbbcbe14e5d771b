using System.Runtime;

namespace PushGateway.Http.Push;

/// <summary>Gives memory back to the system once large bodies are done.</summary>
/// <remarks>
/// The runtime keeps what a large push took for as long as nothing else needs it, which may be for good. A compacting collection
/// stops all threads for some milliseconds and more with a large store, so it is rare, and happens only if it is worth it. Smaller
/// pushes never come here.
/// </remarks>
/// <param name="resident">What the process has in memory.</param>
/// <param name="arriving">How much of it is of bodies that are not parsed yet: they will be done, and grow nothing.</param>
internal sealed class MemoryRelease(
    TimeProvider time, Action collect, Func<long> resident, Func<long> allocated, Func<long> arriving) : IDisposable
{
    /// <summary>From the end of the last large body. Bodies in a row are collected together.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    /// <summary>Between two collections.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    /// <summary>What the process may have grown since the last collection.</summary>
    internal const long MinGrowth = 16 << 20;

    /// <summary>What large bodies in a row may leave, before the next one is parsed.</summary>
    internal const long MaxGarbage = 128 << 20;

    private readonly Lock _lock = new();
    private ITimer? _timer;
    private int _running;
    private long _begun;
    private long _collectedAt = time.GetTimestamp() - (long)(Interval.TotalSeconds * time.TimestampFrequency);
    private long _residentBefore = resident() - arriving();
    private long _allocatedBefore;

    public MemoryRelease(TimeProvider time, ArrivingBodies arriving)
        : this(
            time,
            Collect,
            () => Environment.WorkingSet,
            () => GC.GetTotalMemory(forceFullCollection: false),
            () => arriving.Bytes)
    {
    }

    /// <summary>A large body is about to be parsed.</summary>
    public void Begin()
    {
        bool collects;
        lock (_lock)
        {
            _running++;
            _begun++;
            collects = _running == 1 && allocated() - _allocatedBefore > MaxGarbage;
        }
        if (collects)
        {
            CollectNow();
        }
    }

    /// <summary>A large body is done.</summary>
    public void End()
    {
        lock (_lock)
        {
            _running--;
            Schedule();
        }
    }

    /// <summary>A large body has arrived in part, and is given up.</summary>
    public void Schedule()
    {
        lock (_lock)
        {
            _timer ??= time.CreateTimer(_ => CollectIfQuiet(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (_running == 0)
            {
                _timer.Change(Delay, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _timer?.Dispose();
        }
    }

    /// <summary>From now to the next collection.</summary>
    internal TimeSpan Delay => Max(Quiet, Interval - time.GetElapsedTime(_collectedAt));

    internal void CollectIfQuiet()
    {
        long begun;
        lock (_lock)
        {
            if (_running > 0 || resident() - arriving() - _residentBefore < MinGrowth)
            {
                return;
            }
            begun = _begun;
        }
        LargeArrays.Release();
        CollectNow();
        lock (_lock)
        {
            // What a body takes that began meanwhile is not the store's: it is collected after its end.
            if (_begun == begun)
            {
                _residentBefore = resident() - arriving();
            }
        }
    }

    private void CollectNow()
    {
        collect();
        lock (_lock)
        {
            _collectedAt = time.GetTimestamp();
            _allocatedBefore = allocated();
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static void Collect()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
