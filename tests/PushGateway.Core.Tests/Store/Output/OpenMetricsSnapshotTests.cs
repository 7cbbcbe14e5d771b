using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Consistency;
using PushGateway.Core.Tests.Exposition;
using Xunit;

namespace PushGateway.Core.Tests.Store.Output;

public class OpenMetricsSnapshotTests
{
    private static readonly ReservedFamily Own =
        new(new("own_total"), MetricType.Counter, new("Own."), CorrectsHelp: true);

    [Fact]
    public void Write_NoGroups_IsTheEnd() =>
        Assert.Equal("# EOF\n", new TestStore().ScrapeAll(ExpositionFormat.OpenMetrics));

    [Fact]
    public void Write_SeveralGroups_AreThoseOfTextButForTheConversions() => Assert.Equal(
        """
        # HELP c Counts.
        # TYPE c counter
        c_total{instance="",job="a",l="1"} 1.0
        c_total{instance="",job="a",l="2"} 2.5
        c_total{instance="",job="b"} 1e+06
        # TYPE g gauge
        g{instance="",job="a"} NaN
        # TYPE h histogram
        h_bucket{instance="",job="a",le="1.0"} 1
        h_bucket{instance="",job="a",le="2.5"} 1000000
        h_bucket{instance="",job="a",le="+Inf"} 1000001
        h_sum{instance="",job="a"} 3.0
        h_count{instance="",job="a"} 1000001
        # TYPE s summary
        s{instance="",job="b",quantile="1.0"} 3.0
        s_sum{instance="",job="b"} 0.5
        s_count{instance="",job="b"} 2000000
        # TYPE u unknown
        u{instance="",job="b"} -5.0
        # EOF

        """,
        Scrape(new TestStore()
            .With("job=b", "# HELP c_total Counts.\n# TYPE c_total counter\nc_total 1000000\nu -5\n"
                + "# TYPE s summary\ns{quantile=\"1\"} 3\ns_sum 0.5\ns_count 2000000\n")
            .With("job=a", "# HELP c_total Counts.\n# TYPE c_total counter\nc_total{l=\"2\"} 2.5\nc_total{l=\"1\"} 1\n# TYPE g gauge\ng NaN\n"
                + "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"2.5\"} 1000000\nh_sum 3\nh_count 1000001\n")));

    /// <summary>Two families that have, or could have, one name in OpenMetrics. Which one changes, and what is counted.</summary>
    [Theory]
    [InlineData("# TYPE foo_total counter\nfoo_total 1\n# TYPE foo gauge\nfoo 2\n", "foo gauge,foo_total unknown")]
    [InlineData("# TYPE foo_total counter\nfoo_total 1\n# TYPE foo_created gauge\nfoo_created 2\n", "foo_created gauge,foo_total unknown")]
    [InlineData("# TYPE foo_total counter\nfoo_total 1\n# TYPE foo summary\nfoo_sum 2\nfoo_count 2\n", "foo summary,foo_total unknown")]
    [InlineData("# TYPE foo summary\nfoo_sum 2\nfoo_count 2\n# TYPE foo_created gauge\nfoo_created 2\n",
        "foo unknown,foo_count unknown,foo_created gauge,foo_sum unknown")]
    [InlineData("# TYPE foo_total_total counter\nfoo_total_total 1\n# TYPE foo_total counter\nfoo_total 1\n# TYPE foo gauge\nfoo 2\n",
        "foo gauge,foo_total unknown,foo_total_total unknown")]
    [InlineData("# TYPE foo_created summary\nfoo_created_sum 2\nfoo_created_count 2\n# TYPE foo_total counter\nfoo_total 2\n",
        "foo_created summary,foo_total unknown")]
    [InlineData("# TYPE foo_total counter\nfoo_total 1\n# TYPE foo_bucket gauge\nfoo_bucket 2\n", "foo counter,foo_bucket gauge")]
    public void Write_NamesThatClash_TheOneThatReservesMoreIsUnknown(string body, string expected)
    {
        string text = Scrape(new TestStore().With("job=a", body));

        Assert.Equal(expected, string.Join(',', OpenMetricsChecker.Check(text).OrderBy(family => family.Key, StringComparer.Ordinal)
            .Select(family => $"{family.Key} {family.Value}")));
    }

    [Fact]
    public void Write_NegativeCounterInOneGroup_IsLeftOutAlone()
    {
        TestStore store = new TestStore()
            .With("job=a", "# TYPE c_total counter\nc_total{l=\"1\"} 1\nc_total{l=\"2\"} -2\nc_total{l=\"3\"} 3\n")
            .With("job=b", "# TYPE c_total counter\nc_total NaN\n")
            .With("job=c", "# TYPE c_total counter\nc_total -0.5\n")
            .With("job=d", "# TYPE c_total counter\nc_total{l=\"-\"} 4e-05\n");

        Assert.Equal(
            """
            # TYPE c counter
            c_total{instance="",job="a",l="1"} 1.0
            c_total{instance="",job="a",l="3"} 3.0
            c_total{instance="",job="d",l="-"} 4e-05
            # EOF

            """,
            Scrape(store));
    }

