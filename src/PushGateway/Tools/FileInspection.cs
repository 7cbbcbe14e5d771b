using PushGateway.CommandLine;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Snapshot;

namespace PushGateway.Tools;

/// <summary>
/// <c>inspect</c>: shows what a start with a persistence file would restore. Needs as much memory as the gateway.
/// </summary>
internal static class FileInspection
{
    public static async Task<int> RunAsync(CliContext context)
    {
        if (context.Arguments is not [{ Length: > 0 } file] || file.StartsWith('-'))
        {
            return context.Fail("expected one file, that of --persistence.file");
        }
        try
        {
            InspectedFile? inspected = await ReadAsync(Path.GetFullPath(file));
            if (inspected is null)
            {
                return context.Fail($"{file}: there is no such file, and no journal beside it");
            }
            await context.Output.WriteAsync(InspectionReport.Render(inspected));
            return inspected.IsSound ? 0 : CliContext.Failed;
        }
        catch (IOException exception)
        {
            return context.Fail($"{file}: {exception.Message}");
        }
    }

    /// <summary>Null if neither the file nor a journal exists.</summary>
    private static async Task<InspectedFile?> ReadAsync(string path)
    {
        string realPath = FileLock.RealPath(path);
        long? size;
        using (DurableFile? file = new ReadOnlyFolder(Path.GetDirectoryName(realPath) ?? "/").TryOpen(Path.GetFileName(realPath)))
        {
            size = file?.Length;
        }
        return await PersistedStore.ReadAsync(realPath, KeyCount.Max) is { } read
            ? new InspectedFile(path, size, read.Trailer, read.Journal, read.Store.Snapshot)
            {
                Unreadable = read.Unreadable,
                IdempotencyKeys = read.Store.CountIdempotencyKeys(now: 0).Keys,
                Findings = read.Findings,
            }
            : null;
    }
}

/// <summary>A persistence file with its journal.</summary>
/// <param name="Size">In bytes; null if only the journal exists.</param>
/// <param name="Trailer">The part of the journal that the file covers; null if the Go Pushgateway wrote the file.</param>
/// <param name="Journal">Its segments, oldest first.</param>
/// <param name="Groups">The groups that a start would restore.</param>
internal sealed record InspectedFile(
    string Path, long? Size, CheckpointId? Trailer, IReadOnlyList<JournalSegment> Journal, StoreSnapshot Groups)
{
    /// <summary>Families that a start would omit.</summary>
    public required IReadOnlyList<UnreadableFamily> Unreadable { get; init; }

    /// <summary>The number of idempotency keys that a start would remember.</summary>
    public required int IdempotencyKeys { get; init; }

    /// <summary>The damage and inconsistencies that a start would log.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    public bool IsSound => Unreadable.Count + Findings.Count == 0;
}
