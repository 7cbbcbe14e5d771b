namespace PushGateway.Lifecycle;

/// <summary>
/// When to look at groups that will expire. A push does not move its group in the queue: whoever takes the group from it
/// puts it back if it has been pushed to since. Thread-safe.
/// </summary>
internal sealed class ExpiryQueue
{
    private readonly Lock _lock = new();
    private readonly Dictionary<GroupingKey, long> _times = [];
    private readonly SortedSet<(long At, GroupingKey Key)> _order = [];
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

    /// <summary>Looks at a group at that time, or before if it is in the queue already.</summary>
    /// <param name="at">Nanoseconds since 1970.</param>
    public void Add(GroupingKey key, long at)
    {
        lock (_lock)
        {
            if (_times.TryGetValue(key, out long before))
            {
                if (before <= at)
                {
                    return;
                }
                _order.Remove((before, key));
            }
            _times[key] = at;
            _order.Add((at, key));
            _notEmpty.TrySetResult();
        }
    }

    public void Remove(GroupingKey key)
    {
        lock (_lock)
        {
            if (_times.Remove(key, out long at))
            {
                _order.Remove((at, key));
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

    /// <summary>Takes the groups whose time has come from the queue.</summary>
    /// <param name="now">Nanoseconds since 1970.</param>
    public List<GroupingKey> TakeDue(long now)
    {
        var due = new List<GroupingKey>();
        lock (_lock)
        {
            while (_order.Count > 0 && _order.Min is var (at, key) && at <= now)
            {
                _order.Remove((at, key));
                _times.Remove(key);
                due.Add(key);
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

    private void EndIfEmpty()
    {
        if (_times.Count == 0 && _notEmpty.Task.IsCompleted)
        {
            _notEmpty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
