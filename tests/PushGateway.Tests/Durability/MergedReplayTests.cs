using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Merging;
using PushGateway.Durability;
using Xunit;

namespace PushGateway.Tests.Durability;

/// <summary>Merged pushes in the journal: each acknowledged one is restored once, with exactly the same result.</summary>
public sealed class MergedReplayTests : IDisposable
{
    private const int Pushes = 7;
    private const int SnapshotAfter = 3;

    private static readonly GroupingKey Key = new([new("job", "a")]);
    private static readonly MergeRule Sum = new(MergeMode.Sum, GaugeRule.Max);

    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("pushgateway-test-");

    private string Journal => Path.Combine(_temporary.FullName, "store.journal");

    public void Dispose() => _temporary.Delete(recursive: true);

    /// <summary>The journal alone, and behind a snapshot that holds the first pushes.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restore_JournalCutAtAnyByte_HasTheWholeRecordsOnceAndBitForBit(bool hasSnapshot)
    {
        var life = new Life();
        await WriteFilesAsync(life, hasSnapshot);
        byte[] journal = await File.ReadAllBytesAsync(Journal, TestContext.Current.CancellationToken);
        int first = hasSnapshot ? SnapshotAfter : 0;
        int header = journal.Length - life.JournalEnds[^1];

        for (int length = journal.Length; length > 0; length--)
        {
            await File.WriteAllBytesAsync(Journal, journal[..length], TestContext.Current.CancellationToken);

            (GroupStore store, RecoveredState files, LeftOut left) = await RestoreAsync();

            // A file that ends within its header has no record.
            int whole = life.JournalEnds.Count(end => header + end <= length);
            Assert.Empty(left.Changes);
            Assert.Equal(whole, files.Report.Records);
            Assert.Equal(life.States[first + whole], StateOf(store));
        }
    }

    /// <summary>A crash between the snapshot and the end of the checkpoint leaves the records that it covers.</summary>
    [Fact]
    public async Task Restore_JournalThatTheSnapshotCovers_CountsNothingTwice()
    {
        var life = new Life();
        await WriteFilesAsync(life, hasSnapshot: true, crashes: true);

        (GroupStore store, _, _) = await RestoreAsync();

        Assert.Equal(life.States[^1], StateOf(store));
    }

    /// <summary>The stored metrics were replaced by others.</summary>
    [Fact]
    public async Task Replay_WhatDoesNotFitAnyMore_IsReported()
    {
        var store = new GroupStore([]);
        store.Apply(PushOf("# TYPE c gauge\nc 1\n", merge: null));
        var faults = new List<string>();

        await StoreLoader.ReplayAsync(
            [RecordOf(PushOf("# TYPE c counter\nc 1\n", Sum))], store, faults, TestContext.Current.CancellationToken);

        Assert.EndsWith(" cannot be merged: the stored family is a GAUGE", Assert.Single(faults), StringComparison.Ordinal);
    }

    private async Task WriteFilesAsync(Life life, bool hasSnapshot, bool crashes = false)
    {
        var store = new GroupStore([]);
        RecoveredState files = FileRecovery.Begin(
            new DiskFolder(_temporary.FullName), "store", DateTimeOffset.UnixEpoch).FinishEmpty();
        JournalWriter journal = await JournalWriter.OpenAsync(files.Journal, new JournalOptions());
        int length = 0;
        life.States.Add(StateOf(store));
        for (int i = 0; i < Pushes; i++)
        {
            if (hasSnapshot && i == SnapshotAfter)
            {
                Checkpoint checkpoint = journal.BeginCheckpoint();
                files.Snapshot.Write(checkpoint.Coverage, stream => GobSnapshotWriter.Write(stream, store.Snapshot));
                if (!crashes)
                {
                    await journal.CompleteCheckpointAsync(checkpoint);
                }
                length = 0;
                life.JournalEnds.Clear();
            }
            length += await PushAsync(store, journal, BodyOf(i));
            life.JournalEnds.Add(length);
            life.States.Add(StateOf(store));
        }
        await journal.DisposeAsync();
    }

    /// <summary>The length of the record.</summary>
    private static async Task<int> PushAsync(GroupStore store, JournalWriter journal, string body)
    {
        PushCommand push = PushOf(body, Sum);
        using var record = EncodedRecord.Of(RecordOf(push));
        int length = record.Length;
        JournalTicket ticket = default;
        Assert.Null(store.Apply(push, (_, _) => journal.TryAppend(record, out ticket)).Error);
        await ticket.WaitDurableAsync();
        return length;
    }

    /// <summary>The sums of these numbers depend on their order, and new series are added in between.</summary>
    private static string BodyOf(int i) => FormattableString.Invariant($$"""
        # TYPE c counter
        c {{0.1 * (i + 1)}}
        c{l="{{i % 4}}"} {{1L << i}}
        # TYPE g gauge
        g {{(7 * i) % 5}}
        # TYPE h histogram
        h_bucket{le="1"} {{i}}
        h_bucket{le="+Inf"} {{2 * i}}
        h_sum {{0.3 * i}}
        h_count {{2 * i}}

        """);

    private static PushCommand PushOf(string text, MergeRule? merge)
    {
        var body = new PushBody(BodyFormat.LegacyText, Encoding.UTF8.GetBytes(text));
        Assert.True(body.TryParse(BodyLimits.None, out List<MetricFamily>? families, out _));
        return new PushCommand(Key, PushMode.Merge, PushCheck.Checked, families, At: 5_000_000_000)
        {
            Body = body,
            Merge = merge,
        };
    }

    private static PushRecord RecordOf(PushCommand push) =>
        new(push.Key, push.Mode, push.Check, push.Body.Format, push.Body.Bytes, push.At) { Merge = push.Merge };

    private async Task<(GroupStore Store, RecoveredState Files, LeftOut Left)> RestoreAsync()
    {
        var store = new GroupStore([]);
        var left = new LeftOut();
        var recovery = FileRecovery.Begin(new ReadOnlyFolder(_temporary.FullName), "store", DateTimeOffset.UnixEpoch);
        RecoveredState files = await StoreLoader.RestoreAllAsync(recovery, store, left, TestContext.Current.CancellationToken);
        return (store, files, left);
    }

    /// <summary>All groups as a snapshot file has them.</summary>
    private static string StateOf(GroupStore store)
    {
        using var file = new MemoryStream();
        GobSnapshotWriter.Write(file, store.Snapshot);
        return Convert.ToHexString(file.ToArray());
    }

    /// <param name="States">The store before each push and behind the last one.</param>
    /// <param name="JournalEnds">Where each record of the last segment ends, behind its header.</param>
    private sealed record Life(List<string> States, List<int> JournalEnds)
    {
        public Life()
            : this([], [])
        {
        }
    }
}
