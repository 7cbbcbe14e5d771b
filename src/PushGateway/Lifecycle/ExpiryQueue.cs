namespace PushGateway.Lifecycle;

/// <summary>
/// When to look at groups that will expire. A push does not move its group in the queue: whoever takes the group from it
/// puts it back if it has been pushed to since. Thread-safe.
/// </summary>
/// <remarks>
/// The store removes groups under its lock, by the thousand too, so a removed group leaves its entry in the heap. Entries
/// that no time agrees with are passed over, and dropped together once they are most of it.
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

    /// <summary>For tests: the entries that it keeps, those of removed groups included.</summary>
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

    /// <summary>Looks at a group at that time, or before if it is in the queue already.</summary>
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

    /// <summary>Takes groups whose time has come from the queue, those with the earliest time first.</summary>
    /// <param name="now">Nanoseconds since 1970.</param>
    /// <param name="max">How many.</param>
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
