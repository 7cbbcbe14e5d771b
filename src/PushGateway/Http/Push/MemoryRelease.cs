using System.Runtime;

namespace PushGateway.Http.Push;

/// <summary>Returns memory to the system after large bodies.</summary>
/// <remarks>
/// The runtime holds the memory of a large push until something else needs it, perhaps forever. A compacting collection stops all
/// threads for some milliseconds, or longer with a large store, so it is rare and runs only if it is worthwhile. Smaller pushes
/// do not use this class.
/// </remarks>
/// <param name="resident">The resident bytes of the process.</param>
/// <param name="arriving">The bytes of bodies that are not parsed yet. They are temporary, and do not count as growth.</param>
internal sealed class MemoryRelease(
    TimeProvider time, Action collect, Func<long> resident, Func<long> allocated, Func<long> arriving) : IDisposable
{
    /// <summary>The pause after the last large body. Consecutive bodies are collected together.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    /// <summary>The minimum time between two collections.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    /// <summary>The tolerated growth of the process since the last collection.</summary>
    internal const long MinGrowth = 16 << 20;

    /// <summary>The memory that consecutive large bodies may leave before the next one is parsed.</summary>
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

    /// <summary>A large body is finished.</summary>
    public void End()
    {
        lock (_lock)
        {
            _running--;
            Schedule();
        }
    }

    /// <summary>A large body arrived partly, and was abandoned.</summary>
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

    /// <summary>The time from now to the next collection.</summary>
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
            // The memory of a body that began in the meantime does not belong to the store. It is collected after the body's end.
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
