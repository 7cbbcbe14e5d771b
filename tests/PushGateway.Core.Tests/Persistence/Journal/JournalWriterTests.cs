using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Tests.Persistence.Disk;
using PushGateway.Core.Tests.Persistence.Recovery;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Journal;

/// <summary>Group commit: which callers wait for which sync. The test controls the duration of each sync.</summary>
public sealed class JournalWriterTests : IDisposable
{
    private readonly SimulatedFolder _folder = new();
    private readonly SemaphoreSlim _syncBegun = new(0);
    private readonly SemaphoreSlim _syncMayEnd = new(0);

    public void Dispose()
    {
        _syncBegun.Dispose();
        _syncMayEnd.Dispose();
    }

    [Fact]
    public async Task WaitDurable_BeforeTheSyncIsDone_Waits()
    {
        JournalWriter journal = await OpenHeldAsync();

        Task push = Append(journal, "1");
        await _syncBegun.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("1", Text(), StringComparison.Ordinal);
        Assert.False(push.IsCompleted);

        _syncMayEnd.Release();
        await push;
    }

    [Fact]
    public async Task TryAppend_DuringASync_SharesTheNextOneWithAllThatCome()
    {
        JournalWriter journal = await OpenHeldAsync();
        int syncsBefore = Count("sync data.journal");
        Task first = Append(journal, "first");
        await _syncBegun.WaitAsync(TestContext.Current.CancellationToken);

        Task[] others = [.. Enumerable.Range(0, 100).Select(i => Append(journal, $"other{i}"))];
        Assert.DoesNotContain("other", Text(), StringComparison.Ordinal);
        _syncMayEnd.Release();
        await first;
        await _syncBegun.WaitAsync(TestContext.Current.CancellationToken);
        Assert.All(others, push => Assert.False(push.IsCompleted));
        _syncMayEnd.Release();
        await Task.WhenAll(others);

        Assert.Equal(syncsBefore + 2, Count("sync data.journal"));
        Assert.Equal(101, journal.Records);
    }

