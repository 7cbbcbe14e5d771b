using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>docs/backup.md: a copy of a running gateway's file brings its groups back.</summary>
public sealed class BackupPageTests : GatewayTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("backup-page-");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task BackupAndRestore_AsOnThePage_BringTheGroupsBack()
    {
        string[] scripts = [.. PageScript.Of("backup.md").Select(script => script.Script
            .Replace("/var/lib/pushgateway", _folder.FullName, StringComparison.Ordinal))];
        Assert.Equal(3, scripts.Length);
        GatewayProcess gateway = await StartGatewayAsync(Flags);
        await gateway.PushAsync("job/a", "x 1\n");
        await Deadline.UntilAsync(
            Deadline.Change, "the file is written", _ => Task.FromResult(File.Exists(Path.Combine(_folder.FullName, "metrics"))), () => gateway.Log);
        await RunAsync(scripts[0]);
        await gateway.PushAsync("job/b", "x 1\n");
        gateway.Send(UnixSignal.Terminate);
        Assert.Equal(0, await gateway.WaitForExitAsync());

        await RunAsync(scripts[1]);
        await RunAsync(scripts[2]);

        GatewayProcess restored = await StartGatewayAsync(Flags);
        Assert.Equal("a", (await restored.GroupAsync()).Labels["job"]);
    }

    private string[] Flags => [$"--persistence.file={_folder.FullName}/metrics", "--persistence.interval=10ms"];

    private static async Task RunAsync(string script) => (await ChildProcess.RunAsync(
        "/bin/sh", ["-euc", $"pushgateway() {{ '{GatewayBinary.PathOrSkip()}' \"$@\"; }}\n{script}"])).OutputOfSuccess();
}
