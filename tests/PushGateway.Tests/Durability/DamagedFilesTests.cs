using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Consistency;
using PushGateway.Durability;
using Xunit;

namespace PushGateway.Tests.Durability;

/// <summary>A persistence file and a journal, damaged at each of their bits, through the whole of a restore.</summary>
public sealed class DamagedFilesTests : IDisposable
{
    /// <summary>Each byte has one of its bits flipped, or none; all eight places of a bit occur.</summary>
    private const int BitStride = 9;

    private static readonly GroupingKey Key = new([new("job", "a")]);
    private static readonly GroupingKey Other = new([new("job", "b"), new("zone", "z")]);

    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("pushgateway-test-");

    private string File => Path.Combine(_temporary.FullName, "store");

    private string Journal => File + ".journal";

    public void Dispose() => _temporary.Delete(recursive: true);

    [Fact]
    public async Task Restore_AnyBitOfTheFileFlipped_TellsItAndAppliesTheJournalAndStaysConsistent()
    {
        await WriteFilesAsync();
        byte[] intact = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        HashSet<string> lines = LinesOf((await RestoreAsync()).Store);

        for (int bit = 0; bit < 8 * intact.Length; bit++)
        {
            await WriteFlippedAsync(File, intact, bit);

            (GroupStore store, RecoveredState files) = await RestoreAsync();

            Assert.True(files.Report.PreservedFiles.Count == 1, $"bit {bit}: {string.Join("; ", files.Report.Findings)}");
            Assert.NotEmpty(files.Report.Findings);
            Assert.Equal(1, files.Report.Records);
            Assert.True(store.Snapshot.Groups.Single(group => group.Key == Key).Find(new Utf8String("fb")) is not null);
            Assert.Empty(FullConsistencyCheck.FindErrors(store.Snapshot, []));
            Assert.True(lines.IsSupersetOf(LinesOf(store)), $"bit {bit}: {string.Join(' ', LinesOf(store))}");
            using var again = new MemoryStream();
            GobSnapshotWriter.Write(again, store.Snapshot);
        }
    }

    [Fact]
    public async Task Restore_AnyBitOfTheJournalFlipped_TellsItAndKeepsTheFile()
    {
        await WriteFilesAsync();
        byte[] intact = await System.IO.File.ReadAllBytesAsync(Journal, TestContext.Current.CancellationToken);
        System.IO.File.Delete(Journal);
        HashSet<string> lines = LinesOf((await RestoreAsync()).Store);

        for (int bit = 0; bit < 8 * intact.Length; bit++)
        {
            await WriteFlippedAsync(Journal, intact, bit);

            (GroupStore store, RecoveredState files) = await RestoreAsync();

            Assert.True(files.Report.PreservedFiles.Count == 1, $"bit {bit}: {string.Join("; ", files.Report.Findings)}");
            Assert.Equal(1, files.Report.DiscardedRecords);
            Assert.Equal(lines, LinesOf(store));
        }
    }

    /// <summary>The groups before and behind the damage are there, with or without the numbers that lead to them.</summary>
    [Theory]
    [InlineData("value of b", "1 of its 10", "b")]
    [InlineData("value of j", "1 of its 10", "j")]
    [InlineData("number of groups", "0 of its 10", "")]
    [InlineData("definitions", "0 of its 10", "")]
    [InlineData("trailer", "0 of its 10", "")]
    public async Task Restore_ADamagedPlace_LeavesOutTheGroupsThere(string place, string found, string lost)
    {
        string[] jobs = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
        var store = new GroupStore([]);
        foreach (string job in jobs)
        {
            store.Apply(Push(
                new GroupingKey([new("job", job)]),
                PushMode.Replace,
                $"# HELP x {new string('h', 512)}\nx{{l=\"value-{job}\"}} 1\n"));
        }
        await WriteFilesAsync(store);
        System.IO.File.Delete(Journal);
        byte[] bytes = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        string text = Encoding.Latin1.GetString(bytes);
        int groups = text.IndexOf("job", StringComparison.Ordinal);
        int at = place switch
        {
            "number of groups" => groups - 3,
            "definitions" => 3,
            "trailer" => bytes.Length - 20,
            _ => text.IndexOf($"value-{place[^1]}", StringComparison.Ordinal),
        };
        bytes[at] ^= 0x01;
        await System.IO.File.WriteAllBytesAsync(File, bytes, TestContext.Current.CancellationToken);

        (GroupStore restored, RecoveredState files) = await RestoreAsync();

        Assert.Contains($"; {found} groups are damaged and omitted", Assert.Single(files.Report.Findings));
        Assert.Equal(
            jobs.Except([lost]), restored.Snapshot.Groups.Select(group => group.Key.Labels[0].Value.ToString()));
    }

    [Fact]
    public async Task Restore_FileOfAnEarlierVersion_HasNoChecksumsOfGroups()
    {
        await WriteFilesAsync();
        HashSet<string> lines = LinesOf((await RestoreAsync()).Store);
        await System.IO.File.WriteAllBytesAsync(
            File, await ReadWithoutChecksumsAsync(), TestContext.Current.CancellationToken);

        (GroupStore store, RecoveredState files) = await RestoreAsync();

        Assert.Equal(lines, LinesOf(store));
        Assert.Empty(files.Report.Findings);
    }

