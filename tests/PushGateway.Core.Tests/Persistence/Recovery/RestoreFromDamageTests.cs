using System.IO.Hashing;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Tests.Persistence.Disk;
using PushGateway.Core.Tests.Persistence.Journal;
using Xunit;
using static PushGateway.Core.Tests.Persistence.Recovery.RestoreScenes;

namespace PushGateway.Core.Tests.Persistence.Recovery;

/// <summary>Recovery from damaged files, which are preserved.</summary>
public class RestoreFromDamageTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(-1)]
    [InlineData(-39)]
    public async Task Records_SnapshotIsCutShort_AreAllAppliedAndItIsKeptAside(int length)
    {
        SimulatedFolder folder = await WithSnapshotAsync([1, 2, 3], journal: [4]);
        byte[] snapshot = folder.Bytes("data");
        byte[] cut = length < 0 ? snapshot[..^-length] : snapshot[..length];
        folder.With("data", cut);

        await PushAndKillAsync(folder, 5);
        ModelGateway gateway = await ModelGateway.StartAsync(folder);

        Assert.Equal([4, 5], gateway.Restored.TakeLast(2));
        Assert.Equal([$"data.corrupt-{Stamp}"], gateway.Report.PreservedFiles.Select(kept => kept.FileName));
        Assert.Equal(cut, folder.Bytes("data"));
        Assert.True(await gateway.SnapshotAsync());
        Assert.Equal(cut, folder.Bytes($"data.corrupt-{Stamp}"));
        Assert.True(await gateway.SnapshotAsync());
        Assert.Equal(gateway.State, (await ModelGateway.StartAsync(folder)).Restored);
    }

    [Fact]
    public async Task Records_SnapshotHasAWrongByteThatDecodes_IsFoundByItsChecksum()
    {
        SimulatedFolder folder = await WithSnapshotAsync([1, 2], journal: [3]);
        folder.Bytes("data")[0] ^= 0x04;

        ModelGateway gateway = await ModelGateway.StartAsync(folder);

        Assert.Equal([5, 2, 3], gateway.Restored);
        Assert.Equal([new PreservedFile($"data.corrupt-{Stamp}", "wrong checksum")], gateway.Report.PreservedFiles);
    }

    [Fact]
    public async Task Records_TornEnd_IsCutOffAndStaysSo()
    {
        SimulatedFolder folder = await WithSnapshotAsync([1], journal: [2, 3]);
        folder.With("data.journal", folder.Bytes("data.journal")[..^1]);
        int torn = TestRecords.Encode(TestRecords.Push("3")).Length - 1;

        ModelGateway gateway = await ModelGateway.StartAsync(folder);
        Assert.Equal([1, 2], gateway.Restored);
        AssertReport(gateway, records: 1, discarded: 1);
        Assert.Equal(torn, gateway.Report.DiscardedBytes);
        Assert.Equal(
            [$"the last record of data.journal is incomplete: {torn} bytes discarded"],
            gateway.Report.Findings);
        await gateway.PushAsync(4);

        gateway = await ModelGateway.StartAsync(folder);
        Assert.Equal([1, 2, 4], gateway.Restored);
        AssertReport(gateway, records: 2, discarded: 0);
    }

    [Fact]
    public async Task Records_DamageInTheMiddle_EndsThereAndStaysSoAndIsKeptAside()
    {
        SimulatedFolder folder = await WithSnapshotAsync([1], journal: [2, 3, 4]);
        await PushAndKillAsync(folder, 5);
        byte[] damaged = folder.Bytes("data.journal.2");
        damaged[SegmentHeader.Bytes + TestRecords.Encode(TestRecords.Push("2")).Length + 20] ^= 1;

        ModelGateway gateway = await ModelGateway.StartAsync(folder);
        Assert.Equal([1, 2], gateway.Restored);
        AssertReport(
            gateway, records: 1, discarded: 3, $"data.journal.2.corrupt-{Stamp}", $"data.journal.unapplied-{Stamp}");
        await gateway.PushAsync(6);

        gateway = await ModelGateway.StartAsync(folder);
        Assert.Equal([1, 2, 6], gateway.Restored);
        AssertReport(gateway, records: 2, discarded: 0, $"data.journal.2.corrupt-{Stamp}");
        Assert.True(await gateway.SnapshotAsync());
        Assert.Equal(damaged, folder.Bytes($"data.journal.2.corrupt-{Stamp}"));
        gateway = await ModelGateway.StartAsync(folder);
        Assert.Equal([1, 2, 6], gateway.Restored);
    }

    [Fact]
    public async Task Records_HeaderIsDamaged_AreKeptAside()
    {
        SimulatedFolder folder = await WithSnapshotAsync([1], journal: [2]);
        folder.Bytes("data.journal")[17] ^= 1;

        ModelGateway gateway = await ModelGateway.StartAsync(folder);

        Assert.Equal([1], gateway.Restored);
        AssertReport(gateway, records: 0, discarded: 1, $"data.journal.corrupt-{Stamp}");
        Assert.Equal("damaged header", gateway.Report.PreservedFiles.Single().Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(64)]
    [InlineData(4096)]
    public async Task Records_HeaderWasNeverWritten_AreNoneAndTheFileGoes(int zeros)
    {
        SimulatedFolder folder = await WithSnapshotAsync([1], journal: [2]);
        folder.Rename("data.journal", "data.journal.2");
        folder.With("data.journal", new byte[zeros]);

        ModelGateway gateway = await ModelGateway.StartAsync(folder);

        Assert.Equal([1, 2], gateway.Restored);
        AssertReport(gateway, records: 1, discarded: 0);
    }

    [Fact]
    public async Task Records_WrittenByALaterVersion_AreKeptAside()
    {
        SimulatedFolder folder = await WithSnapshotAsync([1], journal: [2]);
        byte[] bytes = folder.Bytes("data.journal");
        bytes[8] = 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(60), Crc32.HashToUInt32(Crc32ParameterSet.Crc32C, bytes.AsSpan(0, 60)));

        ModelGateway gateway = await ModelGateway.StartAsync(folder);

        Assert.Equal([1], gateway.Restored);
        Assert.Equal("written by a newer version", gateway.Report.PreservedFiles.Single().Reason);
    }

    [Fact]
    public async Task Records_JournalCoveredButDamaged_IsStillKeptAside()
    {
        SimulatedFolder folder = await WithSnapshotAsync([1], journal: [2, 3, 4]);
        byte[] old = [.. folder.Bytes("data.journal")];
        old[SegmentHeader.Bytes + 20] ^= 1;
        ModelGateway gateway = await ModelGateway.StartAsync(folder);
        await gateway.SnapshotAsync();
        folder.With("data.journal.2", old);

        gateway = await ModelGateway.StartAsync(folder);

        Assert.Equal([1, 2, 3, 4], gateway.Restored);
        Assert.Equal($"data.journal.2.corrupt-{Stamp}", gateway.Report.PreservedFiles.Single().FileName);
        Assert.True(await gateway.SnapshotAsync());
        Assert.Contains($"data.journal.2.corrupt-{Stamp}", folder.List());
    }

    [Fact]
    public async Task Begin_CrashedWhileADamagedSnapshotMadeWay_HasTheNewOne()
    {
        SimulatedFolder folder = await WithSnapshotAsync([1, 2], journal: [3]);
        folder.Bytes("data")[0] ^= 0x04;
        ModelGateway gateway = await ModelGateway.StartAsync(folder);
        folder.FaultAt = (_, what) =>
            what.StartsWith("rename data.snapshot", StringComparison.Ordinal) ? Fault.Crash : Fault.None;
        await gateway.SnapshotAsync();
        Assert.True(folder.IsCrashed);

        foreach (SimulatedFolder after in folder.AfterCrash(UnsyncedContent.Lost))
        {
            Assert.DoesNotContain("data", after.List());
            gateway = await ModelGateway.StartAsync(after);
            Assert.Equal([5, 2, 3], gateway.Restored);
            Assert.Empty(gateway.Report.Findings);
            Assert.Contains($"data.corrupt-{Stamp}", after.List());
        }
    }
}
