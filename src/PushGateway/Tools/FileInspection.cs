using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Persistence.Snapshot;
using PushGateway.Core.Store;
using PushGateway.Durability;

namespace PushGateway.Tools;

/// <summary><c>inspect</c>: what a start with a persistence file would find. Takes as much memory as the gateway would.</summary>
internal static class FileInspection
{
    public static async Task<int> RunAsync(CliContext call)
    {
        if (call.Arguments is not [{ Length: > 0 } file] || file.StartsWith('-'))
        {
            return call.Refuse("expected one file, that of --persistence.file");
        }
        try
        {
            InspectedFile? inspected = await ReadAsync(Path.GetFullPath(file));
            if (inspected is null)
            {
                return call.Refuse($"{file}: there is no such file, and no journal beside it");
            }
            await call.Output.WriteAsync(InspectionReport.Render(inspected));
            return inspected.IsSound ? 0 : CliContext.Failed;
        }
        catch (IOException exception)
        {
            return call.Refuse($"{file}: {exception.Message}");
        }
    }

    /// <summary>Null if there is nothing of that name.</summary>
    private static async Task<InspectedFile?> ReadAsync(string path)
    {
        string name = Path.GetFileName(path);
        var folder = new ReadOnlyFolder(Path.GetDirectoryName(path) ?? "/");
        long? size;
        using (DurableFile? file = folder.TryOpen(name))
        {
            size = file?.Length;
        }
        var restore = FileRecovery.Begin(folder, name, TimeProvider.System.GetUtcNow());
        if (!restore.HasFiles)
        {
            return null;
        }
        var store = new GroupStore([]);
        var unreadable = new List<UnreadableFamily>();
        var faults = new List<string>();
        RecoveredState files = await StoreLoader.RestoreAllAsync(restore, store, unreadable, faults, CancellationToken.None);
        return new InspectedFile(path, size, restore.SnapshotTrailer, files.Journal.Segments, store.Snapshot)
        {
            Unreadable = unreadable,
            Findings = [.. faults, .. files.Report.Findings],
        };
    }
}

/// <summary>A persistence file with its journal.</summary>
/// <param name="Size">In bytes; null if only the journal is there.</param>
/// <param name="Trailer">What the file says of the journal; null if the Go Pushgateway has written it.</param>
/// <param name="Journal">Its parts, oldest first.</param>
/// <param name="Groups">What a start would restore.</param>
internal sealed record InspectedFile(
    string Path, long? Size, CheckpointId? Trailer, IReadOnlyList<JournalSegment> Journal, StoreSnapshot Groups)
{
    /// <summary>Families that a start would leave out.</summary>
    public required IReadOnlyList<UnreadableFamily> Unreadable { get; init; }

    /// <summary>What a start would log as not being as it should be.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    public bool IsSound => Unreadable.Count + Findings.Count == 0;
}
