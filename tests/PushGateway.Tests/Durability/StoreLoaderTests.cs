using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Store;
using PushGateway.Durability;
using Xunit;

namespace PushGateway.Tests.Durability;

public sealed class StoreLoaderTests
{
    /// <summary>More groups than those after which room is made for the others.</summary>
    [Fact]
    public async Task Restore_ManyGroups_GivesBackAll()
    {
        GroupStore store = StoreOf(9_000);
        using var file = new MemoryStream();
        GobSnapshotWriter.Write(file, store.Snapshot);
        file.Position = 0;
        var restored = new GroupStore([]);
        var left = new LeftOut();

        Assert.Null(await StoreLoader.RestoreAsync(
            file, restored, PushCheck.Unchecked, left, TestContext.Current.CancellationToken));

        Assert.Empty(left.Families);
        Assert.Empty(left.Findings);
        Assert.Equal(9_000, restored.Snapshot.GroupCount);
        Assert.Equal(store.SeriesCount, restored.SeriesCount);
        using var again = new MemoryStream();
        GobSnapshotWriter.Write(again, restored.Snapshot);
        Assert.Equal(file.ToArray(), again.ToArray());

        CommandResult clash = Push(restored, new GroupingKey([new("job", "other")]), "# TYPE x counter\nx 1\n");
        Assert.NotNull(clash.Error);
    }

    /// <summary>Damage that no check foresees would otherwise make every start fail.</summary>
    [Fact]
    public async Task Restore_AnExceptionThatNobodyExpects_IsDamageAndLeavesTheStoreEmpty()
    {
        using var file = new MemoryStream();
        GobSnapshotWriter.Write(file, StoreOf(9_000).Snapshot);
        using var faulty = new FaultyStream(file.ToArray());
        var restored = new GroupStore([]);
        var left = new LeftOut();

        string? damage = await StoreLoader.RestoreAsync(
            faulty, restored, PushCheck.Unchecked, left, TestContext.Current.CancellationToken);

        Assert.Equal("DivideByZeroException: a bug", damage);
        Assert.Equal(["all groups are omitted: DivideByZeroException: a bug"], left.Groups);
        Assert.Equal(0, restored.Snapshot.GroupCount);
    }

    private static GroupStore StoreOf(int groups)
    {
        var store = new GroupStore([]);
        for (int i = 0; i < groups; i++)
        {
            CommandResult pushed = Push(store, new GroupingKey([new("job", $"j{i:d5}")]), "x 1\n");
            Assert.Null(pushed.Error);
        }
        return store;
    }

    private static CommandResult Push(GroupStore store, GroupingKey key, string body)
    {
        Assert.True(TextParser.TryParse(
            Encoding.UTF8.GetBytes(body), NameValidation.Utf8, out List<MetricFamily>? families, out PushError? error),
            $"{error}");
        return store.Apply(new PushCommand(key, PushMode.Replace, PushCheck.Checked, families!, At: 1));
    }

    /// <summary>Throws half way.</summary>
    private sealed class FaultyStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => Read(base.Read(buffer));

        public override int Read(byte[] buffer, int offset, int count) => Read(base.Read(buffer, offset, count));

        private int Read(int count) => Position > Length / 2 ? throw new DivideByZeroException("a bug") : count;
    }
}
