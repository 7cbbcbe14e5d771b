using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Logging;

namespace PushGateway.Durability;

/// <summary>Restores the store of a running gateway.</summary>
internal static class StoreRecovery
{
    /// <summary>Fills an empty store.</summary>
    /// <param name="path">The full path of the persistence file.</param>
    /// <param name="fileLock">Prevents other gateways from using the file. Nothing is written without it.</param>
    /// <param name="at">The current time, for the names of preserved files.</param>
    /// <exception cref="IOException">The disk failed. The store may be partly filled: wipe it.</exception>
    /// <exception cref="OperationCanceledException">The store may be partly filled. No file has changed.</exception>
    public static async Task<RecoveredStore> RunAsync(
        GroupStore store,
        string path,
        FileLock fileLock,
        Func<string, DurableFolder> openFolder,
        DateTimeOffset at,
        CancellationToken cancellation)
    {
        fileLock.ThrowIfHeld();
        var folder = new LockedFolder(openFolder(Path.GetDirectoryName(path) ?? "/"), fileLock);
        var recovery = FileRecovery.Begin(folder, Path.GetFileName(path), at);
        var left = new LeftOut();
        return new RecoveredStore(await StoreLoader.RestoreAllAsync(recovery, store, left, cancellation), left);
    }
}

/// <summary>The result of a restore.</summary>
internal sealed record RecoveredStore(RecoveredState Files, LeftOut Left)
{
    /// <summary>Number of journal records replayed.</summary>
    public long Records => Files.Report.Records - Left.Changes.Count;

    /// <summary>Number of journal records that could not be replayed.</summary>
    public long DiscardedRecords => Files.Report.DiscardedRecords + Left.Changes.Count;

    /// <summary>Logs the problems of the files.</summary>
    public void Log(ILogger logger)
    {
        foreach (UnreadableFamily family in Left.Families)
        {
            logger.FamilyNotRestored(family.Name.ToString(), family.Error.Message);
        }
        foreach (string finding in Files.Report.Findings.Concat(Left.Findings))
        {
            logger.RestoreFinding(finding);
        }
    }
}

/// <summary>The data that a restore omitted.</summary>
internal sealed class LeftOut
{
    private const int MaxListed = 10;

    /// <summary>Unreadable families.</summary>
    public List<UnreadableFamily> Families { get; } = [];

    /// <summary>One sentence for each group of a damaged file that cannot be restored.</summary>
    public List<string> Groups { get; } = [];

    /// <summary>Why each omitted journal record could not be replayed.</summary>
    public List<string> Changes { get; } = [];

    /// <summary>One sentence for each problem with a group or a change, up to a maximum.</summary>
    public IEnumerable<string> Findings => [.. FirstOf(Groups, "groups"), .. FirstOf(Changes, "changes")];

    public void Clear()
    {
        Families.Clear();
        Groups.Clear();
        Changes.Clear();
    }

    private static IEnumerable<string> FirstOf(List<string> all, string what) => all.Count <= MaxListed
        ? all
        : all.Take(MaxListed).Append($"{all.Count - MaxListed} more {what} are omitted");
}
