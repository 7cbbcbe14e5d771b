using PushGateway.Core.Persistence.Disk;

namespace PushGateway.Core.Tests.Persistence.Disk;

/// <summary>
/// A folder in memory that tracks which data is durable, fails on request, and can be read as a crash would
/// leave it.
/// </summary>
internal sealed class SimulatedFolder : DurableFolder
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SimulatedContent> _seen = [];
    private readonly Dictionary<string, SimulatedContent> _durable = [];
    private readonly List<NameChange> _unsynced = [];

    /// <summary>Called before each operation that changes something, with its number (from 1) and its description.</summary>
    public Func<int, string, Fault> FaultAt { get; set; } = (_, _) => Fault.None;

    /// <summary>Runs within each sync of a file, which lasts as long as it does.</summary>
    public Action DuringSync { get; set; } = () => { };

    /// <summary>The capacity of the disk in bytes.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    public int Operations { get; private set; }

    /// <summary>The operations so far, such as <c>sync NAME</c>.</summary>
    public List<string> Log { get; } = [];

    public bool IsCrashed { get; private set; }

    public override string Path => "/simulated";

    public override IReadOnlyList<string> List()
    {
        lock (_lock)
        {
            return [.. _seen.Keys];
        }
    }

    public byte[] Bytes(string name) => _seen[name].Seen;

    /// <summary>Adds a durable file without an operation.</summary>
    public SimulatedFolder With(string name, byte[] bytes)
    {
        _seen[name] = _durable[name] = SimulatedContent.OfDurable(bytes);
        return this;
    }

    public override DurableFile Create(string name) => Do($"create {name}", () =>
    {
        if (_seen.ContainsKey(name))
        {
            throw new SimulatedError($"{name} exists");
        }
        var content = new SimulatedContent();
        Change(new NameChange(null, name, content));
        return new SimulatedFile(this, name, content);
    });

    public override DurableFile? TryOpen(string name)
    {
        lock (_lock)
        {
            ThrowIfCrashed();
            return _seen.TryGetValue(name, out SimulatedContent? content)
                ? new SimulatedFile(this, name, content)
                : null;
        }
    }

    public override void Rename(string name, string newName) => Do($"rename {name} {newName}", () =>
    {
        Change(new NameChange(name, newName, _seen[name]));
        return 0;
    });

    public override void Delete(string name)
    {
        lock (_lock)
        {
            ThrowIfCrashed();
            if (!_seen.ContainsKey(name))
            {
                return;
            }
        }
        Do($"delete {name}", () =>
        {
            Change(new NameChange(name, null, null));
            return 0;
        });
    }

    public override void Sync() => Do("sync folder", () =>
    {
        _unsynced.ForEach(change => change.ApplyTo(_durable));
        _unsynced.Clear();
        return 0;
    });

    /// <summary>
    /// The folders that a crash now can leave: any of the changed names, with each kind of loss of content.
    /// </summary>
    public IEnumerable<SimulatedFolder> AfterCrash(params UnsyncedContent[] contents)
    {
        for (int kept = 0; kept < 1 << _unsynced.Count; kept++)
        {
            var names = new Dictionary<string, SimulatedContent>(_durable);
            for (int i = 0; i < _unsynced.Count; i++)
            {
                if ((kept >> i & 1) == 1)
                {
                    _unsynced[i].ApplyTo(names);
                }
            }
            foreach (UnsyncedContent content in contents)
            {
                var after = new SimulatedFolder();
                foreach ((string name, SimulatedContent file) in names)
                {
                    after.With(name, file.AfterCrash(content));
                }
                yield return after;
            }
        }
    }

    /// <summary>
    /// Does an operation, or fails it. <paramref name="half"/> is what a write does when it is cut short.
    /// </summary>
    internal T Do<T>(string what, Func<T> operation, Action? half = null)
    {
        lock (_lock)
        {
            ThrowIfCrashed();
            Fault fault = FaultAt(++Operations, what);
            Log.Add(what);
            if (fault is Fault.HalfDone or Fault.HalfDoneCrash)
            {
                half?.Invoke();
            }
            IsCrashed = fault is Fault.Crash or Fault.HalfDoneCrash;
            ThrowIfCrashed();
            return fault == Fault.None ? operation() : throw new SimulatedError($"simulated fault: {what}");
        }
    }

    public override long? FreeBytes => Capacity - _seen.Values.Sum(content => (long)content.Seen.Length);

    private void ThrowIfCrashed()
    {
        if (IsCrashed)
        {
            throw new SimulatedError("crashed");
        }
    }

    private void Change(NameChange change)
    {
        change.ApplyTo(_seen);
        _unsynced.Add(change);
    }

    private sealed record NameChange(string? Removed, string? Set, SimulatedContent? Content)
    {
        public void ApplyTo(Dictionary<string, SimulatedContent> names)
        {
            if (Removed is not null)
            {
                names.Remove(Removed);
            }
            if (Set is not null)
            {
                names[Set] = Content!;
            }
        }
    }
}
