using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.WebConfig;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>Pipes in place of files, which nobody writes.</summary>
public sealed class PipeTests : GatewayTests
{
    /// <summary>The password is <c>secret</c>.</summary>
    private const string Users = "basic_auth_users:\n  bob: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";

    private readonly WebConfigFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task PersistenceFile_IsAPipe_SaysSoAndEndsOnASignal()
    {
        await MakePipeAsync("store");
        GatewayProcess gateway = StoppedAtTheEnd(
            await GatewayProcess.StartUnreadyAsync($"--persistence.file={_folder.PathOf("store")}"));

        using HttpResponseMessage ready = await gateway.Client.GetAsync("/-/ready", TestContext.Current.CancellationToken);

        Assert.Equal(
            "cannot restore from store: store is a device or a pipe\n",
            await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        gateway.Send(UnixSignal.Terminate);
        Assert.Equal(0, await gateway.WaitForExitAsync());
    }

    [Fact]
    public async Task WebConfigFile_IsAPipeForAMoment_IsReloadedAfterIt()
    {
        _folder.WriteConfig(Users);
        GatewayProcess gateway = StoppedAtTheEnd(
            await GatewayProcess.StartByScriptAsync("exec \"$0\" \"$@\"", _folder.Flag));
        await MakePipeAsync("pipe");
        File.Move(_folder.PathOf("pipe"), _folder.ConfigFile, overwrite: true);
        await UntilLoggedAsync(gateway, "not a regular file any more");
        gateway.Send(UnixSignal.HangUp);
        await UntilLoggedAsync(gateway, "received SIGHUP");
        Assert.Equal(401, (int?)await gateway.StatusAsync("/metrics", TestContext.Current.CancellationToken));

        _folder.Write("new.yml", Users + "  ann: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n");
        File.Move(_folder.PathOf("new.yml"), _folder.ConfigFile, overwrite: true);

        await UntilLoggedAsync(gateway, "web config file reloaded");
        Assert.Equal(401, (int?)await gateway.StatusAsync("/metrics", TestContext.Current.CancellationToken));
    }

    private static Task UntilLoggedAsync(GatewayProcess gateway, string text) => Deadline.UntilAsync(
        Deadline.Change,
        $"the log has {text}",
        _ => Task.FromResult(gateway.Log.Contains(text, StringComparison.Ordinal)),
        () => gateway.Log);

    private async Task MakePipeAsync(string name) =>
        (await ChildProcess.RunAsync("/usr/bin/mkfifo", [_folder.PathOf(name)])).OutputOfSuccess();
}
