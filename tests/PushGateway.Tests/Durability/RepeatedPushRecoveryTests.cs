using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Store;
using PushGateway.Durability;
using Xunit;

namespace PushGateway.Tests.Durability;

/// <summary>Pushes with idempotency keys, and a crash that leaves any part of the journal.</summary>
public sealed class RepeatedPushRecoveryTests : IDisposable
{
    private const int Pushes = 12;

    private static readonly GroupingKey Group = new([new("job", "a")]);

    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("pushgateway-test-");

    private string Journal => Path.Combine(_temporary.FullName, "store.journal");

    public void Dispose() => _temporary.Delete(recursive: true);

    /// <summary>A push and its key are restored together or not at all, be they in the snapshot or in the journal.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(Pushes)]
    public async Task Restore_JournalCutAtAnyByte_RemembersThePushesThatItRestores(int inSnapshot)
    {
        List<long> ends = await WriteFilesAsync(inSnapshot);
        byte[] intact = await System.IO.File.ReadAllBytesAsync(Journal, TestContext.Current.CancellationToken);

        for (int length = 0; length <= intact.Length; length++)
        {
            await System.IO.File.WriteAllBytesAsync(Journal, intact[..length], TestContext.Current.CancellationToken);

            GroupStore store = await RestoreAsync();

            bool[] restored = [.. Enumerable.Range(0, Pushes).Select(i => IsStored(store, i))];
            Assert.True(restored.Take(inSnapshot).All(one => one), $"length {length}");
            Assert.Equal(ends.Select(end => end <= length), restored.Skip(inSnapshot));
            for (int i = 0; i < Pushes; i++)
            {
                Assert.True(restored[i] == store.Apply(Push(i)).IsRepeated, $"length {length}, push {i}");
            }
            Assert.All(Enumerable.Range(0, Pushes), i => Assert.True(IsStored(store, i)));
        }
    }

    [Fact]
    public async Task Restore_DamagedKeys_TellsItAndKeepsEverythingElse()
    {
        await WriteFilesAsync(inSnapshot: 5);
        string file = Path.Combine(_temporary.FullName, "store");
        byte[] bytes = await System.IO.File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[bytes.AsSpan().IndexOf("PGWKEY\n"u8) + 20] ^= 1;
        await System.IO.File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var findings = new List<string>();

        GroupStore store = await RestoreAsync(findings);

        Assert.EndsWith(": damaged idempotency keys", Assert.Single(findings), StringComparison.Ordinal);
        Assert.All(Enumerable.Range(0, Pushes), i => Assert.True(IsStored(store, i)));
        Assert.Equal(
            Enumerable.Range(0, Pushes).Select(i => i >= 5),
            Enumerable.Range(0, Pushes).Select(i => store.Apply(Push(i)).IsRepeated));
    }

    /// <summary>A restore that the disk failed begins again.</summary>
    [Fact]
    public async Task Restore_IntoAStoreThatHasKeys_ReplacesThem()
    {
        await WriteFilesAsync(inSnapshot: 5);
        var store = new GroupStore([]);
        store.Apply(Push(Pushes));
        store.Apply(new WipeCommand());

        await RestoreAsync(store, []);

        Assert.Equal(Pushes, store.CountIdempotencyKeys(now: 0).Keys);
    }

    private static bool IsStored(GroupStore store, int push) =>
        store.Snapshot.Find(Group)?.Find(new Utf8String($"x{push}")) is not null;

    private async Task<GroupStore> RestoreAsync(List<string>? findings = null)
    {
        var store = new GroupStore([]);
        await RestoreAsync(store, findings ?? []);
        return store;
    }

    private async Task RestoreAsync(GroupStore store, List<string> findings)
    {
        var recovery = FileRecovery.Begin(new ReadOnlyFolder(_temporary.FullName), "store", DateTimeOffset.UnixEpoch);
        RecoveredState files = await StoreLoader.RestoreAllAsync(
            recovery, store, new LeftOut(), TestContext.Current.CancellationToken);
        findings.AddRange(files.Report.Findings);
    }

    /// <summary>As a gateway leaves them that is killed. Returns where each push in the journal ends.</summary>
    private async Task<List<long>> WriteFilesAsync(int inSnapshot)
    {
        var folder = new DiskFolder(_temporary.FullName);
        RecoveredState files = FileRecovery.Begin(folder, "store", DateTimeOffset.UnixEpoch).FinishEmpty();
        await using JournalWriter journal = await JournalWriter.OpenAsync(files.Journal, new JournalOptions());
        var store = new GroupStore([]);
        var durable = new JournaledStore(store, TimeProvider.System);
        durable.Open(journal);
        var ends = new List<long>();
        for (int i = 0; i < Pushes; i++)
        {
            if (i == inSnapshot)
            {
                await WriteSnapshotAsync(files, store, journal);
            }
            Assert.IsType<Outcome.Accepted>(await durable.ApplyAsync(Push(i)));
            ends.Add(new FileInfo(Journal).Length);
        }
        if (inSnapshot == Pushes)
        {
            await WriteSnapshotAsync(files, store, journal);
            Assert.True(journal.TryAppend(
                EncodedRecord.Of(new DeleteRecord(new GroupingKey([new("job", "other")]), At: 1)), out JournalTicket ticket));
            await ticket.WaitDurableAsync();
        }
        return ends[inSnapshot..];
    }

    private static async Task WriteSnapshotAsync(RecoveredState files, GroupStore store, JournalWriter journal)
    {
        Checkpoint checkpoint = journal.BeginCheckpoint();
        files.Snapshot.Write(
            checkpoint.Coverage, stream => GobSnapshotWriter.Write(stream, store.Snapshot), store.CopyIdempotencyKeys());
        await journal.CompleteCheckpointAsync(checkpoint);
    }

    private static PushCommand Push(int number)
    {
        var body = new PushBody(BodyFormat.LegacyText, Encoding.UTF8.GetBytes($"x{number} 1\n"));
        Assert.True(body.TryParse(BodyLimits.None, out List<MetricFamily>? families, out _));
        return new PushCommand(Group, PushMode.Merge, PushCheck.Checked, families, At: 5_000_000_000)
        {
            Body = body,
            IdempotencyKey = new IdempotencyKey(Group, new Utf8String($"key {number}")),
        };
    }
}
