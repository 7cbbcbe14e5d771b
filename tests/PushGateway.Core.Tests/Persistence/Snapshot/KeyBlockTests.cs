using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Persistence.Snapshot;
using PushGateway.Core.Store;
using PushGateway.Core.Tests.Persistence.Disk;
using PushGateway.Core.Tests.Store;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Snapshot;

/// <summary>The idempotency keys in a persistence file.</summary>
public class KeyBlockTests
{
    private static readonly CheckpointId Coverage = new(7, 3);

    private static readonly RememberedKey[] Keys =
        [new(UInt128.MaxValue, At: long.MinValue), new(UInt128.One, At: 5), new(UInt128.One << 100, At: 5)];

    private readonly TestStore _groups = new TestStore().With("job=a", "x 1\n").With("job=b", "x 2\n");
    private readonly TestStore _noGroups = new();

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 3)]
    [InlineData(true, 30_000)]
    [InlineData(false, 0)]
    [InlineData(false, 3)]
    public void Write_AnyKeys_AreReadBackInTheirOrder(bool hasGroups, int count)
    {
        RememberedKey[] keys = [.. Enumerable.Range(0, count).Select(i => new RememberedKey((UInt128)i << 64, At: i))];

        SnapshotInfo found = Inspect(Write(hasGroups, keys));

        Assert.Equal((Coverage, null), (found.Coverage, found.Damage));
        Assert.Equal(keys, found.Keys);
        found.CheckContent();
        Assert.True(found.IsContentIntact);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_Keys_StandBetweenTheRestOfTheFile(bool hasGroups)
    {
        byte[] without = Write(hasGroups, []);

        byte[] with = Write(hasGroups, Keys);

        Assert.Equal(without, (byte[])[.. with[..(without.Length - SnapshotTrailer.Bytes)], .. with[^SnapshotTrailer.Bytes..]]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_AnyBitOfTheKeysFlipped_TellsItAndCostsOnlyTheKeys(bool hasGroups)
    {
        byte[] intact = Write(hasGroups, Keys);
        int start = intact.AsSpan().IndexOf(KeyBlock.Magic);
        int end = intact.Length - SnapshotTrailer.Bytes;
        for (int bit = 8 * start; bit < 8 * end; bit++)
        {
            SnapshotInfo found = Inspect(Flip(intact, bit));

            Assert.Empty(found.Keys);
            Assert.StartsWith("damaged ", found.Damage, StringComparison.Ordinal);
            Assert.Equal(Coverage, found.Coverage);
            found.CheckContent();
            Assert.True(found.IsContentIntact);
        }
    }

    [Fact]
    public void Read_AnyOtherBitFlipped_KeepsTheKeys()
    {
        byte[] intact = Write(hasGroups: true, Keys);
        int start = intact.AsSpan().IndexOf(KeyBlock.Magic);
        int end = intact.Length - SnapshotTrailer.Bytes;
        int content = intact.AsSpan().IndexOf(GroupChecksums.Magic);
        foreach (int bit in Enumerable.Range(8 * content, 8 * (start - content)).Concat(Enumerable.Range(8 * end, 8 * (intact.Length - end))))
        {
            SnapshotInfo found = Inspect(Flip(intact, bit));

            Assert.True(found.Damage is not null, $"bit {bit}");
            Assert.True(found.Keys.SequenceEqual(Keys), $"bit {bit}: {found.Damage}");
        }
    }

    [Fact]
    public void Read_HeaderThatClaimsMoreThanTheFileHas_ReadsNone()
    {
        byte[] bytes = Write(hasGroups: true, Keys);
        int start = bytes.AsSpan().IndexOf(KeyBlock.Magic);
        bytes.AsSpan(start + KeyBlock.Magic.Length, 4).Fill(0xFF);

        Assert.Equal("damaged idempotency keys", Inspect(bytes).Damage);
    }

    private byte[] Write(bool hasGroups, RememberedKey[] keys)
    {
        var folder = new SimulatedFolder();
        StoreSnapshot snapshot = (hasGroups ? _groups : _noGroups).Store.Snapshot;
        long size = new SnapshotFile(folder, new FileNames("data"), preserveAs: null)
            .Write(Coverage, stream => GobSnapshotWriter.Write(stream, snapshot), keys);
        Assert.Equal(folder.Bytes("data").Length, size);
        return folder.Bytes("data");
    }

    private static SnapshotInfo Inspect(byte[] bytes) =>
        SnapshotInfo.Inspect(new SimulatedFolder().With("data", bytes), "data");

    private static byte[] Flip(byte[] bytes, int bit)
    {
        byte[] flipped = [.. bytes];
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }
}
