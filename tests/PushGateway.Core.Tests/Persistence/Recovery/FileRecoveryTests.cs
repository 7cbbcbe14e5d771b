using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Tests.Persistence.Disk;
using Xunit;
using static PushGateway.Core.Tests.Persistence.Recovery.RestoreScenes;

namespace PushGateway.Core.Tests.Persistence.Recovery;

/// <summary>Which files a restore uses, and what happens to the others.</summary>
public class FileRecoveryTests
{
    [Fact]
    public async Task Begin_EmptyFolder_StartsEmptyWithoutAWord()
    {
        var folder = new SimulatedFolder();
        ModelGateway gateway = await ModelGateway.StartAsync(folder);

        Assert.Empty(gateway.Restored);
        AssertReport(gateway, records: 0, discarded: 0);
        await gateway.Journal.DisposeAsync();
        Assert.Empty(folder.List());
    }

    [Fact]
    public async Task Records_SnapshotOfTheGoPushgateway_AreThoseOfTheJournalBegunOnIt()
    {
        SimulatedFolder folder = new SimulatedFolder().With("data", ModelGateway.Encode([1, 2]));
        await PushAndKillAsync(folder, 3);
        await PushAndKillAsync(folder, 4);

        ModelGateway gateway = await ModelGateway.StartAsync(folder);

        Assert.Equal([1, 2, 3, 4], gateway.Restored);
        AssertReport(gateway, records: 2, discarded: 0);
    }

    [Fact]
    public async Task Records_GoPushgatewayHasRunMeanwhile_AreKeptAsideAndNotApplied()
    {
        SimulatedFolder folder = await WithSnapshotAsync([1], journal: [2, 3]);
        folder.With("data", ModelGateway.Encode([10]));

        ModelGateway gateway = await ModelGateway.StartAsync(folder);

        Assert.Equal([10], gateway.Restored);
        AssertReport(gateway, records: 0, discarded: 2, $"data.journal.unapplied-{Stamp}");
        await gateway.PushAsync(11);
        ModelGateway again = await ModelGateway.StartAsync(folder);
        Assert.Equal([10, 11], again.Restored);
        AssertReport(again, records: 1, discarded: 0);
    }

    [Fact]
    public async Task Records_GoPushgatewayHasRunBeforeTheFirstSnapshot_AreKeptAsideAndNotApplied()
    {
        SimulatedFolder folder = new SimulatedFolder().With("data", ModelGateway.Encode([1]));
        await PushAndKillAsync(folder, 2);
        folder.With("data", ModelGateway.Encode([3]));

        ModelGateway gateway = await ModelGateway.StartAsync(folder);

        Assert.Equal([3], gateway.Restored);
        AssertReport(gateway, records: 0, discarded: 1, $"data.journal.unapplied-{Stamp}");
    }

    [Fact]
    public async Task Records_GoPushgatewayHasRunAfterACleanEnd_LeaveNothingToReport()
    {
        SimulatedFolder folder = await WithSnapshotAsync([1], journal: []);
        folder.With("data", ModelGateway.Encode([10]));

        ModelGateway gateway = await ModelGateway.StartAsync(folder);

        Assert.Equal([10], gateway.Restored);
        AssertReport(gateway, records: 0, discarded: 0);
    }

    [Fact]
    public async Task Records_OlderSnapshotWasPutBack_AreKeptAsideAndNotApplied()
    {
        SimulatedFolder folder = await WithSnapshotAsync([1], journal: []);
        byte[] backup = folder.Bytes("data");
        ModelGateway gateway = await ModelGateway.StartAsync(folder);
        await gateway.PushAsync(2);
        await gateway.SnapshotAsync();
        await gateway.PushAsync(3);
        folder.With("data", backup);

        gateway = await ModelGateway.StartAsync(folder);

        Assert.Equal([1], gateway.Restored);
        AssertReport(gateway, records: 0, discarded: 1, $"data.journal.unapplied-{Stamp}");
    }

    [Fact]
    public async Task Records_SnapshotIsMissing_AreAllApplied()
    {
        SimulatedFolder folder = await WithSnapshotAsync([1], journal: [2, 3]);
        folder.Delete("data");

        await PushAndKillAsync(folder, 4);
        ModelGateway gateway = await ModelGateway.StartAsync(folder);

        Assert.Equal([2, 3, 4], gateway.Restored);
        Assert.Equal(
            ["data is missing: its content is lost, only the journal was restored"], gateway.Report.Findings);
    }

    [Fact]
    public async Task Finish_DiskFails_CanBeCalledAgain()
    {
        SimulatedFolder folder = await WithSnapshotAsync([1], journal: [2]);
        folder.With("data", ModelGateway.Encode([10]));
        var restore = FileRecovery.Begin(folder, "data", DateTimeOffset.UnixEpoch);
        Assert.Empty(restore.Records());

        int failAt = folder.Operations + 1;
        folder.FaultAt = (number, _) => number == failAt ? Fault.Error : Fault.None;
        Assert.Throws<SimulatedError>(restore.Finish);
        failAt += 2;
        Assert.Throws<SimulatedError>(restore.Finish);
        RecoveryReport report = restore.Finish().Report;

        Assert.Equal("data.journal.unapplied-19700101T000000Z", report.PreservedFiles.Single().FileName);
        Assert.Equal(1, report.DiscardedRecords);
        Assert.Equal(["data", "data.journal.unapplied-19700101T000000Z"], folder.List().Order());
    }

    [Fact]
    public async Task Begin_LeftoversOfACrash_AreDeletedAndNothingElse()
    {
        SimulatedFolder folder = (await WithSnapshotAsync([1], journal: [])).With("data.snapshot-in-progress", [1, 2]);
        string[] others =
            ["data.tmp", "data.journal.old", "data.journal.1x", "data.journal.", "data2.journal", "data.corrupt-1"];
        Array.ForEach(others, name => folder.With(name, [1, 2, 3]));

        ModelGateway gateway = await ModelGateway.StartAsync(folder);

        Assert.Equal([1], gateway.Restored);
        Assert.Equal([.. others.Append("data").Append("data.journal").Order()], folder.List().Order());
    }

    /// <summary>Unusable files cannot be renamed then, which must not prevent the restore of the others.</summary>
    [Theory]
    [InlineData("data.journal", 0)]
    [InlineData("data.journal", SegmentHeader.Bytes)]
    [InlineData("data.journal.7", 10)]
    [InlineData("data.snapshot-in-progress", 5)]
    public async Task Finish_DiskIsReadOnly_RestoresAndGoesOnWhenItNoLongerIs(string leftover, int length)
    {
        SimulatedFolder folder = await WithSnapshotAsync([1], journal: [2]);
        byte[] journal = folder.Bytes("data.journal");
        folder.Rename("data.journal", "data.journal.2");
        folder.With(leftover, journal[..length]);
        folder.FaultAt = (_, what) => what == "sync folder" ? Fault.None : Fault.Error;

        ModelGateway gateway = await ModelGateway.StartAsync(folder);

        Assert.Equal([1, 2], gateway.Restored);
        Assert.NotNull(gateway.Journal.Failure);
        Assert.False(await gateway.PushAsync(3));
        Assert.False(await gateway.SnapshotAsync());
        folder.FaultAt = (_, _) => Fault.None;
        Assert.True(await gateway.SnapshotAsync());
        Assert.Equal(["data", "data.journal"], folder.List().Order());
        Assert.True(await gateway.PushAsync(4));
        gateway = await ModelGateway.StartAsync(folder);
        Assert.Equal([1, 2, 4], gateway.Restored);
    }
}
