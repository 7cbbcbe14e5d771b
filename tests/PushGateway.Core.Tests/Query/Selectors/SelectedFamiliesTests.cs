using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Rendering;
using PushGateway.Core.Store.Snapshots;
using PushGateway.Core.Tests.Store;
using PushGateway.Core.Tests.Store.Rendering;
using Xunit;

namespace PushGateway.Core.Tests.Query.Selectors;

public class SelectedFamiliesTests
{
    private const string Histogram = """
        # TYPE h histogram
        h_bucket{s="1",le="0.5"} 1
        h_bucket{s="1",le="+Inf"} 2
        h_sum{s="1"} 3
        h_count{s="1"} 2
        h_bucket{s="2",le="+Inf"} 4
        h_sum{s="2"} 5
        h_count{s="2"} 4
        # TYPE q summary
        q{s="1",quantile="0.5"} 6
        q_sum{s="1"} 7
        q_count{s="1"} 8

        """;

    /// <summary>The lines of the selected metrics, whether they are copied, rendered again, or shared.</summary>
    [Fact]
    public void Of_AnyGroupAndSelector_HasTheLinesOfTheSelectedMetrics() =>
        Prop.ForAll(TextFamilies.Any, SelectorScanTests.Selectors.ToArbitrary(), (family, text) =>
        {
            if (!SelectorParser.TryParse(text, out Selector? selector, out _))
            {
                return;
            }
            var store = new TestStore();
            store.Push("job=1", PushMode.Replace, PushCheck.Unchecked, [family]);
            MetricGroup group = store.Store.Snapshot.Groups.Single();
            var selection = new SeriesSelection([selector]);
            selection.Begin(group);
            var expected = new StringBuilder();
            foreach (StoredFamily stored in group.Families)
            {
                if (selection.Choose(stored) is { } metrics)
                {
                    StoredFamily part =
                        FamilyRenderer.Render([stored.Decode().WithMetrics([.. metrics])], group.Key, pushedAt: 0)[0];
                    expected.Append(Encoding.UTF8.GetString(part.Lines));
                }
            }

            Assert.Equal(expected.ToString(), Lines(store, selector));
        }).Check(PropertyTests.Settings.WithMaxTest(1000));

