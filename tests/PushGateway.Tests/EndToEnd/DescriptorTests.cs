using System.Net;
using System.Runtime.InteropServices;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>More connections than the process may have descriptors.</summary>
public sealed class DescriptorTests : GatewayTests
{
    private const int Limit = 120;
    private const int DescriptorLimit = 7;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");
    private readonly List<RawClient> _idle = [];

    public override async ValueTask DisposeAsync()
    {
        _idle.ForEach(client => client.Dispose());
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Each push makes the journal rotate and a snapshot be written.</summary>
    [Fact]
    public async Task Connections_BeyondTheLimit_WaitAndLeaveDescriptorsToTheFiles()
    {
        GatewayProcess gateway = StoppedAtTheEnd(await GatewayProcess.StartByScriptAsync(
            $"ulimit -n {Limit}; exec \"$0\" \"$@\"",
            $"--persistence.file={_folder.FullName}/store",
            "--persistence.journal-max-size=1"));
        await PushAsync(gateway, "before");
        for (int i = 0; i < 2 * Limit; i++)
        {
            _idle.Add(await RawClient.ConnectAsync(gateway.Port));
        }
        await Deadline.UntilAsync(
            Deadline.Change,
            "it says that connections wait",
            _ => Task.FromResult(gateway.Log.Contains("too many open connections", StringComparison.Ordinal)),
            () => gateway.Log);

        for (int i = 0; i < 3; i++)
        {
            DateTime written = await SnapshotTimeAsync();
            await PushAsync(gateway, $"during-{i}");
            await Deadline.UntilAsync(
                Deadline.Change, "a snapshot", async _ => await SnapshotTimeAsync() > written, () => gateway.Log);
        }
        Assert.Equal(4, (await gateway.GroupsAsync()).Count);
        Assert.DoesNotContain("level=error", gateway.Log, StringComparison.Ordinal);
        Assert.Single(gateway.Log.Split("too many open connections")[1..]);

        _idle.ForEach(client => client.Dispose());

        using RawClient late = await RawClient.ConnectAsync(gateway.Port);
        await late.SendAsync("GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await late.ReadStartAsync(), StringComparison.Ordinal);
    }

    /// <summary>A limit that is lowered at run time makes accepting fail, as if the system had no more files.</summary>
    [Fact]
    public async Task Accepting_Fails_IsTriedAgainAndLogged()
    {
        GatewayProcess gateway = StoppedAtTheEnd(await GatewayProcess.StartAsync());
        ulong[] before = new ulong[2];
        Assert.Equal(0, LimitDescriptors(gateway.ProcessId, DescriptorLimit, null, before));
        Assert.Equal(0, LimitDescriptors(gateway.ProcessId, DescriptorLimit, [3, before[1]], null));

        using RawClient client = await RawClient.ConnectAsync(gateway.Port);
        await client.SendAsync("GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n");
        await Deadline.UntilAsync(
            Deadline.Change,
            "it says that it cannot accept",
            _ => Task.FromResult(gateway.Log.Contains(
                "msg=\"cannot accept connections; trying again\" err=\"Too many open files", StringComparison.Ordinal)),
            () => gateway.Log);
        Assert.Equal(0, LimitDescriptors(gateway.ProcessId, DescriptorLimit, before, null));

        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadStartAsync(), StringComparison.Ordinal);
        Assert.Single(gateway.Log.Split("cannot accept")[1..]);
    }

    [DllImport("libc", EntryPoint = "prlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LimitDescriptors(int process, int resource, ulong[]? limits, [Out] ulong[]? before);

    private Task<DateTime> SnapshotTimeAsync() =>
        Task.FromResult(File.GetLastWriteTimeUtc(Path.Combine(_folder.FullName, "store")));

    /// <summary>Over the connection that is there already.</summary>
    private static async Task PushAsync(GatewayProcess gateway, string job)
    {
        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            $"/metrics/job/{job}", new StringContent("x 1\n"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
