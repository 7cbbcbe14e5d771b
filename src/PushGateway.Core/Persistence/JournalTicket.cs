namespace PushGateway.Core.Persistence;

/// <summary>
/// Stands for a record that was appended. The default one stands for nothing, and need not be waited for.
/// </summary>
public readonly struct JournalTicket
{
    private readonly Task? _written;

    internal JournalTicket(Task written) => _written = written;

    /// <summary>Completes when the record is as durable as the <see cref="FsyncPolicy"/> promises.</summary>
    /// <exception cref="JournalFailedException">It is not, and the push must not be acknowledged.</exception>
    public ValueTask WaitDurableAsync() => _written is null ? default : new ValueTask(_written);
}