    [Theory]
    [InlineData("h{s=\"1\"}", "h_bucket le=0.5, h_bucket le=+Inf, h_sum, h_count")]
    [InlineData("{s=\"1\"}", "h_bucket le=0.5, h_bucket le=+Inf, h_sum, h_count, q quantile=0.5, q_sum, q_count")]
    [InlineData("q{job=~\"a|b\"}", "q quantile=0.5, q_sum, q_count")]
    // A selector sees metrics, not the lines of one.
    [InlineData("{le=\"0.5\"}", "")]
    [InlineData("h_bucket", "")]
    [InlineData("h{le=\"\",s=\"2\"}", "h_bucket le=+Inf, h_sum, h_count")]
    public void Of_HistogramOrSummary_SelectsAllItsLines(string selector, string expected)
    {
        TestStore store = new TestStore().With("job=a", Histogram);

        string lines = Lines(store, SelectorScanTests.Parse(selector));

        IEnumerable<string> names = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            string value = line.Split('{', ',', '}').FirstOrDefault(part => part.StartsWith("le=", StringComparison.Ordinal)
                || part.StartsWith("quantile=", StringComparison.Ordinal)) ?? "";
            return $"{line[..line.IndexOf('{', StringComparison.Ordinal)]} {value.Replace("\"", "", StringComparison.Ordinal)}".Trim();
        });
        Assert.Equal(expected, string.Join(", ", names));
    }

    [Fact]
    public void Of_SeveralSelectorsAndGroups_KeepsTheOrderOfExpositions()
    {
        TestStore store = new TestStore()
            .With("job=b", "y 1\nx{l=\"1\"} 2\nx{l=\"2\"} 3\n")
            .With("job=a", "x{l=\"2\"} 4\nz 5\n");

        string lines = Lines(store, SelectorScanTests.Parse("x{l=\"2\"}"), SelectorScanTests.Parse("{__name__=~\"y|z\",job=\"b\"}"));

        Assert.Equal(
            """
            x{instance="",job="a",l="2"} 4
            x{instance="",job="b",l="2"} 3
            y{instance="",job="b"} 1

            """,
            lines);
    }

    /// <summary>Selected families and parts are shared with the snapshot.</summary>
    [Theory]
    [InlineData("{job=\"a\"}", 4)]
    [InlineData("{s=\"2\"}", 1)]
    public void Of_Group_CopiesNothing(string selector, int families)
    {
        TestStore store = new TestStore().With("job=a", Histogram).With("job=b", "x 1\n");
        StoreSnapshot snapshot = store.Store.Snapshot;

        FamilyView[] views = SelectedFamilies.Of(
            snapshot, [SelectorScanTests.Parse(selector)], TestContext.Current.CancellationToken);

        Assert.Equal(families, views.Length);
        MetricGroup group = snapshot.Find(TestStore.Key("job=a"))!;
        foreach (FamilyView view in views)
        {
            Assert.Same(group.Find(view.Header.Name)!.Value.Block, view.PartAt(0).Block);
        }
    }

    /// <summary>Lines in a row are one part.</summary>
    [Theory]
    [InlineData("x{l=\"4\"}", "4")]
    [InlineData("x{l!=\"2\"}", "341")]
    [InlineData("x{l!=\"4\"}", "3, 12")]
    [InlineData("x{l=~\"2|3\"}", "3, 2")]
    [InlineData("x{l!~\"1|3\"}", "4, 2")]
    [InlineData("x{l!~\"9\"}", "3412")]
    [InlineData("x{m=\"\"}", "34")]
    [InlineData("x{m!=\"\"}", "12")]
    [InlineData("x{m=~\"a|\",l!=\"3\"}", "412")]
    [InlineData("x{l=\"2\",m=\"\"}", "")]
    [InlineData("x{l=\"2\",m=\"a\"}", "2")]
    [InlineData("y{l=\"3\"}", "")] // the end of another name, and a value
    [InlineData("y{kl=\"3\"}", "5")]
    [InlineData("y{m=\",l=\\\"3\\\"\"}", "5")]
    public void Of_SomeLines_AreRuns(string selector, string expected)
    {
        const string body = """
            x{l="1",m="a"} 1
            x{l="2",m="a"} 2
            x{l="3"} 3
            x{l="4"} 4
            y{kl="3",m=",l=\"3\""} 5

            """;
        StoreSnapshot snapshot = new TestStore().With("job=a", body).Store.Snapshot;

        FamilyView[] views = SelectedFamilies.Of(
            snapshot, [SelectorScanTests.Parse(selector)], TestContext.Current.CancellationToken);

        Assert.Equal(expected, string.Join(", ", views.SelectMany(view => view).Select(part => string.Concat(
            Encoding.UTF8.GetString(part.Lines).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[^1])))));
    }

    /// <summary>Their headers differ, and their name is one.</summary>
    [Fact]
    public void Of_GroupsWithDifferentHelps_AreOneFamily()
    {
        var store = new TestStore();
        store.Put("job=a", "# HELP x A.\nx 1\n");
        store.Put("job=b", "# HELP x B.\nx 2\n");
        store.Put("job=c", "# HELP x A.\nx 3\n");

        FamilyView view = Assert.Single(SelectedFamilies.Of(
            store.Store.Snapshot, [SelectorScanTests.Parse("x")], TestContext.Current.CancellationToken));

        Assert.Equal("A.", view.Header.Help.ToString());
        Assert.Equal(["1", "2", "3"], view.Select(part => Encoding.UTF8.GetString(part.Lines).TrimEnd()[^1..]));
    }

    private static string Lines(TestStore store, params Selector[] selectors)
    {
        var lines = new StringBuilder();
        foreach (FamilyView view in SelectedFamilies.Of(store.Store.Snapshot, selectors, TestContext.Current.CancellationToken))
        {
            for (int i = 0; i < view.Count; i++)
            {
                // As the text format has it, and the others.
                LineRun run = view.Runs![i];
                lines.Append(Encoding.UTF8.GetString(run.Lines));
                Assert.Equal(Encoding.UTF8.GetString(run.Lines), Encoding.UTF8.GetString(view.PartAt(i).Lines));
                Assert.Equal(view[i].HasNamesToEscape, run.HasNamesToEscape);
            }
        }
        return lines.ToString();
    }
}
