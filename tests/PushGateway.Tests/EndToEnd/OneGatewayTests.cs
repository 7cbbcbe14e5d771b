using System.Net;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>One gateway a persistence file, whatever the flags and the spelling of its path.</summary>
public sealed class OneGatewayTests : GatewayTests
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("pushgateway-test-");

    public OneGatewayTests()
    {
        DirectoryInfo folder = _parent.CreateSubdirectory("folder");
        File.CreateSymbolicLink(Path.Combine(_parent.FullName, "link"), "folder/store");
        Directory.CreateSymbolicLink(Path.Combine(_parent.FullName, "folder-link"), folder.FullName);
    }

    private string Folder => Path.Combine(_parent.FullName, "folder");

    public static MatrixTheoryData<string, string, string> Combinations() => new(
        ["--persistence.journal", "--no-persistence.journal"],
        ["--persistence.journal", "--no-persistence.journal"],
        ["folder/store", "folder/../folder/./store", "link", "folder-link/store"]);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _parent.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public async Task Start_FileIsAnotherGateways_WaitsUntilThatEnds(string first, string second, string path)
    {
        GatewayProcess owner = await StartGatewayAsync(first, FileFlag("folder/store"));
        await PushAsync(owner, "a");
        GatewayProcess waiting = StoppedAtTheEnd(await GatewayProcess.StartUnreadyAsync(second, FileFlag(path)));

        using HttpResponseMessage ready = await waiting.Client.GetAsync("/-/ready", TestContext.Current.CancellationToken);
        Assert.StartsWith(
            $"cannot restore from {Path.GetFileName(path)}: another gateway uses it, and has locked store.lock\n",
            await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await PushAsync(owner, "b");
        await StopAsync(owner);

        await Deadline.UntilAsync(Deadline.Start, "the second is ready", waiting.IsReadyAsync, () => waiting.Log);
        await PushAsync(waiting, "c");
        await StopAsync(waiting);
        Assert.Equal(["store"], Directory.GetFiles(Folder).Select(Path.GetFileName));
        GatewayProcess restarted = await StartGatewayAsync(FileFlag("link"));
        Assert.Equal(3, (await restarted.GroupsAsync()).Count);
        Assert.Equal("folder/store", new FileInfo(Path.Combine(_parent.FullName, "link")).LinkTarget);
    }

    [Theory]
    [InlineData("--persistence.journal")]
    [InlineData("--no-persistence.journal")]
    public async Task Start_AfterAKill_TakesTheLockThatWasLeft(string flag)
    {
        GatewayProcess killed = await StartGatewayAsync(flag, FileFlag("folder/store"));
        killed.Send(UnixSignal.Kill);
        await killed.WaitForExitAsync();
        Assert.True(File.Exists(Path.Combine(Folder, "store.lock")));

        GatewayProcess restarted = await StartGatewayAsync(flag, FileFlag("folder/store"));

        await PushAsync(restarted, "a");
    }

    private string FileFlag(string path) => $"--persistence.file={_parent.FullName}/{path}";

    private static async Task StopAsync(GatewayProcess gateway)
    {
        gateway.Send(UnixSignal.Terminate);
        Assert.Equal(0, await gateway.WaitForExitAsync());
    }

    private static async Task PushAsync(GatewayProcess gateway, string job)
    {
        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            $"/metrics/job/{job}", new StringContent("x 1\n"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