    [Fact]
    public void Write_HistogramThatBreaksARuleInOneGroup_MakesItsFamilyUnknown()
    {
        TestStore store = new TestStore()
            .With("job=a", "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n")
            .With("job=b", "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum -1\nh_count 1\n");

        Assert.Equal(
            """
            # TYPE h_bucket unknown
            h_bucket{instance="",job="a",le="1.0"} 1
            h_bucket{instance="",job="a",le="+Inf"} 1
            h_bucket{instance="",job="b",le="1.0"} 1
            h_bucket{instance="",job="b",le="+Inf"} 1
            # TYPE h_sum unknown
            h_sum{instance="",job="a"} 1.0
            h_sum{instance="",job="b"} -1.0
            # TYPE h_count unknown
            h_count{instance="",job="a"} 1
            h_count{instance="",job="b"} 1
            # EOF

            """,
            Scrape(store));
    }

    /// <summary>Text contains all of them, since Prometheus accepts a name twice there.</summary>
    [Fact]
    public void Write_NamesThatEscapingMakesAlike_AreWrittenOnce()
    {
        TestStore store = new TestStore()
            .With("job=a", "# TYPE \"x.y\" gauge\n{\"x.y\"} 1\n# TYPE x_y gauge\nx_y 2\nz{\"l.m\"=\"1\"} 3\nz{l_m=\"1\"} 4\nz{\"l.m\"=\"1\",l_m=\"2\"} 5\nz{\"l:m\"=\"7\"} 6\n");

        string text = Scrape(store, NameEscaping.Underscores);

        Assert.Equal(
            """
            # TYPE x_y gauge
            x_y{instance="",job="a"} 1.0
            # TYPE z unknown
            z{instance="",job="a",l_m="1"} 3.0
            z{instance="",job="a",l_m="7"} 6.0
            # EOF

            """,
            text);
    }

    [Fact]
    public void Write_OwnCounterThatIsPushedToo_IsOneFamily()
    {
        var store = new TestStore(Own);
        store.Put("job=a", "# TYPE own_total counter\nown_total 2\n");
        var own = new MetricFamily { Name = new("own_total"), Type = MetricType.Counter, Help = new("Own.") };
        own.Metrics.Add(new() { ValueType = MetricType.Counter, Number = 1, Created = new(5, 0) });

        Assert.StartsWith(
            "# HELP own Own.\n# TYPE own counter\nown_total 1.0\nown_created 5.0\nown_total{instance=\"\",job=\"a\"} 2.0\n",
            store.ScrapeAll(ExpositionFormat.OpenMetrics, NameEscaping.None, own), StringComparison.Ordinal);
    }

    /// <summary>Copied lines equal those of the decoded family.</summary>
    [Fact]
    public void Write_CopiedLines_AreThoseOfTheDecodedFamily() => Prop.ForAll(OpenMetricsFamilies.Any, family =>
    {
        var store = new TestStore();
        if (store.Push("job=a", PushMode.Replace, PushCheck.Checked, [family]).Error is not null || family.Metrics.Count == 0)
        {
            return;
        }
        StoredFamily stored = store.Store.Snapshot.Find(TestStore.Key("job=a"))!.Find(family.Name)!.Value;
        var expected = new System.Buffers.ArrayBufferWriter<byte>();
        OpenMetricsExposition.Write(stored.DecodeSorted(), expected);

        Assert.Contains(
            System.Text.Encoding.UTF8.GetString(expected.WrittenSpan), store.ScrapeAll(ExpositionFormat.OpenMetrics), StringComparison.Ordinal);
    }).Check(PropertyTests.Settings.WithMaxTest(500));

    /// <summary>A strict parser accepts the scrape of any accepted pushes.</summary>
    [Theory]
    [InlineData(NameEscaping.None)]
    [InlineData(NameEscaping.Underscores)]
    [InlineData(NameEscaping.Dots)]
    [InlineData(NameEscaping.Values)]
    public void Write_AnythingThatIsAccepted_IsValid(NameEscaping escaping)
    {
        int accepted = 0;
        Prop.ForAll(
            OpenMetricsFamilies.Any.Generator.ListOf().ToArbitrary(),
            families =>
            {
                var store = new TestStore();
                int group = 0;
                foreach (MetricFamily family in families)
                {
                    CommandResult result = store.Push($"job=j{group++ % 3}", PushMode.Merge, PushCheck.Checked, [family]);
                    accepted += result.Error is null ? 1 : 0;
                }
                OpenMetricsChecker.Check(store.ScrapeAll(ExpositionFormat.OpenMetrics, escaping), allowsQuotes: escaping == NameEscaping.None);
            }).Check(PropertyTests.Settings.WithMaxTest(200));
        Assert.True(accepted > 500, $"only {accepted} pushes were accepted");
    }

    private static string Scrape(TestStore store, NameEscaping escaping = NameEscaping.None)
    {
        string text = store.ScrapeAll(ExpositionFormat.OpenMetrics, escaping);
        OpenMetricsChecker.Check(text, allowsQuotes: true);
        int push = text.IndexOf("# HELP push_failure", StringComparison.Ordinal);
        int end = text.IndexOf("# HELP push_time_seconds", StringComparison.Ordinal);
        int after = text.IndexOf("# ", text.IndexOf("push_time_seconds{", end, StringComparison.Ordinal), StringComparison.Ordinal);
        return text[..push] + text[after..];
    }
}
