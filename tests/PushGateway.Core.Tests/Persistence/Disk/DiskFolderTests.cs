using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Tests.Persistence.Recovery;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Disk;

/// <summary>The real disk.</summary>
public sealed class DiskFolderTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pushgateway-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Files_WrittenRenamedAndDeleted_AreAsTheyShouldBe()
    {
        var folder = new DiskFolder(_directory.FullName);
        using (DurableFile file = folder.Create("a"))
        {
            file.Write(["one"u8.ToArray(), Array.Empty<byte>(), "two"u8.ToArray()], 0);
            file.Write(["three"u8.ToArray()], 6);
            file.Truncate(9);
            file.Sync();
            Assert.Equal(9, file.Length);
        }
        folder.Create("c").Dispose();
        folder.Rename("a", "b");
        folder.Rename("c", "b2");
        folder.Rename("b", "b2");
        folder.Delete("missing");
        folder.Sync();

        Assert.Equal(["b2"], folder.List());
        Assert.Null(folder.TryOpen("a"));
        using (DurableFile file = folder.TryOpen("b2")!)
        {
            byte[] bytes = new byte[20];
            Assert.Equal(7, file.Read(bytes, 2));
            Assert.Equal("etwothr"u8, bytes.AsSpan(0, 7));
            Assert.Equal(0, file.Read(bytes, 9));
        }
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(Path.Combine(_directory.FullName, "b2")));
        }
    }

    [Fact]
    public void Create_NameIsTaken_Fails()
    {
        var folder = new DiskFolder(_directory.FullName);
        folder.Create("a").Dispose();

        Assert.Throws<IOException>(() => folder.Create("a"));
    }

    [Fact]
    public void AnyUse_OfAFolderThatIsGone_FailsAsADiskDoes()
    {
        var folder = new DiskFolder(Path.Combine(_directory.FullName, "gone"));

        Assert.All(
            (Action[])
            [
                () => folder.List(), () => folder.Create("a"), () => folder.TryOpen("a"), () => folder.Rename("a", "b"),
                folder.Sync,
            ],
            use => Assert.IsAssignableFrom<IOException>(Record.Exception(use)));
    }

    [Fact]
    public void Guard_ErrorsThatDotNetTakesForOthers_AreThoseOfADisk()
    {
        IOException tooLarge = Assert.Throws<IOException>(() =>
            DiskError.Guard(() => throw new ArgumentOutOfRangeException("value")));
        Assert.Equal("File too large", tooLarge.Message);
        IOException denied = Assert.Throws<IOException>(() =>
            DiskError.Guard(() => throw new UnauthorizedAccessException("denied")));
        Assert.Equal("denied", denied.Message);
    }

    [Fact]
    public void TryOpen_FolderInThePlaceOfTheFile_SaysSo()
    {
        Directory.CreateDirectory(Path.Combine(_directory.FullName, "data"));

        IOException error = Assert.Throws<IOException>(() => new DiskFolder(_directory.FullName).TryOpen("data"));

        Assert.EndsWith("/data is a directory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Journal_OnTheDisk_SurvivesTwoRestarts()
    {
        var folder = new DiskFolder(_directory.FullName);
        ModelGateway gateway = await ModelGateway.StartAsync(folder);
        Assert.True(await gateway.PushAsync(1, 2));
        Assert.True(await gateway.SnapshotAsync(pushedMeanwhile: [3]));
        Assert.True(await gateway.PushAsync(4));
        await gateway.Journal.DisposeAsync();

        gateway = await ModelGateway.StartAsync(folder);
        Assert.Equal([1, 2, 3, 4], gateway.Restored);
        Assert.True(await gateway.SnapshotAsync());
        await gateway.Journal.DisposeAsync();

        gateway = await ModelGateway.StartAsync(folder);
        Assert.Equal([1, 2, 3, 4], gateway.Restored);
        await gateway.Journal.DisposeAsync();
    }

    [Fact]
    public async Task Journal_OfARunningGateway_IsNotTouchedByASecondOne()
    {
        var folder = new DiskFolder(_directory.FullName);
        ModelGateway gateway = await ModelGateway.StartAsync(folder);

        await Assert.ThrowsAsync<IOException>(() => ModelGateway.StartAsync(folder));
        Assert.True(await gateway.PushAsync(1));
        await gateway.Journal.DisposeAsync();
    }

    [Fact]
    public async Task Journal_OfTwoGatewaysThatStartAtOnce_IsOneGatewaysOnly()
    {
        var folder = new DiskFolder(_directory.FullName);
        RecoveredState[] restored = [.. Enumerable.Range(0, 2).Select(_ => Restored(folder))];
        await using JournalWriter journal = await JournalWriter.OpenAsync(restored[0].Journal, new JournalOptions());

        IOException error = await Assert.ThrowsAsync<IOException>(
            () => JournalWriter.OpenAsync(restored[1].Journal, new JournalOptions()));

        Assert.Equal("another gateway uses the journal", error.Message);
        Assert.Null(journal.Failure);
    }

    /// <summary>Also between two files of the journal.</summary>
    [Fact]
    public async Task Journal_DuringARotation_IsNotTouchedByASecondGateway()
    {
        var disk = new DiskFolder(_directory.FullName);
        int refused = 0;
        var watched = new WatchedFolder(disk);
        ModelGateway gateway = await ModelGateway.StartAsync(watched);
        Assert.True(await gateway.PushAsync(1));
        watched.Before = () =>
        {
            Assert.Throws<IOException>(() => Restored(disk));
            refused++;
        };

        gateway.Journal.BeginCheckpoint();
        await gateway.Journal.SyncAsync();

        Assert.Null(gateway.Journal.Failure);
        Assert.Equal(4, refused);
        watched.Before = () => { };
        await gateway.Journal.DisposeAsync();
    }

    private static RecoveredState Restored(DurableFolder folder)
    {
        var restore = FileRecovery.Begin(folder, ModelGateway.FileName, DateTimeOffset.UnixEpoch);
        foreach (JournalRecord _ in restore.Records())
        {
        }
        return restore.Finish();
    }
}
