namespace PushGateway.Lifecycle;

/// <summary>
/// The times at which to check groups that will expire. A push does not move its group in the queue. The consumer that takes a
/// group from the queue must put it back if it has had a later push. Thread-safe.
/// </summary>
/// <remarks>
/// The store removes groups under its lock, perhaps thousands at once, so a removed group leaves its entry in the heap. Obsolete
/// entries are skipped, and dropped together when they are the majority.
/// </remarks>
internal sealed class ExpiryQueue
{
    private const int MinStale = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<GroupingKey, long> _times = [];
    private PriorityQueue<GroupingKey, long> _order = new();
    private TaskCompletionSource _notEmpty = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The number of groups in the queue.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _times.Count;
            }
        }
    }

    /// <summary>For tests: the number of entries, including those of removed groups.</summary>
    internal int Entries
    {
        get
        {
            lock (_lock)
            {
                return _order.Count;
            }
        }
    }

    /// <summary>Schedules a check of a group at that time, or earlier if it is already in the queue.</summary>
    /// <param name="at">Nanoseconds since 1970.</param>
    public void Add(GroupingKey key, long at)
    {
        lock (_lock)
        {
            if (_times.TryGetValue(key, out long before) && before <= at)
            {
                return;
            }
            _times[key] = at;
            _order.Enqueue(key, at);
            DropStale();
            _notEmpty.TrySetResult();
        }
    }

    public void Remove(GroupingKey key)
    {
        lock (_lock)
        {
            if (_times.Remove(key))
            {
                DropStale();
                EndIfEmpty();
            }
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _times.Clear();
            _order.Clear();
            EndIfEmpty();
        }
    }

    /// <summary>Removes the groups that are due from the queue, those with the earliest time first.</summary>
    /// <param name="now">Nanoseconds since 1970.</param>
    /// <param name="max">The maximum number of groups.</param>
    public List<GroupingKey> TakeDue(long now, int max)
    {
        var due = new List<GroupingKey>();
        lock (_lock)
        {
            while (due.Count < max && _order.TryPeek(out GroupingKey? key, out long at) && at <= now)
            {
                _order.Dequeue();
                if (_times.TryGetValue(key, out long time) && time == at)
                {
                    _times.Remove(key);
                    due.Add(key);
                }
            }
            EndIfEmpty();
        }
        return due;
    }

    /// <summary>Waits until the queue has a group.</summary>
    public Task WaitAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            return _notEmpty.Task.WaitAsync(cancellation);
        }
    }

    private void DropStale()
    {
        if (_order.Count > (2 * _times.Count) + MinStale)
        {
            _order = new PriorityQueue<GroupingKey, long>(_times.Select(one => (one.Key, one.Value)));
        }
    }

    private void EndIfEmpty()
    {
        if (_times.Count == 0 && _notEmpty.Task.IsCompleted)
        {
            _notEmpty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
