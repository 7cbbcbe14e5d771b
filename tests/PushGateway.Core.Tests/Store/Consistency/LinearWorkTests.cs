using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Consistency;
using Xunit;

namespace PushGateway.Core.Tests.Store.Consistency;

/// <summary>The cost of pushes and snapshots is proportional to their size, even if everything conflicts.</summary>
/// <remarks>Not beside other tests, whose garbage collections would count.</remarks>
[Collection(nameof(LinearWorkTests))]
[CollectionDefinition(nameof(LinearWorkTests), DisableParallelization = true)]
public class LinearWorkTests
{
    [Fact]
    public void Push_OtherHelpsForManyFamilies_TakesTimeInProportion() => ThreadWork.AssertLinear(1_000, families =>
    {
        TestStore store = new TestStore().With("job=a", ManyFamilies(families, "one")).With("job=b", ManyFamilies(families, "one"));
        store.Put("job=b", ManyFamilies(families, "two"));
        List<MetricFamily> pushed = TestStore.Parse(ManyFamilies(families, "three"));

        return () => Assert.Equal(
            families, store.Push("job=b", PushMode.Replace, PushCheck.Checked, pushed).HelpConflicts.Count);
    });

    [Fact]
    public void Push_ManyFamiliesWithASeriesTwice_TakesTimeInProportion() => ThreadWork.AssertLinear(
        1_000, families => Rejection(Enumerable.Range(0, families).Select(i => $"f{i} 1\nf{i} 2\n"), errors: families));

    [Fact]
    public void Push_ManySeriesOfAFamilyTwice_TakesTimeInProportion() => ThreadWork.AssertLinear(
        10_000,
        series => Rejection(Enumerable.Range(0, 2 * series).Select(i => $"x{{l=\"{i % series}\"}} 1\n"), errors: series));

    [Fact]
    public void Of_ManyGroupsThatDoNotFit_TakesTimeInProportion() => ThreadWork.AssertLinear(250, pairs =>
    {
        var store = new TestStore();
        for (int i = 0; i < pairs; i++)
        {
            store.Put($"job=j{i}", "s{instance=\"i\"} 1\n", PushCheck.Unchecked);
            store.Put($"instance=i,job=j{i}", "s 2\n", PushCheck.Unchecked);
        }
        StoreSnapshot snapshot = store.Store.Snapshot;

        return () => Assert.All(Quarantine.Of(snapshot, []).Reasons, pair => Assert.EndsWith(
            $"in the group {{instance=\"i\",job=\"{pair.Key.Labels[0].Value}\"}}, which was pushed later",
            pair.Value,
            StringComparison.Ordinal));
    });

    /// <summary>Each push removes the oldest help of a name. The next one must be found without a search.</summary>
    [Fact]
    public void Remove_ManyHelpsOfAFamily_TakesTimeInProportion() => ThreadWork.AssertLinear(2_000, helps =>
    {
        FamilyHeader[] headers =
        [
            .. Enumerable.Range(0, helps).Select(
                i => new FamilyHeader(new Utf8String("x"), MetricType.Gauge, new Utf8String($"help {i}"))),
        ];
        var entry = new FamilyEntry(headers[0]);
        Array.ForEach(headers, header => entry.Add(header, helps: null));

        return () => Assert.Equal(helps - 1, Array.FindIndex(headers, entry.Remove));
    });

    private static string ManyFamilies(int families, string help) =>
        string.Concat(Enumerable.Range(0, families).Select(i => $"# HELP f{i} {help}\nf{i} 1\n"));

    private static Action Rejection(IEnumerable<string> lines, int errors)
    {
        List<MetricFamily> families = TestStore.Parse(string.Concat(lines));
        return () =>
        {
            CommandResult result = new TestStore().Push("job=a", PushMode.Replace, PushCheck.Checked, families);
            Assert.StartsWith($"{errors} error(s) occurred:\n* ", result.Error!.Message, StringComparison.Ordinal);
            Assert.Empty(result.ConflictingGroups);
        };
    }
}
