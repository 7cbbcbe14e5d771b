using PushGateway.Core.Tests.Persistence.Disk;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Recovery;

/// <summary>Files that gateways have left in a folder, and what the next gateway reports about them.</summary>
internal static class RestoreScenes
{
    /// <summary>The start time of the next gateway, in the form of file names.</summary>
    public const string Stamp = "20260102T030405Z";

    public static async Task PushAndKillAsync(SimulatedFolder folder, params int[] numbers) =>
        Assert.True(await (await ModelGateway.StartAsync(folder)).PushAsync(numbers));

    /// <summary>
    /// Files of a gateway that wrote a snapshot, then a journal, and was killed; without a journal, it shut down.
    /// </summary>
    public static async Task<SimulatedFolder> WithSnapshotAsync(int[] snapshot, int[] journal)
    {
        var folder = new SimulatedFolder();
        ModelGateway gateway = await ModelGateway.StartAsync(folder);
        await gateway.PushAsync(snapshot);
        Assert.True(await gateway.SnapshotAsync());
        if (journal.Length > 0)
        {
            await gateway.PushAsync(journal);
        }
        else
        {
            await gateway.Journal.DisposeAsync();
        }
        return folder;
    }

    public static void AssertReport(ModelGateway gateway, long records, long discarded, params string[] keptAside)
    {
        Assert.Equal((records, discarded), (gateway.Report.Records, gateway.Report.DiscardedRecords));
        Assert.Equal(keptAside, gateway.Report.PreservedFiles.Select(kept => kept.FileName));
        Assert.True(gateway.Report.Findings.Count > 0 == (discarded > 0 || keptAside.Length > 0));
    }
}
