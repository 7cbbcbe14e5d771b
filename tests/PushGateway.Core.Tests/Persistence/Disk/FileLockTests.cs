using PushGateway.Core.Persistence.Disk;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Disk;

public sealed class FileLockTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");

    private string Store => PathOf("store");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Take_AnotherHoldsIt_FailsUntilThatOneEnds()
    {
        var first = new FileLock(Store);
        using var second = new FileLock(Store);
        first.Take();
        first.Take();

        IOException error = Assert.ThrowsAny<IOException>(second.ThrowIfHeld);

        Assert.Equal($"another gateway uses it, and has locked {Store}.lock", error.Message);
        first.Dispose();
        second.Take();
        Assert.Null(second.Weakness);
    }

    [Fact]
    public void Dispose_LeavesNoFile()
    {
        using (var fileLock = new FileLock(Store))
        {
            fileLock.Take();
            Assert.Equal([Store + ".lock"], _folder.GetFiles().Select(file => file.FullName));
        }

        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public void Take_FileWasLeftByAKill_TakesIt()
    {
        File.WriteAllText(Store + ".lock", "");
        using var fileLock = new FileLock(Store);

        fileLock.Take();
    }

    [Fact]
    public void Take_FileWasDeletedMeanwhile_LocksANewOne()
    {
        using var first = new FileLock(Store);
        using var second = new FileLock(Store);
        first.Take();
        File.Delete(Store + ".lock");

        first.Take();

        Assert.ThrowsAny<IOException>(second.Take);
    }

    /// <summary>The waiting gateway must not lock a file that the other one has deleted.</summary>
    [Fact]
    public void Take_ManyAtATime_OneHoldsIt()
    {
        int holders = 0;
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 100; i++)
            {
                using var fileLock = new FileLock(Store);
                try
                {
                    fileLock.Take();
                }
                catch (IOException)
                {
                    continue;
                }
                Assert.Equal(1, Interlocked.Increment(ref holders));
                Interlocked.Decrement(ref holders);
            }
        });
    }

    /// <summary>A gateway that ends deletes the file after another one has opened it and before it locks it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void IsInPlace_OfAFileThatIsDeletedWhileItIsOpened_IsFalse(bool isMadeAnew)
    {
        using var stream = new FileStream(Store, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        File.Delete(Store);
        if (isMadeAnew)
        {
            File.WriteAllText(Store, "");
        }
        using var file = new DiskFile(stream);

        Assert.Equal(!OperatingSystem.IsLinux(), file.IsInPlace);
    }

    [Fact]
    public void RealPath_Links_IsTheirTarget()
    {
        string target = PathOf("target");
        File.CreateSymbolicLink(Store, "target");
        Assert.Equal(target, FileLock.RealPath(Store));

        File.WriteAllText(target, "");
        Assert.Equal(target, FileLock.RealPath(Store));
        Assert.Equal(target, FileLock.RealPath($"{_folder.FullName}/x/../store"));
        Assert.Equal(PathOf("missing"), FileLock.RealPath(PathOf("missing")));
    }

    [Fact]
    public void RealPath_LinkToItself_Fails()
    {
        File.CreateSymbolicLink(Store, "store");

        Assert.Throws<IOException>(() => FileLock.RealPath(Store));
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
