using System.Globalization;
using System.Text;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Tests.Persistence.Journal;

namespace PushGateway.Core.Tests.Persistence.Recovery;

/// <summary>
/// The gateway's use of its files, for a store that is a list of numbers. A push appends a number, and a deletion removes
/// all.
/// </summary>
internal sealed class ModelGateway
{
    public const string FileName = "data";

    private static readonly DateTimeOffset StartedAt = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly RecoveredState _files;

    private ModelGateway(List<int> state, RecoveredState files, JournalWriter journal)
    {
        State = state;
        Restored = [.. state];
        _files = files;
        Journal = journal;
    }

    /// <summary>The numbers at the start.</summary>
    public int[] Restored { get; }

    /// <summary>The current numbers, acknowledged or not.</summary>
    public List<int> State { get; }

    public List<int> Acknowledged { get; } = [];

    public RecoveryReport Report => _files.Report;

    public JournalWriter Journal { get; }

    public static async Task<ModelGateway> StartAsync(
        DurableFolder folder, FsyncPolicy fsync = FsyncPolicy.Always, DateTimeOffset? at = null)
    {
        var restore = FileRecovery.Begin(folder, FileName, at ?? StartedAt);
        var state = new List<int>();
        using (Stream? content = restore.OpenSnapshot())
        {
            if (content is not null && !TryDecode(content, state))
            {
                restore.ReportSnapshotDamage("it does not end");
            }
        }
        foreach (JournalRecord record in restore.Records())
        {
            state.Add(int.Parse(TestRecords.Body(record), CultureInfo.InvariantCulture));
        }
        RecoveredState files = restore.Finish();
        return new ModelGateway(
            state, files, await JournalWriter.OpenAsync(files.Journal, new JournalOptions { Fsync = fsync }));
    }

    /// <summary>Whether the push was acknowledged.</summary>
    public async Task<bool> PushAsync(params int[] numbers)
    {
        var tickets = new List<(int Number, JournalTicket Ticket)>();
        foreach (int number in numbers)
        {
            using var record = EncodedRecord.Of(TestRecords.Push(number.ToString(CultureInfo.InvariantCulture)));
            if (Journal.TryAppend(record, out JournalTicket ticket))
            {
                State.Add(number);
                tickets.Add((number, ticket));
            }
        }
        bool all = tickets.Count == numbers.Length;
        foreach ((int number, JournalTicket ticket) in tickets)
        {
            try
            {
                await ticket.WaitDurableAsync();
                Acknowledged.Add(number);
            }
            catch (JournalFailedException)
            {
                all = false;
            }
        }
        return all;
    }

    /// <summary>Whether the snapshot was written, and the journal continues.</summary>
    public async Task<bool> SnapshotAsync(int[]? pushedMeanwhile = null)
    {
        Checkpoint cut = Journal.BeginCheckpoint();
        byte[] content = Encode(State);
        try
        {
            if (pushedMeanwhile is not null)
            {
                await PushAsync(pushedMeanwhile);
            }
            else
            {
                // The order of operations is to be the same each time.
                await Journal.SyncAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            _files.Snapshot.Write(cut.Coverage, stream => stream.Write(content));
            await Journal.CompleteCheckpointAsync(cut);
            return Journal.Failure is null;
        }
        catch (Exception e) when (e is IOException or JournalFailedException)
        {
            return false;
        }
    }

    /// <summary>Like a file of the Go Pushgateway.</summary>
    public static byte[] Encode(IEnumerable<int> state) =>
        Encoding.UTF8.GetBytes(string.Join(',', state) + ";");

    private static bool TryDecode(Stream content, List<int> state)
    {
        string text = new StreamReader(content).ReadToEnd();
        string numbers = text.Split(';')[0];
        foreach (string number in numbers.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            {
                return false;
            }
            state.Add(value);
        }
        return text == numbers + ";";
    }
}