    /// <summary>Nothing tells which groups are intact, so each is held to every check.</summary>
    [Fact]
    public async Task Restore_ABitOfAFileOfAnEarlierVersionFlipped_TellsItAndStaysConsistent()
    {
        await WriteFilesAsync();
        byte[] intact = await ReadWithoutChecksumsAsync();

        for (int bit = 0; bit < 8 * intact.Length; bit += BitStride)
        {
            await WriteFlippedAsync(File, intact, bit);

            (GroupStore store, RecoveredState files) = await RestoreAsync();

            Assert.True(files.Report.PreservedFiles.Count > 0, $"bit {bit}");
            Assert.True(FullConsistencyCheck.FindErrors(store.Snapshot, []).Count == 0, $"bit {bit}: {string.Join(' ', LinesOf(store))}");
        }
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("more than a trailer has, and then some more, to be sure of it")]
    public async Task Restore_SomethingBehindTheFile_TellsItAndAppliesTheJournal(string text)
    {
        await WriteFilesAsync();
        HashSet<string> lines = LinesOf((await RestoreAsync()).Store);
        await System.IO.File.AppendAllTextAsync(File, text, TestContext.Current.CancellationToken);

        (GroupStore store, RecoveredState files) = await RestoreAsync();

        Assert.Equal(lines, LinesOf(store));
        Assert.Equal(1, files.Report.Records);
        PreservedFile preserved = Assert.Single(files.Report.PreservedFiles);
        Assert.StartsWith("store.corrupt-", preserved.FileName, StringComparison.Ordinal);
        Assert.Equal($"{text.Length} bytes follow its end", preserved.Reason);
    }

    private async Task<(GroupStore Store, RecoveredState Files)> RestoreAsync()
    {
        var store = new GroupStore([]);
        var folder = new ReadOnlyFolder(_temporary.FullName);
        var recovery = FileRecovery.Begin(folder, "store", DateTimeOffset.UnixEpoch);
        RecoveredState files = await StoreLoader.RestoreAllAsync(
            recovery, store, new LeftOut(), TestContext.Current.CancellationToken);
        return (store, files);
    }

    /// <summary>As a gateway leaves them that is killed after a push of <c>fb 3</c>.</summary>
    private Task WriteFilesAsync()
    {
        var store = new GroupStore([]);
        store.Apply(Push(Key, PushMode.Replace, "fa 1\nfb 2\n"));
        store.Apply(Push(Other, PushMode.Replace, "# HELP fc some\n# TYPE fc counter\nfc 1032\n"));
        return WriteFilesAsync(store);
    }

    private async Task WriteFilesAsync(GroupStore store)
    {
        var folder = new DiskFolder(_temporary.FullName);
        RecoveredState files = FileRecovery.Begin(folder, "store", DateTimeOffset.UnixEpoch).FinishEmpty();
        JournalWriter journal = await JournalWriter.OpenAsync(files.Journal, new JournalOptions());
        Checkpoint checkpoint = journal.BeginCheckpoint();
        files.Snapshot.Write(checkpoint.Coverage, stream => GobSnapshotWriter.Write(stream, store.Snapshot));
        await journal.CompleteCheckpointAsync(checkpoint);
        using var record = EncodedRecord.Of(new PushRecord(
            Key, PushMode.Merge, PushCheck.Checked, BodyFormat.LegacyText, "fb 3\n"u8.ToArray(), At: 2));
        Assert.True(journal.TryAppend(record, out JournalTicket ticket));
        await ticket.WaitDurableAsync();
        await journal.DisposeAsync();
    }

    private async Task<byte[]> ReadWithoutChecksumsAsync()
    {
        byte[] bytes = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        return [.. bytes[..(bytes.AsSpan().IndexOf("PGWSUM\n"u8) - 1)], .. bytes[^40..]];
    }

    private static async Task WriteFlippedAsync(string file, byte[] intact, int bit)
    {
        byte[] flipped = [.. intact];
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        await System.IO.File.WriteAllBytesAsync(file, flipped, TestContext.Current.CancellationToken);
    }

    private static PushCommand Push(GroupingKey key, PushMode mode, string body)
    {
        Assert.True(TextParser.TryParse(
            Encoding.UTF8.GetBytes(body), NameValidation.Utf8, out List<MetricFamily>? families, out PushError? error),
            $"{error}");
        return new PushCommand(key, mode, PushCheck.Checked, families!, At: 1);
    }

    /// <summary>The lines of all series, with their values and their groups.</summary>
    private static HashSet<string> LinesOf(GroupStore store) =>
    [
        .. store.Snapshot.Groups.SelectMany(group => group.Families.ToArray().SelectMany(family =>
            Encoding.UTF8.GetString(family.Lines).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => $"{group.Key} {family.Header.Type} {family.Header.Help} {line}"))),
    ];
}

internal static class FileRecoveryExtensions
{
    /// <summary>The state of a folder without files.</summary>
    public static RecoveredState FinishEmpty(this FileRecovery recovery)
    {
        Assert.Empty(recovery.Records());
        return recovery.Finish();
    }
}
