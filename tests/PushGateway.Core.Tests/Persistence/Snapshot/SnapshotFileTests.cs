using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Persistence.Snapshot;
using PushGateway.Core.Tests.Persistence.Disk;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Snapshot;

public class SnapshotFileTests
{
    private static readonly CheckpointId Coverage = new(7, 3);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    public void Write_AnySize_IsReadBackWithoutTheTrailer(int size)
    {
        var folder = new SimulatedFolder();
        byte[] content = [.. Enumerable.Range(0, size).Select(i => (byte)(i * 7))];

        long written = Open(folder).Write(Coverage, stream =>
        {
            stream.Write(content, 0, size / 3);
            stream.Write(content.AsSpan(size / 3));
        });

        Assert.Equal(folder.Bytes("data").Length, written);
        var found = SnapshotInfo.Inspect(folder, "data");
        Assert.Equal((Coverage, null), (found.Coverage, found.Damage));
        using Stream stream = found.Open()!;
        var copy = new MemoryStream();
        stream.CopyTo(copy);
        Assert.Equal(content, copy.ToArray());
        Assert.Equal(size, stream.Length);
        Assert.Equal(["data"], folder.List());
    }

    [Fact]
    public void Write_ContentThrows_LeavesThePresentOne()
    {
        SimulatedFolder folder = new SimulatedFolder().With("data", [1, 2, 3]);

        Assert.Throws<InvalidOperationException>(() => Open(folder).Write(Coverage, stream =>
        {
            stream.Write(new byte[500_000]);
            throw new InvalidOperationException();
        }));

        Assert.Equal(["data"], folder.List());
        Assert.Equal([1, 2, 3], folder.Bytes("data"));
    }

    [Fact]
    public void Write_DiskIsFull_FreesWhatItTook()
    {
        SimulatedFolder folder = new SimulatedFolder { Capacity = 1000 }.With("data", [1, 2, 3]);

        SimulatedError error = Assert.Throws<SimulatedError>(() =>
            Open(folder).Write(Coverage, stream => stream.Write(new byte[2000])));

        Assert.Equal("No space left on device", error.Message);
        Assert.Equal(["data"], folder.List());
    }

    [Fact]
    public void Write_WithoutAJournal_IsKnownByItsContentOnly()
    {
        var folder = new SimulatedFolder();
        Open(folder).Write(CheckpointId.NoJournal, stream => stream.WriteByte(1));

        var found = SnapshotInfo.Inspect(folder, "data");

        Assert.Equal((null, null), (found.Coverage, found.Damage));
        Assert.Equal(41, found.ComputeFingerprint().Length);
    }

    private static SnapshotFile Open(SimulatedFolder folder) =>
        new(folder, new FileNames("data"), preserveAs: null);
}
