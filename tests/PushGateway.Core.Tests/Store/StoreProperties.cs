using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Consistency;
using Xunit;

namespace PushGateway.Core.Tests.Store;

/// <summary>Properties of a store after any commands.</summary>
public class StoreProperties
{
    private static readonly ReservedFamily[] Own =
    [
        new(new("own"), MetricType.Gauge, new("Own."), CorrectsHelp: true),
        new(new("own_total"), MetricType.Summary, new("Own."), CorrectsHelp: false),
    ];

    [Fact]
    public void Apply_AnyCommands_LeaveTheIndexOfWhatIsStored() => ForAll(DrawnCommand.Several, commands =>
    {
        var store = new TestStore(Own);
        foreach (DrawnCommand command in commands)
        {
            command.ApplyTo(store);
            AssertIndexIsOfTheSnapshot(store);
        }
    });

    /// <summary>Shared parts are correct in each snapshot.</summary>
    [Fact]
    public void Families_AfterAnyCommands_AreThoseOfTheGroups() => ForAll(DrawnCommand.Several, commands =>
    {
        var store = new TestStore(Own);
        foreach (DrawnCommand command in commands)
        {
            command.ApplyTo(store);
            StoreSnapshot snapshot = store.Store.Snapshot;

            IEnumerable<string> expected = snapshot.Groups
                .SelectMany(group => group.Families.ToArray())
                .Where(family => family.MetricCount > 0)
                .GroupBy(family => family.Name)
                .OrderBy(families => families.Key)
                .Select(families => string.Concat(families.Select(family => $"{family.Header} {Text(family)}")));
            IEnumerable<string> families = snapshot.Families().Select(family =>
                string.Concat(family.Select(part => $"{part.Header} {Text(part)}")));

            Assert.Equal(expected, families);
            Assert.All(snapshot.Families(), family => Assert.Equal(family.First().Header, family.Header));
        }
    });

    [Fact]
    public void Apply_AnyCommands_SayWhereScrapesMayFail() => ForAll(DrawnCommand.Several, commands =>
    {
        var store = new TestStore(Own);
        foreach (DrawnCommand command in commands)
        {
            command.ApplyTo(store);
            Assert.True(store.Store.Snapshot.MayBeInconsistent || store.GatherErrors().Count == 0);
        }
    });

    [Fact]
    public void Apply_CheckedCommands_LeaveAStoreThatCanBeScraped() => ForAll(DrawnCommand.Several, commands =>
    {
        var store = new TestStore(Own);
        foreach (DrawnCommand command in commands)
        {
            IEnumerable<MetricGroup> before = store.Store.Snapshot.Groups;
            string scraped = store.Scrape();

            CommandResult result = command.WithCheck(PushCheck.Checked).ApplyTo(store);

            Assert.Empty(store.GatherErrors());
            Assert.False(store.Store.Snapshot.MayBeInconsistent);
            if (result.Error is { } error)
            {
                Assert.Equal(scraped, store.Scrape());
                Assert.All(before, group => Assert.NotNull(store.Store.Snapshot.Find(group.Key)));
                Assert.DoesNotContain("\n\n", error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("0 error(s)", error.Message, StringComparison.Ordinal);
            }
        }
    });

    /// <summary>The index, which examines only the push, decides like the full check.</summary>
    [Fact]
    public void Push_Checked_IsRefusedWhereTheWholeStoreWouldBeInconsistent() => ForAll(
        DrawnCommand.Several.Where(commands => commands[^1].Mode is not null
            && !commands[^1].Families.Any(family => family.HasTimestamp)),
        commands =>
        {
            var checkedStore = new TestStore(Own);
            var uncheckedStore = new TestStore(Own);
            foreach (DrawnCommand command in commands[..^1])
            {
                command.WithCheck(PushCheck.Checked).ApplyTo(checkedStore);
                command.WithCheck(PushCheck.Checked).ApplyTo(uncheckedStore);
            }

            CommandResult result = commands[^1].WithCheck(PushCheck.Checked).ApplyTo(checkedStore);
            commands[^1].WithCheck(PushCheck.Unchecked).ApplyTo(uncheckedStore);

            List<string> errors = uncheckedStore.GatherErrors();
            Assert.True((result.Error is null) == (errors.Count == 0), $"{result.Error} / {string.Join("\n", errors)}");
            Assert.Equal(errors.Count > 0, uncheckedStore.Store.Snapshot.MayBeInconsistent);
        });

    private static string Text(StoredFamily family) => System.Text.Encoding.UTF8.GetString(family.Lines);

    private static void ForAll(Gen<DrawnCommand[]> commands, Action<DrawnCommand[]> holds) =>
        Prop.ForAll(commands.ToArbitrary(), holds).Check(PropertyTests.Settings.WithMaxTest(100));

    private static void AssertIndexIsOfTheSnapshot(TestStore store)
    {
        var anew = new ConsistencyIndex(Own);
        var conflicts = new List<Conflict>();
        StoreSnapshot snapshot = store.Store.Snapshot;
        foreach (MetricGroup group in snapshot.Groups)
        {
            foreach (StoredFamily family in group.Families)
            {
                anew.Add(family, conflicts, []);
            }
        }
        ConsistencyIndex index = store.Store.Index;

        Assert.Equal(Sorted(anew), Sorted(index));
        Assert.Equal(anew.Series().OrderBy(series => series), index.Series().OrderBy(series => series));
        Assert.Equal(anew.SeriesCount, index.SeriesCount);
        Assert.True(snapshot.MayBeInconsistent || conflicts.Count == 0);
    }

    private static string[] Sorted(ConsistencyIndex index) =>
        [.. index.Families().Select(family => family.ToString()).Order(StringComparer.Ordinal)];
}
