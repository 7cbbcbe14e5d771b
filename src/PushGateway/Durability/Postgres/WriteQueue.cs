using PushGateway.Core.Persistence.Journal;

namespace PushGateway.Durability.Postgres;

/// <summary>Waits for the earlier writes, which may include a push with the same idempotency key.</summary>
internal sealed record RepeatedPush(IdempotencyKey Key, long At, bool IsDryRun) : StoreCommand;

/// <summary>A command that waits to be written.</summary>
internal sealed class QueuedCommand(StoreCommand command)
{
    /// <summary>The size of a command without the body of its push.</summary>
    private const int CommandBytes = 256;

    private readonly TaskCompletionSource<Outcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StoreCommand Command => command;

    /// <summary>The approximate size in memory.</summary>
    public long Bytes { get; } = CommandBytes + ((command as PushCommand)?.Body.Bytes.Length ?? 0);

    /// <summary>The result of the store; null if the command was not applied.</summary>
    public CommandResult? Result { get; set; }

    /// <summary>Completes when the change is durable, or can never be.</summary>
    public Task<Outcome> Outcome => _outcome.Task;

    public void Complete(Outcome outcome) => _outcome.TrySetResult(outcome);

    public void Fail(Exception exception) => _outcome.TrySetException(exception);
}

/// <summary>The commands that wait to be written, in order. Thread-safe for many writers and one reader.</summary>
internal sealed class WriteQueue
{
    /// <summary>Maximum bytes of waiting commands. Beyond it, requests wait before they read their bodies.</summary>
    private const long MaxWaitingBytes = 64 << 20;

    /// <summary>Maximum size of a batch, which is committed as a whole.</summary>
    private const int MaxBatchCommands = 500;
    private const long MaxBatchBytes = 16 << 20;

    private readonly Lock _lock = new();
    private readonly Queue<QueuedCommand> _commands = new();
    private readonly BackpressureGate _gate = new(MaxWaitingBytes);
    private TaskCompletionSource _signal = NewSignal();

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _commands.Count;
            }
        }
    }

    public ValueTask WaitForCapacityAsync(CancellationToken cancellation) => _gate.WaitForCapacityAsync(cancellation);

    /// <summary>Queues a command, and waits until its change is durable.</summary>
    public Task<Outcome> AddAsync(StoreCommand command)
    {
        var queued = new QueuedCommand(command);
        lock (_lock)
        {
            _commands.Enqueue(queued);
        }
        _gate.Add(queued.Bytes);
        Wake();
        return queued.Outcome;
    }

    /// <summary>Takes the next commands, up to the size of a batch.</summary>
    public IReadOnlyList<QueuedCommand> Take()
    {
        var taken = new List<QueuedCommand>();
        long bytes = 0;
        lock (_lock)
        {
            while (taken.Count < MaxBatchCommands && bytes < MaxBatchBytes && _commands.TryDequeue(out QueuedCommand? next))
            {
                taken.Add(next);
                bytes += next.Bytes;
            }
        }
        _gate.Add(-bytes);
        return taken;
    }

    /// <summary>Completes all waiting commands.</summary>
    public void CompleteAll(Outcome outcome)
    {
        while (Take() is { Count: > 0 } taken)
        {
            foreach (QueuedCommand command in taken)
            {
                command.Complete(outcome);
            }
        }
    }

    /// <summary>Makes <see cref="WaitAsync"/> return.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            _signal.TrySetResult();
        }
    }

    /// <summary>Waits for a command or <see cref="Wake"/>, up to a maximum time.</summary>
    public async Task WaitAsync(TimeSpan time)
    {
        Task signal;
        lock (_lock)
        {
            signal = _commands.Count > 0 ? Task.CompletedTask : _signal.Task;
        }
        await signal.WaitAsync(time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            _signal = _signal.Task.IsCompleted ? NewSignal() : _signal;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
