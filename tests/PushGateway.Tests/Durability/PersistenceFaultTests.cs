using PushGateway.Durability;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Durability;

/// <summary>What clients and operators see while the disk fails or is slow, and the recovery afterwards.</summary>
public sealed class PersistenceFaultTests : IDisposable
{
    private const string CreatesSnapshot = "create store.snapshot-in-progress";
    private const string WritesJournal = "write store.journal";

    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("pushgateway-test-");
    private readonly WatchedFolder _folder;

    public PersistenceFaultTests() => _folder = new WatchedFolder(_temporary.FullName);

    private string File => Path.Combine(_temporary.FullName, "store");

    public void Dispose() => _temporary.Delete(recursive: true);

    [Fact]
    public async Task Snapshot_ExceptionNobodyThoughtOf_IsToldAndTheLoopGoesOn()
    {
        await using RunningGateway gateway = await StartAsync("--persistence.interval=0");
        FailAt(CreatesSnapshot, new InvalidOperationException("a bug"));
        await PutAsync(gateway, "a", 200);

        await UntilAsync(gateway, () => gateway.Persistence.Fault is not null);

        string fault = $"cannot write {File}: InvalidOperationException: a bug";
        Assert.Equal((fault, 1), (gateway.Persistence.Fault, gateway.Persistence.SnapshotFailures));
        RawAnswer ready = await gateway.SendAsync("GET", "/-/ready");
        Assert.Equal((503, "cannot write store: InvalidOperationException: a bug\n"), (ready.Status, ready.Body));
        Assert.Contains("at PushGateway.", Assert.Single(gateway.Log.OfLevel("error")));

        _folder.Before = _ => { };
        gateway.Time.Advance(TimeSpan.FromSeconds(1));

        await UntilAsync(gateway, () => gateway.Persistence.Fault is null);
        Assert.Equal(gateway.Time.GetUtcNow(), gateway.Persistence.SnapshotAt);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/-/ready")).Status);
        Assert.Contains(gateway.Log.OfLevel("info"), line => line.Contains("persisted again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restore_ExceptionNobodyThoughtOf_IsToldAndTriedAgain()
    {
        FailAt("open store", new InvalidOperationException("a bug"));
        await using RunningGateway gateway = await StartRestoringAsync();
        string fault = $"cannot restore from {File}: InvalidOperationException: a bug";
        await UntilAsync(gateway, () => gateway.Persistence.Fault == fault);
        Assert.StartsWith(
            "level=error caller=Durability.PersistenceService msg=\"cannot restore metrics\" file=",
            Assert.Single(gateway.Log.OfLevel("error")));
        Assert.Equal(
            (503, "cannot restore from store: InvalidOperationException: a bug\n"),
            await StatusAndBodyAsync(gateway, "GET", "/-/ready"));

        _folder.Before = _ => { };

        await gateway.Restored;
        await PutAsync(gateway, "a", 200);
        Assert.Null(gateway.Persistence.Fault);
    }

    [Fact]
    public async Task Folder_MovedAwayAndBack_RefusesPushesMeanwhile()
    {
        string folder = Path.Combine(_temporary.FullName, "folder");
        Directory.CreateDirectory(folder);
        await using RunningGateway gateway =
            await RunningGateway.StartAsync($"--persistence.file={Path.Combine(folder, "store")}");
        await PutAsync(gateway, "a", 200);

        Directory.Move(folder, folder + ".old");

        // The next push finds it, or the next second.
        gateway.Time.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(gateway, () => gateway.Persistence.Fault is not null);
        await PutAsync(gateway, "b", 503);
        Assert.Equal(503, (await gateway.SendAsync("GET", "/-/ready")).Status);

        Directory.Move(folder + ".old", folder);
        await UntilRecoveredAsync(gateway);
        await PutAsync(gateway, "b", 200);
    }

    [Fact]
    public async Task Restore_DamagedFile_IsToldInTheLogInStatusAndMetrics()
    {
        await using (RunningGateway gateway = await StartAsync())
        {
            await PutAsync(gateway, "a", 200);
        }
        await System.IO.File.AppendAllTextAsync(File, "x", TestContext.Current.CancellationToken);

        await using RunningGateway restarted = await StartAsync();

        Assert.Equal(1, restarted.Persistence.DamagedFiles);
        string line = Assert.Single(
            restarted.Log.OfLevel("error"), line => line.Contains("1 bytes follow its end", StringComparison.Ordinal));
        Assert.Contains("store.corrupt-", line, StringComparison.Ordinal);
        Assert.Contains("pushgateway_persistence_damaged_files 1\n", (await restarted.SendAsync("GET", "/metrics")).Body);
        Assert.Contains("\"damaged_files\":1", (await restarted.SendAsync("GET", "/api/v1/status")).Body);
        Assert.Equal(["x{instance=\"\",job=\"a\"} 1"], await restarted.PushedSamplesAsync());
    }

    [Fact]
    public async Task Requests_WhileRestoring_AreToComeBackAndThenSeeEverything()
    {
        await using (RunningGateway gateway = await StartAsync())
        {
            await PutAsync(gateway, "a", 200);
        }
        using var mayGoOn = new ManualResetEventSlim();
        _folder.Before = operation => WaitAt(operation == "open store", mayGoOn);
        await using RunningGateway restoring = await StartRestoringAsync();

        foreach (string request in (string[])
            ["GET /-/ready", "GET /metrics", "PUT /metrics/job/b", "DELETE /metrics/job/a", "GET /api/v1/metrics", "GET /"])
        {
            string[] parts = request.Split(' ');
            RawAnswer answer = await restoring.SendAsync(parts[0], parts[1], parts[0] == "PUT" ? "x 1\n" : "");
            Assert.Equal((503, "restoring\n"), (answer.Status, answer.Body));
            Assert.Contains("\nRetry-After: 1\n", answer.Text, StringComparison.Ordinal);
        }
        Assert.Equal(200, (await restoring.SendAsync("GET", "/-/healthy")).Status);
        RawAnswer status = await restoring.SendAsync("GET", "/api/v1/status");
        Assert.Contains("\"fault\":\"restoring\"", status.Body, StringComparison.Ordinal);
        Assert.False(restoring.Restored.IsCompleted);

        mayGoOn.Set();
        await restoring.Restored;

        Assert.Equal(["x{instance=\"\",job=\"a\"} 1"], await restoring.PushedSamplesAsync());
        Assert.Equal(200, (await restoring.SendAsync("GET", "/-/ready")).Status);
    }

    [Fact]
    public async Task Close_WhileRestoring_ChangesNoFile()
    {
        await using (RunningGateway gateway = await StartAsync())
        {
            await PutAsync(gateway, "a", 200);
        }
        byte[] before = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        using var mayGoOn = new ManualResetEventSlim();
        _folder.Before = operation => WaitAt(operation == "open store", mayGoOn);
        RunningGateway restoring = await StartRestoringAsync();

        PersistenceService keeper = restoring.Keeper;
        Task closed = restoring.DisposeAsync().AsTask();
        await UntilAsync(restoring, () => keeper.IsClosing);
        _folder.Before = operation => Assert.StartsWith("open ", operation);
        mayGoOn.Set();
        await closed;

        Assert.Equal([File], Directory.GetFiles(_temporary.FullName));
        Assert.Equal(before, await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Close_DiskHangsWhileRestoring_DoesNotWaitForIt()
    {
        using var mayGoOn = new ManualResetEventSlim();
        _folder.Before = operation => WaitAt(operation == "open store", mayGoOn);
        RunningGateway restoring = await StartRestoringAsync();

        await restoring.DisposeAsync();

        Assert.False(mayGoOn.IsSet);
        Assert.Contains("the disk does not answer; ending without it", Assert.Single(restoring.Log.OfLevel("error")));
        mayGoOn.Set();
    }

    /// <summary>It would stay there: nothing but a snapshot shortens it, and no snapshot would fit.</summary>
    [Fact]
    public async Task Journal_FillsItsDisk_LeavesRoomForTheSnapshotThatEmptiesIt()
    {
        const int Disk = 1 << 20;
        const int Pushed = 4 * Disk;
        string body = $"# HELP x {new string('h', 10_000)}\nx 1\n";
        _folder.DiskBytes = Disk;
        await using (RunningGateway gateway = await StartAsync())
        {
            for (int i = 0; i * body.Length < Pushed; i++)
            {
                await UntilAcceptedAsync(gateway, $"/metrics/job/a{i % 20}", body);
            }
            Assert.NotNull(gateway.Persistence.SnapshotAt);
            Assert.Equal(0, gateway.Persistence.SnapshotFailures);
            Assert.All(
                gateway.Log.OfLevel("error"),
                line => Assert.Contains("No space left on device, except what the next snapshot needs", line));
        }
        await using RunningGateway restarted = await StartAsync();
        Assert.Equal(20, restarted.Snapshot.GroupCount);
    }

    private static async Task UntilAcceptedAsync(RunningGateway gateway, string path, string body) =>
        await Deadline.UntilAsync(Deadline.Change, "a push is accepted", async _ =>
        {
            gateway.Time.Advance(TimeSpan.FromSeconds(1));
            return (await gateway.SendAsync("PUT", path, body)).Status == 200;
        });

    /// <summary>The journal has what was acknowledged.</summary>
    [Theory]
    [InlineData(WritesJournal)]
    [InlineData("sync store.snapshot-in-progress")]
    public async Task Close_DiskHangs_DoesNotWaitForIt(string place)
    {
        using var mayGoOn = new ManualResetEventSlim();
        using var isThere = new ManualResetEventSlim();
        RunningGateway gateway = await StartAsync();
        await PutAsync(gateway, "a", 200);
        _folder.Before = operation =>
        {
            SetIf(operation == place, isThere);
            WaitAt(operation == place, mayGoOn);
        };
        Task<RawAnswer>? waiting = null;
        if (place == WritesJournal)
        {
            waiting = gateway.SendAsync("PUT", "/metrics/job/b", "x 1\n");
            await UntilAsync(gateway, () => isThere.IsSet);
        }

        bool isKept = await gateway.Keeper.CloseAsync();

        Assert.True(isKept);
        Assert.True(isThere.IsSet);
        Assert.False(mayGoOn.IsSet);
        Assert.Contains("the disk does not answer; ending without it", Assert.Single(gateway.Log.OfLevel("error")));
        mayGoOn.Set();
        if (waiting is not null)
        {
            await waiting;
        }
        await UntilAsync(gateway, () => !System.IO.File.Exists(File + ".lock"));
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task Journal_FailsUnderWaitingPushes_RefusesThemAndRecovers()
    {
        await using (RunningGateway gateway = await StartAsync())
        {
            await PutAsync(gateway, "before", 200);
            using var mayGoOn = new ManualResetEventSlim();
            _folder.Before = operation =>
            {
                WaitAt(operation == WritesJournal, mayGoOn);
                throw new IOException("No space left on device");
            };
            Task<RawAnswer>[] waiting =
                [.. Enumerable.Range(0, 5).Select(i => gateway.SendAsync("PUT", $"/metrics/job/w{i}", "x 1\n"))];
            await UntilAsync(gateway, () => gateway.Snapshot.GroupCount == 6);
            mayGoOn.Set();

            const string Reason = "the journal cannot be written: No space left on device";
            foreach (RawAnswer answer in await Task.WhenAll(waiting))
            {
                Assert.Equal((503, Reason + "\n"), (answer.Status, answer.Body));
                Assert.Contains("\nRetry-After: 1\n", answer.Text, StringComparison.Ordinal);
            }
            await PutAsync(gateway, "later", 503);
            Assert.Equal((503, Reason + "\n"), await StatusAndBodyAsync(gateway, "GET", "/-/ready"));
            Assert.Equal(200, (await gateway.SendAsync("GET", "/metrics")).Status);
            Assert.Equal((Reason, 1), (gateway.Persistence.Fault, gateway.Persistence.JournalFailures));
            await UntilAsync(gateway, () => gateway.Log.OfLevel("error").Any(line => line.Contains(Reason)));

            _folder.Before = _ => { };
            await UntilRecoveredAsync(gateway);
            await PutAsync(gateway, "after", 200);
        }
        await using RunningGateway restarted = await StartAsync();
        string[] samples = await restarted.PushedSamplesAsync();
        Assert.Contains("x{instance=\"\",job=\"before\"} 1", samples);
        Assert.Contains("x{instance=\"\",job=\"after\"} 1", samples);
    }

    /// <summary>The snapshot in progress does not cover the failure and must not end it.</summary>
    [Fact]
    public async Task Journal_FailsWhileASnapshotIsWritten_RecoversWithTheNextOne()
    {
        await using (RunningGateway gateway = await StartAsync("--persistence.journal-max-size=1"))
        {
            using var snapshotMayGoOn = new ManualResetEventSlim();
            using var inSnapshot = new ManualResetEventSlim();
            _folder.Before = operation =>
            {
                inSnapshot.Set();
                WaitAt(operation == CreatesSnapshot, snapshotMayGoOn);
            };
            await PutAsync(gateway, "a", 200);
            inSnapshot.Reset();
            await UntilAsync(gateway, () => inSnapshot.IsSet);
            Action<string> holdUp = _folder.Before;
            _folder.Before = operation =>
            {
                holdUp(operation);
                FailIf(operation == WritesJournal, new IOException("Input/output error"));
            };
            await PutAsync(gateway, "b", 503);
            _folder.Before = holdUp;
            snapshotMayGoOn.Set();

            await UntilAsync(gateway, () => gateway.Persistence.Fault is null);
            Assert.Equal(1, gateway.Persistence.JournalFailures);
            await PutAsync(gateway, "c", 200);
        }
        await using RunningGateway restarted = await StartAsync();

        // The rejected push may be stored or not: it is not if writing the next file's header failed.
        string[] samples = await restarted.PushedSamplesAsync();
        Assert.Contains("x{instance=\"\",job=\"a\"} 1", samples);
        Assert.Contains("x{instance=\"\",job=\"c\"} 1", samples);
    }

    [Fact]
    public async Task SyncEachSecond_WhileASnapshotIsWritten_GoesOn()
    {
        await using RunningGateway gateway =
            await StartAsync("--persistence.fsync=interval", "--persistence.journal-max-size=1");
        using var snapshotMayGoOn = new ManualResetEventSlim();
        using var inSnapshot = new ManualResetEventSlim();
        using var synced = new ManualResetEventSlim();
        _folder.Before = operation =>
        {
            SetIf(operation == CreatesSnapshot, inSnapshot);
            SetIf(operation == "sync store.journal", synced);
            WaitAt(operation == CreatesSnapshot, snapshotMayGoOn);
        };
        await PutAsync(gateway, "a", 200);
        await UntilAsync(gateway, () => inSnapshot.IsSet);
        await PutAsync(gateway, "b", 200);
        synced.Reset();

        await UntilAsync(gateway, () => synced.IsSet);

        snapshotMayGoOn.Set();
    }

    [Fact]
    public async Task WithoutAJournal_DiskFails_TakesPushesAsUpstreamAndIsNotReady()
    {
        await using RunningGateway gateway = await StartAsync("--no-persistence.journal", "--persistence.interval=0");
        FailAt(CreatesSnapshot, new IOException("No space left on device"));
        await PutAsync(gateway, "a", 200);
        await UntilAsync(gateway, () => gateway.Persistence.Fault is not null);

        await PutAsync(gateway, "b", 200);
        Assert.Equal(
            (503, $"cannot write store: No space left on device\n"), await StatusAndBodyAsync(gateway, "GET", "/-/ready"));

        _folder.Before = _ => { };
        await UntilRecoveredAsync(gateway);
        Assert.True(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task IntervalOfZero_WithoutAJournal_WritesEachChangeSoon()
    {
        await using RunningGateway gateway = await StartAsync("--no-persistence.journal", "--persistence.interval=0");
        for (int i = 0; i < 3; i++)
        {
            await PutAsync(gateway, $"{i}", 200);
            await UntilAsync(gateway, () => System.IO.File.Exists(File));
            System.IO.File.Delete(File);
        }
    }

    /// <summary>A start that fails, since another gateway has the port, must not replace what that one has written.</summary>
    [Fact]
    public async Task Close_NothingHasChanged_WritesNothing()
    {
        await using (RunningGateway gateway = await StartAsync("--no-persistence.journal"))
        {
            await PutAsync(gateway, "a", 200);
        }
        var operations = new List<string>();
        _folder.Before = operations.Add;

        await (await StartAsync("--no-persistence.journal")).DisposeAsync();

        Assert.All(operations, operation => Assert.StartsWith("open ", operation));
        Assert.NotEmpty(operations);
    }

    private static async Task PutAsync(RunningGateway gateway, string job, int status) =>
        Assert.Equal(status, (await gateway.SendAsync("PUT", $"/metrics/job/{job}", "x 1\n")).Status);

    private static async Task<(int, string)> StatusAndBodyAsync(RunningGateway gateway, string method, string path)
    {
        RawAnswer answer = await gateway.SendAsync(method, path);
        return (answer.Status, answer.Body);
    }

    private static Task UntilAsync(RunningGateway gateway, Func<bool> isSo) => Deadline.UntilAsync(
        Deadline.Change, "the gateway has got there", _ => Task.FromResult(isSo()), () => $"{gateway.Persistence}");

    /// <summary>A second at a time: an attempt may come too early, and waits a second for the next.</summary>
    private static Task UntilRecoveredAsync(RunningGateway gateway) => UntilAsync(gateway, () =>
    {
        gateway.Time.Advance(TimeSpan.FromSeconds(1));
        return gateway.Persistence.Fault is null;
    });

    private static void WaitAt(bool isThere, ManualResetEventSlim mayGoOn)
    {
        if (isThere)
        {
            // Not forever: a test that fails could not end.
            mayGoOn.Wait(Deadline.Change);
        }
    }

    private static void SetIf(bool isThere, ManualResetEventSlim reached)
    {
        if (isThere)
        {
            reached.Set();
        }
    }

    private static void FailIf(bool isThere, Exception exception)
    {
        if (isThere)
        {
            throw exception;
        }
    }

    private void FailAt(string place, Exception exception) =>
        _folder.Before = operation => FailIf(operation == place, exception);

    private Task<RunningGateway> StartRestoringAsync(params string[] flags) =>
        RunningGateway.StartAsync(_ => _folder, [$"--persistence.file={File}", .. flags]);

    private async Task<RunningGateway> StartAsync(params string[] flags)
    {
        RunningGateway gateway = await StartRestoringAsync(flags);
        await gateway.Restored;
        return gateway;
    }
}
