using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Tests.Persistence.Disk;
using PushGateway.Core.Tests.Persistence.Recovery;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Journal;

/// <summary>A disk that fails temporarily while the gateway runs.</summary>
public class JournalFailureTests
{
    [Theory]
    [InlineData(Fault.Error, false)]
    [InlineData(Fault.HalfDone, false)]
    [InlineData(Fault.Error, true)]
    [InlineData(Fault.HalfDone, true)]
    public async Task Restart_AfterAnErrorAtAnyOperation_HasWhatWasAcknowledged(Fault fault, bool lasts)
    {
        bool wasReached = true;
        for (int failAt = 1; wasReached; failAt++)
        {
            var folder = new SimulatedFolder();
            int from = failAt;
            folder.FaultAt = (number, _) => number == from || (lasts && number > from) ? fault : Fault.None;
            if (await TryStartAsync(folder) is not { } gateway)
            {
                continue;
            }
            await gateway.PushAsync(1);
            await gateway.PushAsync(2, 3);
            await gateway.SnapshotAsync(pushedMeanwhile: [4]);
            await gateway.PushAsync(5);
            await gateway.SnapshotAsync();
            await gateway.PushAsync(6);
            wasReached = folder.Operations >= failAt;
            await CheckRestartsAsync(folder, gateway, $"{fault} at {failAt}");

            folder.FaultAt = (_, _) => Fault.None;
            Assert.True(await gateway.SnapshotAsync() || await gateway.SnapshotAsync(), $"{fault} at {failAt}");
            Assert.True(await gateway.PushAsync(7), $"{fault} at {failAt}");
            await CheckRestartsAsync(folder, gateway, $"repaired after {fault} at {failAt}");
            await gateway.Journal.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Capacities))]
    public async Task Push_DiskIsFull_IsRefusedUntilThereIsRoom(int capacity)
    {
        var folder = new SimulatedFolder { Capacity = capacity };
        ModelGateway gateway = await ModelGateway.StartAsync(folder);
        int number = 1;
        while (await gateway.PushAsync(number))
        {
            number++;
        }
        Assert.Equal("the journal cannot be written: No space left on device", gateway.Journal.Failure?.Message);
        Assert.False(await gateway.SnapshotAsync());
        Assert.False(await gateway.PushAsync(1000));
        Assert.DoesNotContain(1000, gateway.State);
        await CheckRestartsAsync(folder, gateway, $"full at {capacity}");

        folder.Capacity = 1000;
        Assert.True(await gateway.SnapshotAsync());
        Assert.Null(gateway.Journal.Failure);
        Assert.Equal(["data", "data.journal"], folder.List().Order());
        Assert.True(await gateway.PushAsync(2000));
        await CheckRestartsAsync(folder, gateway, $"room again after {capacity}");
    }

    public static TheoryData<int> Capacities => [.. Enumerable.Range(0, 5), .. Enumerable.Range(90, 60), 300];

    [Fact]
    public async Task Covered_SnapshotFromBeforeTheFailure_DoesNotEndIt()
    {
        var folder = new SimulatedFolder();
        ModelGateway gateway = await ModelGateway.StartAsync(folder);
        await gateway.PushAsync(1);
        Checkpoint early = gateway.Journal.BeginCheckpoint();
        folder.FaultAt = (_, what) => what == "sync data.journal" ? Fault.Error : Fault.None;
        Assert.False(await gateway.PushAsync(2));
        folder.FaultAt = (_, _) => Fault.None;

        await gateway.Journal.CompleteCheckpointAsync(early);
        Assert.NotNull(gateway.Journal.Failure);
        Checkpoint late = gateway.Journal.BeginCheckpoint();
        await gateway.Journal.CompleteCheckpointAsync(late);
        Assert.Null(gateway.Journal.Failure);

        // A later failure is not ended by the snapshot that ended this one.
        folder.FaultAt = (_, what) => what == "sync data.journal" ? Fault.Error : Fault.None;
        Assert.False(await gateway.PushAsync(3));
        folder.FaultAt = (_, _) => Fault.None;
        await gateway.Journal.CompleteCheckpointAsync(late);
        Assert.NotNull(gateway.Journal.Failure);
        Assert.Equal(2, gateway.Journal.Failures);
    }

    [Fact]
    public async Task Open_DiskFails_HasFailedFromTheStartAndRecovers()
    {
        var folder = new SimulatedFolder
        {
            FaultAt = (_, what) => what.StartsWith("create", StringComparison.Ordinal) ? Fault.Error : Fault.None,
        };

        ModelGateway gateway = await ModelGateway.StartAsync(folder);
        Assert.Equal(
            "the journal cannot be written: simulated fault: create data.journal", gateway.Journal.Failure?.Message);
        Assert.False(await gateway.SnapshotAsync());

        folder.FaultAt = (_, _) => Fault.None;
        Assert.True(await gateway.SnapshotAsync());
        Assert.True(await gateway.PushAsync(1));
        await CheckRestartsAsync(folder, gateway, "recovered");
    }

    [Theory]
    [InlineData("sync data.journal")]
    [InlineData("delete data.journal")]
    public async Task Dispose_DiskFails_EndsAllTheSame(string operation)
    {
        var folder = new SimulatedFolder();
        ModelGateway gateway = await ModelGateway.StartAsync(folder, FsyncPolicy.Never);
        if (operation.StartsWith("sync", StringComparison.Ordinal))
        {
            await gateway.PushAsync(1);
        }
        folder.FaultAt = (_, what) => what == operation ? Fault.Error : Fault.None;

        await gateway.Journal.DisposeAsync();

        Assert.Contains(operation, folder.Log);
        Assert.NotNull(gateway.Journal.Failure);
        folder.FaultAt = (_, _) => Fault.None;
        Assert.Equal(gateway.State, (await ModelGateway.StartAsync(folder)).Restored);
    }

    [Fact]
    public async Task Drop_OldPartsCannotBeDeleted_AreDeletedTheNextTime()
    {
        var folder = new SimulatedFolder();
        ModelGateway gateway = await ModelGateway.StartAsync(folder);
        await gateway.PushAsync(1);
        folder.FaultAt = (_, what) => what == "delete data.journal.1" ? Fault.Error : Fault.None;
        Assert.True(await gateway.SnapshotAsync());
        Assert.Contains("data.journal.1", folder.List());
        await CheckRestartsAsync(folder, gateway, "the old part is still there");

        folder.FaultAt = (_, _) => Fault.None;
        Assert.True(await gateway.SnapshotAsync());
        Assert.Equal(["data", "data.journal"], folder.List().Order());
    }

    private static async Task<ModelGateway?> TryStartAsync(SimulatedFolder folder)
    {
        try
        {
            return await ModelGateway.StartAsync(folder);
        }
        catch (SimulatedError)
        {
            return null;
        }
    }

    /// <summary>Whether the process is killed now or the power fails.</summary>
    private static async Task CheckRestartsAsync(SimulatedFolder folder, ModelGateway gateway, string when)
    {
        foreach (SimulatedFolder after in folder.AfterCrash(UnsyncedContent.Lost, UnsyncedContent.Kept))
        {
            ModelGateway again = await ModelGateway.StartAsync(after);
            string states = $"{when}: has {string.Join(',', again.Restored)}, had {string.Join(',', gateway.State)}, " +
                $"acknowledged {string.Join(',', gateway.Acknowledged)}; {string.Join("; ", folder.Log)}";
            Assert.True(again.Restored.SequenceEqual(gateway.State.Take(again.Restored.Length)), states);
            Assert.True(!gateway.Acknowledged.Except(again.Restored).Any(), states);
            Assert.True(again.Report.PreservedFiles.Count == 0, states);
            await again.Journal.DisposeAsync();
        }
    }
}
