using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Persistence.Snapshot;
using PushGateway.Core.Tests.Persistence.Disk;
using PushGateway.Core.Tests.Persistence.Journal;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Recovery;

/// <summary>Complete restores of files that are truncated or changed at each of their bytes.</summary>
public class RestoreEveryByteTests
{
    private static readonly int RecordBytes = TestRecords.Encode(TestRecords.Push("1")).Length;

    [Fact]
    public async Task Restart_JournalCutAtAnyByte_HasItsWholeRecords()
    {
        byte[] journal = await JournalAsync();
        for (int length = 0; length < journal.Length; length++)
        {
            int whole = Math.Max(0, length - SegmentHeader.Bytes) / RecordBytes;
            SimulatedFolder folder = new SimulatedFolder().With("data.journal", journal[..length]);

            ModelGateway gateway = await CheckAsync(folder, Enumerable.Range(1, whole));

            Assert.Empty(gateway.Report.PreservedFiles);
            Assert.Equal(whole, gateway.Report.Records);
        }
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0xFF)]
    public async Task Restart_JournalChangedAtAnyByte_HasTheRecordsBeforeAndKeepsTheFile(byte change)
    {
        byte[] journal = await JournalAsync();
        for (int at = 0; at < journal.Length; at++)
        {
            byte[] changed = [.. journal];
            changed[at] ^= change;
            int whole = at < SegmentHeader.Bytes ? 0 : (at - SegmentHeader.Bytes) / RecordBytes;
            SimulatedFolder folder = new SimulatedFolder().With("data.journal", changed);

            ModelGateway gateway = await CheckAsync(folder, Enumerable.Range(1, whole));

            Assert.Equal(5 - whole, gateway.Report.DiscardedRecords);
            PreservedFile preserved = Assert.Single(gateway.Report.PreservedFiles);
            Assert.Equal(changed, folder.Bytes(preserved.FileName));
        }
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x01)]
    [InlineData(0x80)]
    public async Task Restart_SnapshotCutOrChangedAtAnyByte_IsKeptAsideAndTheJournalIsRestored(byte change)
    {
        var before = new SimulatedFolder();
        ModelGateway gateway = await ModelGateway.StartAsync(before);
        await gateway.PushAsync(11, 22);
        await gateway.SnapshotAsync();
        await gateway.PushAsync(33, 44);
        byte[] snapshot = before.Bytes("data");
        int content = snapshot.Length - SnapshotTrailer.Bytes;

        for (int at = 0; at < snapshot.Length; at++)
        {
            byte[] changed = change == 0 ? snapshot[..at] : [.. snapshot];
            if (change != 0)
            {
                changed[at] ^= change;
            }
            SimulatedFolder folder = new SimulatedFolder().With("data", changed)
                .With("data.journal", before.Bytes("data.journal"));

            gateway = await ModelGateway.StartAsync(folder);

            // Without any of the trailer, it looks like one of another gateway.
            bool isLikeAnothers = change == 0 && at == content;
            Assert.Equal(isLikeAnothers ? [11, 22] : [33, 44], gateway.Restored.TakeLast(2));
            Assert.Single(gateway.Report.PreservedFiles);
            Assert.True(await gateway.SnapshotAsync());
            string kept = gateway.Report.PreservedFiles[0].FileName;
            Assert.Equal(isLikeAnothers ? before.Bytes("data.journal") : changed, folder.Bytes(kept));
            await gateway.Journal.DisposeAsync();
        }
    }

    /// <summary>A snapshot that is whole, and a part of the journal that another part follows.</summary>
    [Theory]
    [InlineData(0x00)]
    [InlineData(0x01)]
    [InlineData(0xFF)]
    public async Task Restart_OlderJournalCutOrChangedAtAnyByte_HasTheSnapshotAndTheRecordsBeforeAndKeepsTheRest(byte change)
    {
        SimulatedFolder before = await RestoreScenes.WithSnapshotAsync([11, 22], journal: [1, 2, 3]);
        await RestoreScenes.PushAndKillAsync(before, 4, 5);
        byte[] older = before.Bytes("data.journal.2");
        for (int at = 0; at < older.Length; at++)
        {
            byte[] damaged = change == 0 ? older[..at] : [.. older];
            if (change != 0)
            {
                damaged[at] ^= change;
            }
            SimulatedFolder folder = new SimulatedFolder().With("data", before.Bytes("data"))
                .With("data.journal.2", damaged).With("data.journal", before.Bytes("data.journal"));
            int whole = Math.Max(0, at - SegmentHeader.Bytes) / RecordBytes;

            ModelGateway gateway = await CheckAsync(folder, [11, 22, .. Enumerable.Range(1, whole)]);

            Assert.Equal(whole, gateway.Report.Records);
            Assert.Contains(gateway.Report.PreservedFiles, kept => kept.FileName == $"data.journal.unapplied-{RestoreScenes.Stamp}");
            bool isCutBetweenRecords = change == 0 && (at < SegmentHeader.Bytes
                || (at - SegmentHeader.Bytes) % RecordBytes == 0);
            Assert.True(isCutBetweenRecords || gateway.Report.PreservedFiles.Any(kept =>
                kept.FileName.StartsWith("data.journal.2.corrupt", StringComparison.Ordinal)
                && folder.Bytes(kept.FileName).SequenceEqual(damaged)), $"byte {at}: {gateway.Report}");
        }
    }

    private static async Task<byte[]> JournalAsync()
    {
        var folder = new SimulatedFolder();
        ModelGateway gateway = await ModelGateway.StartAsync(folder);
        await gateway.PushAsync(1, 2, 3, 4, 5);
        return folder.Bytes("data.journal");
    }

    /// <summary>Restores, pushes, restores again, and writes a snapshot.</summary>
    private static async Task<ModelGateway> CheckAsync(SimulatedFolder folder, IEnumerable<int> expected)
    {
        ModelGateway first = await ModelGateway.StartAsync(folder);
        Assert.Equal(expected, first.Restored);
        Assert.True(await first.PushAsync(9));
        ModelGateway second = await ModelGateway.StartAsync(folder.AfterCrash(UnsyncedContent.Lost).Last());
        Assert.Equal(expected.Append(9), second.Restored);
        Assert.True(await first.SnapshotAsync());
        await first.Journal.DisposeAsync();
        await second.Journal.DisposeAsync();
        return first;
    }
}
