using PushGateway.Core.Persistence;
using Xunit;

namespace PushGateway.Core.Tests.Persistence;

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
        var tooLarge = Assert.Throws<IOException>(() =>
            DiskError.Guard(() => throw new ArgumentOutOfRangeException("value")));
        Assert.Equal("File too large", tooLarge.Message);
        var denied = Assert.Throws<IOException>(() =>
            DiskError.Guard(() => throw new UnauthorizedAccessException("denied")));
        Assert.Equal("denied", denied.Message);
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
}
