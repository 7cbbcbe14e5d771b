using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Recovery;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Journal;

/// <summary>A journal whose file or folder somebody removes or replaces while it runs.</summary>
public sealed class MovedJournalTests : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("pushgateway-test-");

    private string Folder => Path.Combine(_parent.FullName, "folder");

    private string Journal => Path.Combine(Folder, "data.journal");

    public MovedJournalTests() => Directory.CreateDirectory(Folder);

    public void Dispose() => _parent.Delete(recursive: true);

    [Theory]
    [InlineData("remove the folder")]
    [InlineData("move the folder")]
    [InlineData("remove the journal")]
    [InlineData("move the journal")]
    public async Task TryAppend_NobodyWouldFindTheJournal_FailsUntilASnapshotIsInPlace(string what)
    {
        RecoveredState files = Recover();
        await using JournalWriter journal = await JournalWriter.OpenAsync(files.Journal, new JournalOptions());
        Assert.True(await PushAsync(journal));

        Move(what);

        Assert.False(await PushAsync(journal));
        Assert.Equal("the journal cannot be written: data.journal was removed or replaced", journal.Failure?.Message);
        Directory.CreateDirectory(Folder);
        Checkpoint checkpoint = journal.BeginCheckpoint();
        files.Snapshot.Write(checkpoint.Coverage, stream => stream.Write("content"u8));
        await journal.CompleteCheckpointAsync(checkpoint);
        Assert.True(await PushAsync(journal));
        Assert.Equal(1, Recover(new ReadOnlyFolder(Folder)).Journal.Segments.Sum(segment => segment.Records));
    }

    [Fact]
    public async Task CheckInPlaceAsync_NothingWasPushed_FindsThatTheJournalIsGone()
    {
        await using JournalWriter journal = await JournalWriter.OpenAsync(
            Recover().Journal, new JournalOptions { Fsync = FsyncPolicy.Never });
        await journal.CheckInPlaceAsync();
        Assert.Null(journal.Failure);

        File.Delete(Journal);

        await Assert.ThrowsAsync<JournalFailedException>(journal.CheckInPlaceAsync);
        Assert.NotNull(journal.Failure);
    }

    [Fact]
    public async Task ThrowIfReplaced_AnotherGatewayHasTheName_KeepsTheFilesOfThatOne()
    {
        JournalWriter journal = await JournalWriter.OpenAsync(Recover().Journal, new JournalOptions());
        Move("move the folder");
        Directory.CreateDirectory(Folder);
        await using JournalWriter other = await JournalWriter.OpenAsync(Recover().Journal, new JournalOptions());

        Assert.False(await PushAsync(journal));
        Assert.Throws<IOException>(journal.ThrowIfReplaced);
        await Assert.ThrowsAsync<JournalFailedException>(() => journal.CompleteCheckpointAsync(journal.BeginCheckpoint()));
        await journal.DisposeAsync();

        Assert.True(await PushAsync(other));
    }

    private RecoveredState Recover(DurableFolder? folder = null)
    {
        var recovery = FileRecovery.Begin(folder ?? new DiskFolder(Folder), "data", DateTimeOffset.UnixEpoch);
        foreach (JournalRecord _ in recovery.Records())
        {
        }
        return recovery.Finish();
    }

    private static async Task<bool> PushAsync(JournalWriter journal)
    {
        using var record = EncodedRecord.Of(TestRecords.Push("1"));
        if (!journal.TryAppend(record, out JournalTicket ticket))
        {
            return false;
        }
        try
        {
            await ticket.WaitDurableAsync();
            return true;
        }
        catch (JournalFailedException)
        {
            return false;
        }
    }

    private void Move(string what)
    {
        switch (what)
        {
            case "remove the folder":
                Directory.Delete(Folder, recursive: true);
                break;
            case "move the folder":
                Directory.Move(Folder, Folder + ".old");
                break;
            case "remove the journal":
                File.Delete(Journal);
                break;
            default:
                File.Move(Journal, Journal + ".old");
                break;
        }
    }
}
