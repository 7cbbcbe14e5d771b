using PushGateway.Core.Persistence.Disk;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Disk;

public sealed class ReadOnlyFolderTests : IDisposable
{
    private readonly DirectoryInfo _disk = Directory.CreateTempSubdirectory("read-only-folder-");

    public ReadOnlyFolderTests() => File.WriteAllText(Path.Combine(_disk.FullName, "a"), "text");

    public void Dispose() => _disk.Delete(recursive: true);

    [Fact]
    public void Rename_AFile_IsSoForReadersAndNotOnTheDisk()
    {
        var folder = new ReadOnlyFolder(_disk.FullName);

        folder.Rename("a", "b");
        folder.Sync();

        Assert.Equal(["b"], folder.List());
        Assert.Null(folder.TryOpen("a"));
        Assert.Equal("text", Read(folder, "b"));
        Assert.Equal(["a"], OnDisk());
    }

    [Fact]
    public void Delete_AFile_IsSoForReadersAndNotOnTheDisk()
    {
        var folder = new ReadOnlyFolder(_disk.FullName);

        folder.Delete("a");
        folder.Delete("never there");

        Assert.Empty(folder.List());
        Assert.Null(folder.TryOpen("a"));
        Assert.Equal(["a"], OnDisk());
    }

    [Fact]
    public void Create_AFile_IsRefused()
    {
        var folder = new ReadOnlyFolder(_disk.FullName);

        Assert.Throws<IOException>(() => folder.Create("b"));
        Assert.Throws<IOException>(() => folder.Rename("b", "c"));
        Assert.Equal(["a"], OnDisk());
    }

    [Fact]
    public void TryOpen_AFileThatAGatewayHasLocked_ReadsIt()
    {
        using DurableFile locked = new DiskFolder(_disk.FullName).Create("journal");
        locked.Write(["change"u8.ToArray()], 0);

        Assert.Equal("change", Read(new ReadOnlyFolder(_disk.FullName), "journal"));
    }

    [Fact]
    public void TryOpen_WhatIsNoFile_IsAnError()
    {
        _disk.CreateSubdirectory("folder");

        Assert.Throws<IOException>(() => new ReadOnlyFolder(_disk.FullName).TryOpen("folder"));
        Assert.Throws<DirectoryNotFoundException>(() => new ReadOnlyFolder(Path.Combine(_disk.FullName, "none")));
    }

    private static string Read(DurableFolder folder, string name)
    {
        using DurableFile? file = folder.TryOpen(name);
        Assert.NotNull(file);
        byte[] bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(bytes, 0));
        return System.Text.Encoding.UTF8.GetString(bytes);
    }

    private string[] OnDisk() => [.. _disk.GetFiles().Select(file => file.Name)];
}
