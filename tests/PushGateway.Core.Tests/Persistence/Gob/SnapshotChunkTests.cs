using System.Globalization;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Gob;

/// <summary>Chunks contain the same groups as <see cref="GobSnapshotReader.Read"/>, for valid and damaged files.</summary>
public class SnapshotChunkTests
{
    [Theory]
    [InlineData(Fixture.Go15)]
    [InlineData(Fixture.Go111)]
    public void ReadChunks_FileCutOffAnywhere_GivesTheGroupsBeforeAndSaysSo(string version)
    {
        byte[] file = Fixture.File(version);

        for (int length = 0; length < file.Length; length++)
        {
            byte[] prefix = file[..length];
            (List<PersistedGroup> groups, GobFormatException? error) = Snapshots.ReadPrefix(prefix);

            (List<GroupingKey> keys, GobFormatException? fault) = ReadChunks(prefix);

            Assert.Equal(error?.Offset, fault?.Offset);
            Assert.Equal(groups.Select(group => group.Key), keys);
        }
    }

    [Theory]
    [InlineData(Fixture.Go15, 0x01)]
    [InlineData(Fixture.Go111, 0x80)]
    public void ReadChunks_FileWithAnyByteChanged_GivesTheSameGroups(string version, byte change)
    {
        byte[] file = Fixture.File(version);

        for (int offset = 0; offset < file.Length; offset++)
        {
            file[offset] ^= change;
            (List<PersistedGroup> groups, GobFormatException? error) = Snapshots.ReadPrefix(file);

            (List<GroupingKey> keys, GobFormatException? fault) = ReadChunks(file);

            Assert.Equal(error is null, fault is null);
            Assert.Equal(groups.Select(group => group.Key), keys);
            file[offset] ^= change;
        }
    }

    [Fact]
    public void ReadChunks_LargeFile_GivesAllGroupsInSomePieces()
    {
        const int Groups = 5_000;
        var store = new GroupStore([]);
        for (int i = 0; i < Groups; i++)
        {
            var key = new GroupingKey([new("job", i.ToString("d5", CultureInfo.InvariantCulture))]);
            store.Apply(new RecordFailureCommand(key, At: 1));
        }
        using var file = new MemoryStream();
        GobSnapshotWriter.Write(file, store.Snapshot);
        file.Position = 0;
        var groups = new List<RestoredGroup>();

        List<SnapshotChunk> pieces = [.. GobSnapshotReader.ReadChunks(file)];
        pieces.ForEach(piece => piece.Decode(groups));

        Assert.InRange(pieces.Count, 3, Groups / 100);
        Assert.Equal(file.Length, pieces[^1].End);
        Assert.Equal(Groups, groups.Select(group => group.Key).Distinct().Count());
        Assert.Equal(Groups, groups.Count);
    }

    private static (List<GroupingKey> Keys, GobFormatException? Fault) ReadChunks(byte[] file)
    {
        using var stream = new MemoryStream(file);
        var groups = new List<RestoredGroup>();
        GobFormatException? fault = null;
        try
        {
            foreach (SnapshotChunk piece in GobSnapshotReader.ReadChunks(stream))
            {
                piece.Decode(groups);
            }
        }
        catch (GobFormatException exception)
        {
            fault = exception;
        }
        return ([.. groups.Select(group => group.Key)], fault);
    }
}
