namespace PushGateway.Core.Tests.Persistence.Disk;

/// <summary>A fault during an operation of a <see cref="SimulatedFolder"/>.</summary>
public enum Fault
{
    None,

    /// <summary>An error, without any effect.</summary>
    Error,

    /// <summary>An error after half of a write.</summary>
    HalfDone,

    /// <summary>The machine stops before the operation.</summary>
    Crash,

    /// <summary>The machine stops during the operation.</summary>
    HalfDoneCrash,
}

/// <summary>The part of unsynced content that survives a power failure.</summary>
public enum UnsyncedContent
{
    Lost,
    Kept,
    HalfKept,

    /// <summary>The length is durable, the bytes are not.</summary>
    Zeroed,

    /// <summary>Some pages were written and others not, in no order.</summary>
    Scattered,
}

internal sealed class SimulatedError(string message) : IOException(message);

/// <summary>A file's content, as programs see it and as the disk has it.</summary>
internal sealed class SimulatedContent
{
    private const int PageBytes = 16;

    public byte[] Seen { get; set; } = [];

    public byte[] Durable { get; private set; } = [];

    /// <summary>
    /// After a failed sync the system forgets what was not written, and later syncs succeed without it.
    /// </summary>
    public bool IsForgotten { get; set; }

    public static SimulatedContent OfDurable(byte[] bytes) => new() { Seen = bytes, Durable = bytes };

    public void Sync()
    {
        if (!IsForgotten)
        {
            Durable = [.. Seen];
        }
    }

    public byte[] AfterCrash(UnsyncedContent unsynced)
    {
        byte[] after = unsynced switch
        {
            UnsyncedContent.Lost => Durable,
            UnsyncedContent.HalfKept => Seen[..((Math.Min(Durable.Length, Seen.Length) + Seen.Length) / 2)],
            _ => Seen,
        };
        after = [.. after];
        for (int i = Durable.Length; i < after.Length; i++)
        {
            bool isLost = unsynced == UnsyncedContent.Zeroed
                || (unsynced == UnsyncedContent.Scattered && i / PageBytes % 2 == 0);
            after[i] = isLost ? (byte)0 : after[i];
        }
        return after;
    }
}
