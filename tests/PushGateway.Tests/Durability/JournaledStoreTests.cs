using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Store;
using PushGateway.Durability;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Durability;

/// <summary>The contract of <see cref="IDurableStore"/>, without HTTP.</summary>
public sealed class JournaledStoreTests : IDisposable
{
    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("pushgateway-test-");
    private readonly WatchedFolder _folder;

    public JournaledStoreTests() => _folder = new WatchedFolder(_temporary.FullName);

    private string Flag => $"--persistence.file={Path.Combine(_temporary.FullName, "store")}";

    public void Dispose() => _temporary.Delete(recursive: true);

    public static TheoryData<string> Commands => ["push", "rejected push", "delete", "delete family", "delete groups", "wipe"];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Apply_AnyChange_IsNotAcknowledgedBeforeTheSync(string what)
    {
        await using RunningGateway gateway = await StartAsync();
        await gateway.Durable.ApplyAsync(Push("a", "x 1"));
        using var sync = new HeldSync(_folder);

        ValueTask<Outcome> applying = gateway.Durable.ApplyAsync(Command(what, gateway));

        Assert.True(await sync.Reached);
        Assert.False(applying.IsCompleted, "acknowledged before it was durable");
        sync.LetGo();
        Outcome outcome = await applying;
        Assert.Equal(what == "rejected push", outcome is Outcome.Rejected);
        Assert.Equal(what != "rejected push", outcome is Outcome.Accepted);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Apply_SyncFails_IsUnavailableWithTheCause(string what)
    {
        await using RunningGateway gateway = await StartAsync();
        await gateway.Durable.ApplyAsync(Push("a", "x 1"));
        StoreCommand command = Command(what, gateway);
        _folder.Before = operation =>
        {
            if (operation.StartsWith("sync store.journal", StringComparison.Ordinal))
            {
                throw new IOException("no space left");
            }
        };

        Outcome.Unavailable outcome = Assert.IsType<Outcome.Unavailable>(await gateway.Durable.ApplyAsync(command));

        Assert.Equal("the journal cannot be written: no space left", outcome.Reason);
        Assert.Equal(outcome.Reason, gateway.Durable.Unavailability?.Reason);
        Assert.IsType<Outcome.Unavailable>(await gateway.Durable.ApplyAsync(Push("late", "x 1")));
        Assert.Null(gateway.Snapshot.Find(Key("late")));
        _folder.Before = _ => { };
    }

    /// <summary>Its answer means that the first push is durable.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Apply_RepeatedPush_IsNotAcknowledgedBeforeTheFirstIsDurable(bool withBody)
    {
        await using RunningGateway gateway = await StartAsync();
        using var sync = new HeldSync(_folder);
        ValueTask<Outcome> first = gateway.Durable.ApplyAsync(Keyed("a", "x 1"));
        Assert.True(await sync.Reached);

        ValueTask<Outcome> repeated = Repeat(gateway, withBody);

        Assert.False(repeated.IsCompleted, "acknowledged before it was durable");
        Assert.Equal(0, gateway.Persistence.JournalRecords);
        sync.LetGo();
        Assert.True(Assert.IsType<Outcome.Accepted>(await repeated).Result.IsRepeated);
        Assert.False(Assert.IsType<Outcome.Accepted>(await first).Result.IsRepeated);
        Assert.Equal(1, gateway.Persistence.JournalRecords);
        Assert.True(Assert.IsType<Outcome.Accepted>(await Repeat(gateway, withBody)).Result.IsRepeated);
    }

    /// <summary>The first push took effect without being durable. The snapshot that ends the failure makes it durable.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Apply_RepeatedPushAfterTheFirstFailed_IsUnavailableUntilTheJournalWorks(bool withBody)
    {
        await using RunningGateway gateway = await StartAsync();
        _folder.Before = operation =>
        {
            if (operation.Contains("store", StringComparison.Ordinal))
            {
                throw new IOException("no space left");
            }
        };
        Assert.IsType<Outcome.Unavailable>(await gateway.Durable.ApplyAsync(Keyed("a", "x 1")));

        Assert.IsType<Outcome.Unavailable>(await Repeat(gateway, withBody));

        _folder.Before = _ => { };
        await WaitUntilAvailableAsync(gateway);
        Assert.True(Assert.IsType<Outcome.Accepted>(await Repeat(gateway, withBody)).Result.IsRepeated);
        Assert.Equal(0, gateway.Persistence.JournalRecords);
    }

    [Fact]
    public async Task Apply_WhileRestoring_IsUnavailable()
    {
        var store = new JournaledStore(new GroupStore([]), TimeProvider.System);

        Outcome outcome = await store.ApplyAsync(Push("a", "x 1"));

        Assert.Equal(Outcome.Unavailable.Briefly("restoring"), outcome);
        Assert.Equal(outcome, store.Unavailability);
    }

    [Fact]
    public async Task DeleteGroups_OneHasChanged_SparesIt()
    {
        await using RunningGateway gateway = await StartAsync();
        await gateway.Durable.ApplyAsync(Push("a", "x 1"));
        await gateway.Durable.ApplyAsync(Push("b", "x 1"));
        var delete = new DeleteGroupsCommand([Deletion(gateway, "a"), Deletion(gateway, "b")]);
        await gateway.Durable.ApplyAsync(Push("b", "x 1"));

        Outcome.Accepted outcome = Assert.IsType<Outcome.Accepted>(await gateway.Durable.ApplyAsync(delete));

        Assert.Equal([Key("b")], outcome.Result.SparedGroups);
        Assert.Equal([Key("b")], gateway.Snapshot.Groups.Select(group => group.Key));
    }

    [Fact]
    public async Task DeleteUnchanged_OneHasChanged_DeletesTheOthersAsOneRecord()
    {
        await using (RunningGateway gateway = await StartAsync())
        {
            await gateway.Durable.ApplyAsync(Push("a", "x 1"));
            await gateway.Durable.ApplyAsync(Push("b", "x 1"));
            await gateway.Durable.ApplyAsync(Push("c", "x 1"));
            MetricGroup[] selected = [.. "abc".Select(job => gateway.Snapshot.Find(Key(job.ToString()))!)];
            await gateway.Durable.ApplyAsync(Push("b", "x 1"));
            long records = gateway.Persistence.JournalRecords;

            (Outcome outcome, IReadOnlyList<MetricGroup> deleted) = await gateway.Durable.DeleteUnchangedAsync(selected);

            Assert.IsType<Outcome.Accepted>(outcome);
            Assert.Equal([Key("a"), Key("c")], deleted.Select(group => group.Key));
            Assert.Equal(records + 1, gateway.Persistence.JournalRecords);
        }
        await using RunningGateway restarted = await StartAsync();
        Assert.Equal(1, restarted.Snapshot.GroupCount);
        Assert.NotNull(restarted.Snapshot.Find(Key("b")));
    }

    private Task<RunningGateway> StartAsync() => StartRestoredAsync(RunningGateway.StartAsync(_ => _folder, Flag));

    private static async Task<RunningGateway> StartRestoredAsync(Task<RunningGateway> starting)
    {
        RunningGateway gateway = await starting;
        await gateway.Restored;
        return gateway;
    }

    private static StoreCommand Command(string what, RunningGateway gateway) => what switch
    {
        "push" => Push("b", "x 1"),
        "rejected push" => Push("b", "x 1 1"),
        "delete" => new DeleteCommand(Key("a")),
        "delete family" => new DeleteFamilyCommand(Key("a"), new Utf8String("x")),
        "delete groups" => new DeleteGroupsCommand([Deletion(gateway, "a")]),
        _ => new WipeCommand(),
    };

    private static PushCommand Keyed(string job, string sample) =>
        Push(job, sample) with { IdempotencyKey = new IdempotencyKey(Key(job), new Utf8String("k")) };

    /// <summary>A repeated push, recognized before or after the body is parsed.</summary>
    private static ValueTask<Outcome> Repeat(RunningGateway gateway, bool withBody)
    {
        PushCommand push = Keyed("a", "x 1");
        if (withBody)
        {
            return gateway.Durable.ApplyAsync(push);
        }
        Assert.True(gateway.Durable.TryFindRepeat(push.IdempotencyKey!, push.At, isDryRun: false, out ValueTask<Outcome> outcome));
        return outcome;
    }

    private static async Task WaitUntilAvailableAsync(RunningGateway gateway)
    {
        for (int i = 0; gateway.Durable.Unavailability is not null; i++)
        {
            Assert.True(i < 500, "the journal does not work again");
            gateway.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static DeleteCommand Deletion(RunningGateway gateway, string job) =>
        new(Key(job), gateway.Snapshot.Find(Key(job)));

    private static GroupingKey Key(string job) => new([new Label("job", job)]);

    private static PushCommand Push(string job, string sample)
    {
        var body = new PushBody(BodyFormat.LegacyText, Encoding.UTF8.GetBytes(sample + "\n"));
        Assert.True(body.TryParse(BodyLimits.None, out List<MetricFamily>? families, out _));
        return new PushCommand(Key(job), PushMode.Replace, PushCheck.Checked, families, At: 5_000_000_000) { Body = body };
    }

    /// <summary>Holds the journal's thread before it syncs.</summary>
    private sealed class HeldSync : IDisposable
    {
        private readonly TaskCompletionSource<bool> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _go = new();

        public HeldSync(WatchedFolder folder) => folder.Before = operation =>
        {
            if (operation.StartsWith("sync store.journal", StringComparison.Ordinal))
            {
                _reached.TrySetResult(true);
                _go.Wait();
            }
        };

        public Task<bool> Reached => _reached.Task;

        public void LetGo() => _go.Set();

        public void Dispose() => _go.Set();
    }
}