    [Fact]
    public async Task TryAppend_FromManyThreads_KeepsEachOnce()
    {
        JournalWriter journal = (await ModelGateway.StartAsync(_folder)).Journal;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await Append(journal, $"{thread * 100 + i}");
            }
        })));
        await journal.DisposeAsync();

        int[] restored = (await ModelGateway.StartAsync(_folder)).Restored;
        Assert.Equal(Enumerable.Range(0, 800), restored.Order());
        Assert.All(restored.GroupBy(number => number / 100), thread => Assert.Equal(thread.Order(), thread));
    }

    [Fact]
    public async Task WaitDurable_SyncFails_FailsThatBatchAndAllBehindItOnly()
    {
        JournalWriter journal = await OpenHeldAsync();
        Task before = Append(journal, "before");
        await _syncBegun.WaitAsync(TestContext.Current.CancellationToken);
        Task[] failing = [Append(journal, "1"), Append(journal, "2")];
        _syncMayEnd.Release();
        await before;

        await _syncBegun.WaitAsync(TestContext.Current.CancellationToken);
        Task behind = Append(journal, "3");
        _folder.FaultAt = (_, what) => what.StartsWith("sync", StringComparison.Ordinal) ? Fault.Error : Fault.None;
        _syncMayEnd.Release();

        foreach (Task push in failing.Append(behind))
        {
            JournalFailedException failure = await Assert.ThrowsAsync<JournalFailedException>(() => push);
            Assert.Equal("the journal cannot be written: simulated fault: sync data.journal", failure.Message);
        }
        Assert.Contains("simulated fault", journal.Failure?.Message, StringComparison.Ordinal);
        Assert.Equal(1, journal.Failures);
        Assert.False(TryAppend(journal, "4", out _));
        Assert.Equal(TestRecords.File(TestRecords.Push("before")).Length, _folder.Bytes("data.journal").Length);
    }

    [Theory]
    [InlineData(FsyncPolicy.Interval)]
    [InlineData(FsyncPolicy.Never)]
    public async Task WaitDurable_OtherPolicies_WaitsForTheWriteOnly(FsyncPolicy policy)
    {
        ModelGateway gateway = await ModelGateway.StartAsync(_folder, policy);
        int syncs = Count("sync data.journal");

        Assert.True(await gateway.PushAsync(1));
        Assert.Equal(syncs, Count("sync data.journal"));
        await gateway.Journal.SyncAsync();
        await gateway.Journal.SyncAsync();
        Assert.Equal(syncs + 1, Count("sync data.journal"));
    }

    [Fact]
    public async Task WaitForRoom_TooMuchIsPending_WaitsUntilItIsWritten()
    {
        JournalWriter journal = await OpenHeldAsync(new JournalOptions { MaxPendingBytes = 1000 });
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Assert.True(journal.WaitForCapacityAsync(cancellation).AsTask().IsCompleted);

        Task large = Append(journal, new string('x', 2000));
        await _syncBegun.WaitAsync(cancellation);
        Task waiting = journal.WaitForCapacityAsync(cancellation).AsTask();
        using var impatient = new CancellationTokenSource();
        Task givingUp = journal.WaitForCapacityAsync(impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givingUp);
        Assert.False(waiting.IsCompleted);

        _syncMayEnd.Release();
        await Task.WhenAll(large, waiting);
        Assert.True(journal.WaitForCapacityAsync(cancellation).AsTask().IsCompleted);
    }

    [Fact]
    public async Task Dispose_WithPendingRecords_WritesThemAndTakesNoMore()
    {
        JournalWriter journal = await OpenHeldAsync();
        Task push = Append(journal, "1");
        Task end = journal.DisposeAsync().AsTask();
        Assert.False(TryAppend(journal, "2", out _));

        _syncMayEnd.Release(10);
        await end;
        await push;
        await Assert.ThrowsAsync<JournalFailedException>(journal.SyncAsync);
    }

    [Fact]
    public async Task Cut_NothingAppended_BeginsNoFile()
    {
        ModelGateway gateway = await ModelGateway.StartAsync(_folder);
        await gateway.PushAsync(1);
        await gateway.SnapshotAsync();
        int created = Count("create data.journal");

        await gateway.SnapshotAsync();

        Assert.Equal(created, Count("create data.journal"));
        Assert.Equal((0L, 0L), (gateway.Journal.Records, gateway.Journal.Bytes));
    }

    [Fact]
    public async Task Bytes_AcrossGenerations_CountsWhatNoSnapshotHolds()
    {
        ModelGateway gateway = await ModelGateway.StartAsync(_folder);
        int size = TestRecords.Encode(TestRecords.Push("1")).Length;
        await gateway.PushAsync(1, 2);
        gateway.Journal.BeginCheckpoint();
        await gateway.PushAsync(3);

        Assert.Equal((3L, 3L * size), (gateway.Journal.Records, gateway.Journal.Bytes));
        Assert.Contains("data.journal.1", _folder.List());
        ModelGateway again = await ModelGateway.StartAsync(_folder.AfterCrash(UnsyncedContent.Lost).First());
        Assert.Equal((3L, 3L * size), (again.Journal.Records, again.Journal.Bytes));
    }

    private static bool TryAppend(JournalWriter journal, string body, out JournalTicket ticket)
    {
        using var record = EncodedRecord.Of(TestRecords.Push(body));
        return journal.TryAppend(record, out ticket);
    }

    private static Task Append(JournalWriter journal, string body)
    {
        Assert.True(TryAppend(journal, body, out JournalTicket ticket));
        return ticket.WaitDurableAsync().AsTask();
    }

    /// <summary>A journal whose syncs signal their start, and wait for permission to end.</summary>
    private async Task<JournalWriter> OpenHeldAsync(JournalOptions? options = null)
    {
        var restore = FileRecovery.Begin(_folder, "data", DateTimeOffset.UnixEpoch);
        JournalWriter journal = await JournalWriter.OpenAsync(restore.Finish().Journal, options ?? new JournalOptions());
        _folder.DuringSync = () =>
        {
            _syncBegun.Release();
            _syncMayEnd.Wait();
        };
        return journal;
    }

    private int Count(string operation) => _folder.Log.Count(what => what == operation);

    private string Text() => System.Text.Encoding.UTF8.GetString(_folder.Bytes("data.journal"));
}
