using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Tests.Persistence.Disk;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Recovery;

/// <summary>
/// The machine stops before, during, and after each operation on the disk, and any part of the unsynced data survives.
/// Afterwards, every acknowledged push must be present once and in order.
/// </summary>
public class CrashTests
{
    private static readonly UnsyncedContent[] AllContents = Enum.GetValues<UnsyncedContent>();

    public static TheoryData<Fault> Crashes => [Fault.Crash, Fault.HalfDoneCrash];

    [Theory]
    [MemberData(nameof(Crashes))]
    public async Task Restart_AfterACrashAtAnyOperation_HasWhatWasAcknowledged(Fault crash)
    {
        int crashAt = 1;
        for (bool hasCrashed = true; hasCrashed; crashAt++)
        {
            var folder = new SimulatedFolder();
            Life life = await LiveAsync(folder, crashAt, crash);
            hasCrashed = folder.IsCrashed;
            foreach (UnsyncedContent content in AllContents)
            {
                foreach (SimulatedFolder after in folder.AfterCrash(content))
                {
                    await CheckAsync(after, life, $"{crash} at {crashAt}, {content}: {string.Join("; ", folder.Log)}",
                        mayBeDamaged: content == UnsyncedContent.Scattered);
                }
            }
        }
        Assert.InRange(crashAt, 40, 200);
    }

    [Fact]
    public async Task Restart_AfterASecondCrashAtAnyOperation_HasWhatWasAcknowledgedInBothLives()
    {
        for (int first = 1; first < 200; first++)
        {
            var folder = new SimulatedFolder();
            Life life = await LiveAsync(folder, first, Fault.HalfDoneCrash);
            if (!folder.IsCrashed)
            {
                return;
            }
            for (int second = 1; second < 200; second++)
            {
                SimulatedFolder again = folder.AfterCrash(UnsyncedContent.HalfKept).Last();
                Life later = await LiveAsync(again, second, Fault.HalfDoneCrash, life);
                string crashes = $"crash at {first}, then at {second}";
                foreach (SimulatedFolder after in (SimulatedFolder[])
                    [again.AfterCrash(UnsyncedContent.Lost).First(), again.AfterCrash(UnsyncedContent.Kept).Last()])
                {
                    await (await RestartAsync(after, later, crashes, mayBeDamaged: false)).Journal.DisposeAsync();
                }
                if (!again.IsCrashed)
                {
                    break;
                }
            }
        }
        Assert.Fail("the crash must get beyond the last operation");
    }

    /// <summary>
    /// Under the other policies too, the end of the process alone loses nothing that was acknowledged.
    /// </summary>
    [Theory]
    [InlineData(FsyncPolicy.Interval)]
    [InlineData(FsyncPolicy.Never)]
    public async Task Restart_AfterAKillAtAnyOperation_HasWhatWasAcknowledgedWithoutFsync(FsyncPolicy policy)
    {
        bool hasCrashed = true;
        for (int crashAt = 1; hasCrashed; crashAt++)
        {
            var folder = new SimulatedFolder();
            Life life = await LiveAsync(folder, crashAt, Fault.HalfDoneCrash, fsync: policy);
            hasCrashed = folder.IsCrashed;
            SimulatedFolder after = folder.AfterCrash(UnsyncedContent.Kept).Last();
            await CheckAsync(after, life, $"{policy}, kill at {crashAt}", mayBeDamaged: false);
        }
    }

    /// <summary>And a power failure loses only the end.</summary>
    [Fact]
    public async Task Restart_AfterAPowerFailureWithoutFsync_HasABeginningOfWhatWasPushed()
    {
        bool hasCrashed = true;
        for (int crashAt = 1; hasCrashed; crashAt++)
        {
            var folder = new SimulatedFolder();
            Life life = await LiveAsync(folder, crashAt, Fault.HalfDoneCrash, fsync: FsyncPolicy.Never);
            hasCrashed = folder.IsCrashed;
            foreach (UnsyncedContent content in AllContents)
            {
                foreach (SimulatedFolder after in folder.AfterCrash(content))
                {
                    ModelGateway gateway = await ModelGateway.StartAsync(after);
                    Assert.Equal(life.State[..gateway.Restored.Length], gateway.Restored);
                    Assert.True(content == UnsyncedContent.Scattered || gateway.Report.PreservedFiles.Count == 0);
                    await gateway.Journal.DisposeAsync();
                }
            }
        }
    }

    /// <summary>Some pushes, with snapshots in between, until the crash.</summary>
    private static async Task<Life> LiveAsync(
        SimulatedFolder folder, int crashAt, Fault crash, Life? before = null, FsyncPolicy fsync = FsyncPolicy.Always)
    {
        folder.FaultAt = (number, _) => number >= crashAt ? crash : Fault.None;
        List<int> acknowledged = [.. before?.Acknowledged ?? []];
        ModelGateway gateway;
        try
        {
            gateway = await ModelGateway.StartAsync(folder, fsync);
        }
        catch (SimulatedError)
        {
            return new Life(before?.State ?? [], acknowledged);
        }
        int next = 1 + gateway.State.LastOrDefault();
        await gateway.PushAsync(next++);
        await gateway.PushAsync(next++, next++);
        await gateway.SnapshotAsync(pushedMeanwhile: [next++]);
        await gateway.PushAsync(next++);
        await gateway.SnapshotAsync();
        await gateway.SnapshotAsync();
        await gateway.PushAsync(next++);
        await gateway.Journal.DisposeAsync();
        return new Life([.. gateway.State], [.. acknowledged, .. gateway.Acknowledged]);
    }

    /// <summary>
    /// What was acknowledged is there, and the gateway goes on from there, and leaves no files behind.
    /// </summary>
    private static async Task CheckAsync(SimulatedFolder after, Life life, string crash, bool mayBeDamaged)
    {
        ModelGateway gateway = await RestartAsync(after, life, crash, mayBeDamaged);
        Assert.True(await gateway.PushAsync(1000), crash);
        Assert.True(await gateway.SnapshotAsync(), crash);
        await gateway.Journal.DisposeAsync();
        Assert.Equal(
            [ModelGateway.FileName],
            after.List().Where(name => !name.Contains("corrupt", StringComparison.Ordinal)));
        ModelGateway again = await ModelGateway.StartAsync(after);
        Assert.Equal(gateway.State, again.Restored);
        await again.Journal.DisposeAsync();
    }

    private static async Task<ModelGateway> RestartAsync(
        SimulatedFolder after, Life life, string crash, bool mayBeDamaged)
    {
        ModelGateway gateway = await ModelGateway.StartAsync(after);
        Assert.True(gateway.Restored.SequenceEqual(life.State.Take(gateway.Restored.Length)),
            $"{crash}\nhas {string.Join(',', gateway.Restored)}, not a beginning of {string.Join(',', life.State)}");
        Assert.True(!life.Acknowledged.Except(gateway.Restored).Any(),
            $"{crash}\nhas {string.Join(',', gateway.Restored)}, acknowledged {string.Join(',', life.Acknowledged)}");
        Assert.True(mayBeDamaged || gateway.Report.PreservedFiles.Count == 0, $"{crash}\n{gateway.Report}");
        return gateway;
    }

    /// <summary>The final state, and the acknowledged part of it.</summary>
    private sealed record Life(List<int> State, List<int> Acknowledged);
}
