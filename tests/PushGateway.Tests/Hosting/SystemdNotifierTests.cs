using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Store;
using PushGateway.Hosting;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Hosting;

/// <summary>The notifications that a service manager receives from a gateway, and their times.</summary>
public sealed class SystemdNotifierTests : IDisposable
{
    private const string Extend = "EXTEND_TIMEOUT_USEC=30000000";

    /// <summary>So that it beats all the time.</summary>
    private const string ShortWatchdog = "100000";

    private readonly FakeServiceManager _manager = FakeServiceManager.OnAPath();
    private readonly ManualResetEventSlim _mayRestore = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");

    public void Dispose()
    {
        _manager.Dispose();
        _mayRestore.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Begin_WithoutAServiceManager_IsNothing()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        Assert.Null(SystemdNotifier.Begin(gateway.Services, gateway.Restored, _ => null));
        Assert.Empty(gateway.Log.OfLevel("warn"));
    }

    [Fact]
    public async Task Begin_ServiceManagerThatCannotBeTold_IsLoggedOnce()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        await using (Begin(gateway, gateway.Restored, address: Path.Combine(_folder.FullName, "nobody")))
        {
        }
        Assert.Null(SystemdNotifier.Begin(gateway.Services, gateway.Restored, _ => "odd"));

        Assert.Collection(
            gateway.Log.OfLevel("warn"),
            line => Assert.StartsWith(
                "level=warn caller=Hosting.SystemdNotifier msg=\"failed to notify systemd\" err=", line),
            line => Assert.Contains("NOTIFY_SOCKET=odd is not a path", line));
    }

    [Fact]
    public async Task Tell_FromStartToEnd_IsReadyThenStopping()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await using (Begin(gateway, gateway.Restored))
        {
            Assert.Equal(["READY=1", "STATUS=serving"], await _manager.HearAsync());
        }
        Assert.Equal(["STOPPING=1", Extend, "STATUS=stopping"], await _manager.HearAsync());
        Assert.True(await _manager.HearsNothingForAsync(TimeSpan.FromMilliseconds(50), passedOver: 0));
    }

    [Fact]
    public async Task Tell_GatewayIsToldToStop_IsStoppingUntilItHasEnded()
    {
        RunningGateway gateway = await RunningGateway.StartAsync();
        await using (Begin(gateway, gateway.Restored, ShortWatchdog))
        {
            await _manager.HearUntilAsync("READY=1");

            await gateway.DisposeAsync();

            Assert.Equal(["STOPPING=1", "WATCHDOG=1", Extend, "STATUS=stopping"], await _manager.HearUntilAsync("STOPPING=1"));
            Assert.Equal(["WATCHDOG=1", Extend], await _manager.HearAsync());
        }
    }

    [Fact]
    public async Task Tell_WhileItRestores_IsNotReadyAndAsksForTime()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(OpenOnceAllowed, PersistenceFlag);
        var restored = new TaskCompletionSource();
        await using SystemdNotifier notifications = Begin(gateway, restored.Task, ShortWatchdog);

        Assert.Equal(["WATCHDOG=1", Extend, "STATUS=not ready: restoring"], await _manager.HearAsync());
        Assert.Equal(["WATCHDOG=1", Extend], await _manager.HearAsync());

        gateway.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(["WATCHDOG=1"], await _manager.HearUntilAsync(lines => !lines.Contains(Extend)));

        _mayRestore.Set();
        await gateway.Restored;
        restored.SetResult();
        Assert.Equal(["READY=1", "WATCHDOG=1", "STATUS=serving"], await _manager.HearUntilAsync("READY=1"));
    }

    [Fact]
    public async Task Tell_RestoreFails_SaysWhyAndAsksForNoTime()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(
            _ => throw new IOException("the disk is gone"), PersistenceFlag);
        await Deadline.UntilAsync(
            Deadline.Change, "it has failed", _ => Task.FromResult(gateway.Keeper.HasFault));
        await using SystemdNotifier notifications = Begin(gateway, gateway.Restored);

        string line = Assert.Single(await _manager.HearAsync());

        Assert.StartsWith("STATUS=not ready: cannot restore from ", line);
        Assert.EndsWith(": the disk is gone", line);
    }

    [Fact]
    public async Task Tell_StoreDoesNotAnswer_SaysNothingAnyMore()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await using SystemdNotifier notifications = Begin(gateway, gateway.Restored, ShortWatchdog);
        await _manager.HearUntilAsync("WATCHDOG=1");
        var isStuck = new TaskCompletionSource();
        using var isFree = new ManualResetEventSlim();
        Task stuck = Task.Run(
            () => gateway.Services.GetRequiredService<GroupStore>().SnapshotAtomically(() =>
            {
                isStuck.SetResult();
                isFree.Wait(TestContext.Current.CancellationToken);
            }),
            TestContext.Current.CancellationToken);
        await isStuck.Task;

        bool isSilent = await _manager.HearsNothingForAsync(TimeSpan.FromSeconds(2), passedOver: 20);
        isFree.Set();
        await stuck;

        Assert.True(isSilent);
        Assert.Equal(["WATCHDOG=1"], await _manager.HearAsync());
    }

    private string PersistenceFlag => $"--persistence.file={Path.Combine(_folder.FullName, "store")}";

    private SystemdNotifier Begin(
        RunningGateway gateway, Task restored, string? watchdog = null, string? address = null) =>
        SystemdNotifier.Begin(
            gateway.Services,
            restored,
            name => name switch
            {
                "NOTIFY_SOCKET" => address ?? _manager.Address,
                "WATCHDOG_USEC" => watchdog,
                _ => null,
            })!;

    private DiskFolder OpenOnceAllowed(string path)
    {
        Assert.True(_mayRestore.Wait(Deadline.Change, TestContext.Current.CancellationToken));
        return new DiskFolder(path);
    }
}
