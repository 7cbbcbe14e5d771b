using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
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
using Outcome = PushGateway.Durability.Outcome;

namespace PushGateway.Tests.Durability;

/// <summary>
/// Sums with idempotency keys, new, repeated and rejected, with deletions, snapshots and restarts in any order, at times far
/// apart, compared with a naive model.
/// </summary>
public sealed class RepeatedPushProperties
{
    private const int MaxKeys = 3;
    private const long Hour = 3_600_000_000_000;
    private const long Start = 20_000 * 24 * Hour;

    private static readonly Gen<Step[]> Lives =
        (from kind in Gen.Frequency(
            (14, Gen.Constant(StepKind.Push)),
            (2, Gen.Constant(StepKind.Delete)),
            (1, Gen.Constant(StepKind.Snapshot)),
            (1, Gen.Constant(StepKind.Restart)))
         from hours in Gen.Frequency((8, Gen.Constant(0)), (1, Gen.Choose(1, 12)), (1, Gen.Choose(23, 25)))
         from job in Gen.Elements("0", "1")
         from key in Gen.Elements<string?>(null, "a", "b", "c", "d")
         from amount in Gen.Frequency((6, Gen.Choose(0, 9)), (1, Gen.Constant(-1)))
         select new Step(kind, hours, job, key, amount)).ArrayOf(40);

    private enum StepKind
    {
        Push,
        Delete,
        Snapshot,
        Restart,
    }

    [Fact]
    public void AnySteps_LeadToWhatTheModelSays() =>
        Prop.ForAll(Lives.ToArbitrary(), steps => LiveAsync(steps).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static async Task LiveAsync(Step[] steps)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pushgateway-test-");
        Gateway gateway = await Gateway.StartAsync(folder.FullName);
        try
        {
            var model = new Model();
            foreach (Step step in steps)
            {
                model.Wait(step.HoursLater * Hour);
                switch (step.Kind)
                {
                    case StepKind.Push:
                        PushCommand push = PushOf(step, model.Now);
                        bool isKnown = push.IdempotencyKey is { } key && gateway.Door.TryFindRepeat(key, model.Now, isDryRun: false, out _);
                        Outcome outcome = await gateway.Door.ApplyAsync(push);
                        Assert.Equal(
                            model.Push(step, push.IdempotencyKey?.Hash),
                            outcome is Outcome.Accepted { Result.IsRepeated: var isRepeated } ? isRepeated ? "repeated" : "stored" : "rejected");
                        Assert.Equal(isKnown, outcome is Outcome.Accepted { Result.IsRepeated: true });
                        break;
                    case StepKind.Delete:
                        await gateway.Door.ApplyAsync(new DeleteCommand(KeyOf(step.Job)));
                        model.Totals.Remove(step.Job);
                        break;
                    case StepKind.Snapshot:
                        await gateway.WriteSnapshotAsync();
                        break;
                    default:
                        await gateway.DisposeAsync();
                        gateway = await Gateway.StartAsync(folder.FullName);
                        break;
                }
                Assert.Equal(model.Totals, TotalsOf(gateway.Store));
                Assert.Equal(model.Keys.Count, gateway.Store.CountIdempotencyKeys(model.Now).Keys);
                Assert.Equal(model.Keys, gateway.Store.CopyIdempotencyKeys());
            }
        }
        finally
        {
            await gateway.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }

    private static GroupingKey KeyOf(string job) => new([new("job", job)]);

    private static PushCommand PushOf(Step step, long at)
    {
        var body = new PushBody(
            BodyFormat.LegacyText, Encoding.UTF8.GetBytes(FormattableString.Invariant($"# TYPE c counter\nc {step.Amount}\n")));
        Assert.True(body.TryParse(BodyLimits.None, out List<MetricFamily>? families, out _));
        GroupingKey group = KeyOf(step.Job);
        return new PushCommand(group, PushMode.Merge, PushCheck.Checked, families, at)
        {
            Body = body,
            Merge = new MergeRule(MergeMode.Sum),
            IdempotencyKey = step.Key is null ? null : new IdempotencyKey(group, new Utf8String(step.Key)),
        };
    }

    private static SortedDictionary<string, double> TotalsOf(GroupStore store)
    {
        var totals = new SortedDictionary<string, double>();
        foreach (MetricGroup group in store.Snapshot.Groups)
        {
            if (group.Find(new Utf8String("c")) is { } counter)
            {
                totals.Add(group.Key.Labels[0].Value.ToString(), counter.Decode().Metrics[0].Number);
            }
        }
        return totals;
    }

    /// <param name="Key">Null for a push without one.</param>
    /// <param name="Amount">A negative one is rejected.</param>
    private sealed record Step(StepKind Kind, int HoursLater, string Job, string? Key, int Amount)
    {
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Kind} after {HoursLater} h: {Job} {Key ?? "-"} {Amount}");
    }

    private sealed class Model
    {
        public long Now { get; private set; } = Start;

        public SortedDictionary<string, double> Totals { get; } = [];

        /// <summary>The oldest first.</summary>
        public List<RememberedKey> Keys { get; } = [];

        public void Wait(long nanoseconds)
        {
            Now += nanoseconds;
            Keys.RemoveAll(key => Now - key.At >= 24 * Hour);
        }

        public string Push(Step step, UInt128? key)
        {
            if (Keys.Exists(known => known.Hash == key))
            {
                return "repeated";
            }
            if (step.Amount < 0)
            {
                return "rejected";
            }
            Totals[step.Job] = Totals.GetValueOrDefault(step.Job) + step.Amount;
            if (key is { } hash)
            {
                Keys.Add(new RememberedKey(hash, Now));
                Keys.RemoveRange(0, Math.Max(0, Keys.Count - MaxKeys));
            }
            return "stored";
        }
    }

    /// <summary>From a start to a kill, which loses everything that is not on the disk.</summary>
    private sealed record Gateway(GroupStore Store, JournaledStore Door, RecoveredState Files, JournalWriter Journal)
    {
        public static async Task<Gateway> StartAsync(string folder)
        {
            var store = new GroupStore([], MaxKeys);
            var recovery = FileRecovery.Begin(new DiskFolder(folder), "store", DateTimeOffset.UnixEpoch);
            RecoveredState files = await StoreLoader.RestoreAllAsync(
                recovery, store, new LeftOut(), TestContext.Current.CancellationToken);
            JournalWriter journal = await JournalWriter.OpenAsync(files.Journal, new JournalOptions());
            var door = new JournaledStore(store, TimeProvider.System);
            door.Open(journal);
            return new Gateway(store, door, files, journal);
        }

        public async Task WriteSnapshotAsync()
        {
            Checkpoint checkpoint = Journal.BeginCheckpoint();
            Files.Snapshot.Write(
                checkpoint.Coverage, stream => GobSnapshotWriter.Write(stream, Store.Snapshot), Store.CopyIdempotencyKeys());
            await Journal.CompleteCheckpointAsync(checkpoint);
        }

        public ValueTask DisposeAsync() => Journal.DisposeAsync();
    }
}
