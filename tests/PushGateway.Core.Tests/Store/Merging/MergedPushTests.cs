using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Merging;
using Xunit;

namespace PushGateway.Core.Tests.Store.Merging;

public class MergedPushTests
{
    private const string Histogram = """
        # TYPE h histogram
        h_bucket{le="1"} 1
        h_bucket{le="5"} 3
        h_bucket{le="+Inf"} 4
        h_sum 20.5
        h_count 4

        """;

    [Fact]
    public void Sum_CountersHistogramsAndSummaries_Add()
    {
        var store = new TestStore();
        const string body = "# TYPE c counter\nc{l=\"1\"} 2\nc{l=\"2\"} 3\n" + Histogram
            + "# TYPE s summary\ns{quantile=\"0.5\"} 7\ns_sum 10\ns_count 2\n";

        Assert.Null(store.Merge("sum", "job=a", body).Error);
        Assert.Null(store.Merge("sum", "job=a", body).Error);

        Assert.Equal("""
            # TYPE c counter
            c{instance="",job="a",l="1"} 4
            c{instance="",job="a",l="2"} 6
            # TYPE h histogram
            h_bucket{instance="",job="a",le="1"} 2
            h_bucket{instance="",job="a",le="5"} 6
            h_bucket{instance="",job="a",le="+Inf"} 8
            h_sum{instance="",job="a"} 41
            h_count{instance="",job="a"} 8
            # TYPE s summary
            s_sum{instance="",job="a"} 20
            s_count{instance="",job="a"} 4

            """, store.Scrape());
    }

    [Fact]
    public void Sum_OtherSeriesAndFamilies_AreNewOrStay()
    {
        var store = new TestStore();
        store.Merge("sum", "job=a", "# TYPE c counter\nc{l=\"2\"} 1\n# TYPE d counter\nd 1\n");

        Assert.Null(store.Merge("sum", "job=a", "# TYPE c counter\nc{l=\"1\"} 5\nc{l=\"2\"} 5\n# TYPE e counter\ne 5\n").Error);

        Assert.Equal("""
            # TYPE c counter
            c{instance="",job="a",l="1"} 5
            c{instance="",job="a",l="2"} 6
            # TYPE d counter
            d{instance="",job="a"} 1
            # TYPE e counter
            e{instance="",job="a"} 5

            """, store.Scrape());
    }

    /// <summary>The key's labels override pushed ones, and an empty instance counts as missing.</summary>
    [Theory]
    [InlineData("{}")]
    [InlineData("{job=\"other\"}")]
    [InlineData("{instance=\"\"}")]
    [InlineData("{instance=\"\",job=\"b\"}")]
    public void Sum_SameLabelsWithThoseOfTheGroup_AreTheSameSeries(string labels)
    {
        var store = new TestStore();
        store.Merge("sum", "job=a", "# TYPE c counter\nc 1\n");

        Assert.Null(store.Merge("sum", "job=a", $"# TYPE c counter\nc{labels} 2\n").Error);

        Assert.Equal("# TYPE c counter\nc{instance=\"\",job=\"a\"} 3\n", store.Scrape());
    }

    [Theory]
    [InlineData("sum", "2", "8")]
    [InlineData("sum, gauges=max", "5", "8")]
    [InlineData("sum, gauges=min", "2", "3")]
    [InlineData("sum, gauges=sum", "7", "11")]
    [InlineData("series", "2", "8")]
    public void Merge_GaugesAndUntyped_FollowTheRule(string rule, string gauge, string untyped)
    {
        var store = new TestStore();
        store.Merge(rule, "job=a", "# TYPE g gauge\ng 5\ng{l=\"1\"} 1\nu 3\n");

        Assert.Null(store.Merge(rule, "job=a", "# TYPE g gauge\ng 2\nu 8\n").Error);

        Assert.Equal(
            "# TYPE g gauge\ng{instance=\"\",job=\"a\"} " + gauge + "\ng{instance=\"\",job=\"a\",l=\"1\"} 1\n" +
            "# TYPE u untyped\nu{instance=\"\",job=\"a\"} " + untyped + "\n", store.Scrape());
    }

    [Fact]
    public void Series_StoredFamily_KeepsItsOtherSeries()
    {
        var store = new TestStore();
        store.Merge("series", "job=a", "# TYPE c counter\nc{l=\"1\"} 1\nc{l=\"2\"} 2\n" + Histogram);

        Assert.Null(store.Merge("series", "job=a", "# TYPE c counter\nc{l=\"2\"} 7\nc{l=\"3\"} 8\n").Error);

        Assert.Equal("""
            # TYPE c counter
            c{instance="",job="a",l="1"} 1
            c{instance="",job="a",l="2"} 7
            c{instance="",job="a",l="3"} 8
            # TYPE h histogram
            h_bucket{instance="",job="a",le="1"} 1

            """, string.Concat(store.Scrape().SplitAfterLines().Take(6)));
    }

    [Fact]
    public void Merge_Help_IsTheLastOneThatWasPushed()
    {
        var store = new TestStore();
        store.Merge("sum", "job=a", "# HELP c First.\n# TYPE c counter\nc 1\n");
        store.Merge("sum", "job=a", "# TYPE c counter\nc 1\n");
        Assert.StartsWith("# HELP c First.\n", store.Scrape(), StringComparison.Ordinal);

        store.Merge("sum", "job=a", "# HELP c Second.\n# TYPE c counter\nc 1\n");

        Assert.Equal("# HELP c Second.\n# TYPE c counter\nc{instance=\"\",job=\"a\"} 3\n", store.Scrape());
    }

    [Theory]
    [InlineData("# TYPE c gauge\nc 1\n", "gauge:{value:1}} cannot be merged: the stored family is a COUNTER")]
    [InlineData("c 1\n", "untyped:{value:1}} cannot be merged: the stored family is a COUNTER")]
    [InlineData("# TYPE c counter\nc -1\n", "counter:{value:-1}} cannot be added: a counter must be neither NaN nor negative")]
    [InlineData("# TYPE c counter\nc NaN\n", "counter:{value:nan}} cannot be added: a counter must be neither NaN nor negative")]
    [InlineData("# TYPE n counter\nn -1\n", "cannot be added: a counter must be neither NaN nor negative")]
    [InlineData("# TYPE c counter\nc 1\nc 2\n", "was collected before with the same name and label values")]
    [InlineData("# TYPE c counter\nc{l=\"n\"} 1\nc{l=\"n\"} 2\n", "was collected before with the same name and label values")]
    [InlineData("# TYPE bad counter\nbad 1\n", "cannot be added: the stored counter is NaN")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_count 1\nh_sum 1\n",
        "cannot be added: it has 2 buckets, and the stored one has 3")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"4\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_count 1\nh_sum 1\n",
        "cannot be added: it has a bucket up to 4 where the stored one has one up to 5")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"5\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_count 1\nh_sum 1\n",
        "cannot be added: its bucket up to 5 counts less than the one before")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"5\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_count 1\nh_sum 1\n",
        "cannot be added: its buckets count more than it does")]
    public void Sum_WhatDoesNotFit_NamesTheSeriesAndChangesNothing(string body, string message)
    {
        var store = new TestStore();
        store.Put("job=a", "# TYPE c counter\nc 1\n# TYPE bad counter\nbad NaN\n" + Histogram);
        string before = store.Scrape();

        foreach (PushCheck check in Enum.GetValues<PushCheck>())
        {
            CommandResult result = store.Merge("sum", "job=a", "# TYPE a counter\na 1\n" + body, check);

            Assert.StartsWith("collected metric \"", result.Error?.Message, StringComparison.Ordinal);
            Assert.EndsWith(message, result.Error?.Message, StringComparison.Ordinal);
            Assert.True(result.Error?.IsOfMerge);
            Assert.Equal(before, store.Scrape());
            Assert.Equal($"1/{store.Now}", store.Stamps("job=a"));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("# TYPE c counter\nc 1\n")]
    [InlineData("# TYPE c counter\nc 1\nc 2\n")]
    public void Sum_SeriesTwice_IsRejectedUncheckedToo(string stored)
    {
        var store = new TestStore();
        store.Put("job=a", stored, PushCheck.Unchecked);

        CommandResult result = store.Merge("sum", "job=a", "# TYPE c counter\nc 1\nc 2\n", PushCheck.Unchecked);

        Assert.EndsWith("was collected before with the same name and label values", result.Error?.Message, StringComparison.Ordinal);
    }

    /// <summary>Only families whose new numbers do not suffice are parsed and rendered.</summary>
    [Theory]
    [InlineData("sum", "# TYPE c counter\nc{l=\"1\"} 10\n", "11", "2", "3")]
    [InlineData("sum", "# TYPE c counter\nc{l=\"3\"} 10\nc{l=\"1\"} 10\n", "11", "2", "13")]
    [InlineData("sum", "# TYPE c counter\nc{l=\"1\"} 1e300\nc{l=\"2\"} 0.5\nc{l=\"3\"} +Inf\n", "1e+300", "2.5", "+Inf")]
    [InlineData("series", "# TYPE c counter\nc{l=\"2\"} -10\n", "1", "-10", "3")]
    [InlineData("series", "# TYPE c counter\nc{l=\"2\"} NaN\n", "1", "NaN", "3")]
    [InlineData("series", "# TYPE c counter\nc{l=\"1\"} 4\nc{l=\"2\"} -0\n", "4", "0", "3")]
    public void Merge_SeriesThatAreStored_GetNewNumbers(string rule, string body, string first, string second, string third)
    {
        // Once in the order of the lines, once in another order.
        foreach (string stored in (string[])["c{l=\"1\"} 1\nc{l=\"2\"} 2\nc{l=\"3\"} 3\n", "c{l=\"3\"} 3\nc{l=\"2\"} 2\nc{l=\"1\"} 1\n"])
        {
            var store = new TestStore();
            store.Put("job=a", "# TYPE c counter\n" + stored);

            Assert.Null(store.Merge(rule, "job=a", body).Error);

            Assert.Equal($$"""
                # TYPE c counter
                c{instance="",job="a",l="1"} {{first}}
                c{instance="",job="a",l="2"} {{second}}
                c{instance="",job="a",l="3"} {{third}}

                """, store.Scrape());
            Assert.Empty(store.GatherErrors());
        }
    }

    /// <summary>-0 is not in the lines; a protobuf scrape shows it.</summary>
    [Fact]
    public void Series_NegativeZero_StaysNegative()
    {
        var store = new TestStore();
        store.Put("job=a", "# TYPE g gauge\ng 1\n");

        store.Merge("series", "job=a", "# TYPE g gauge\ng -0\n");

        double number = store.Store.Snapshot.Find(TestStore.Key("job=a"))!.Find(new Utf8String("g"))!.Value.Decode().Metrics[0].Number;
        Assert.True(double.IsNegative(number));
    }

    [Fact]
    public void Sum_InAnInconsistentStore_IsRejectedByItsSeries()
    {
        var store = new TestStore();
        store.Put("job=a", "# TYPE c counter\nc{l=\"1\"} 1\nc{l=\"2\"} 2\n");
        store.Put("job=b", "# TYPE c gauge\nc 1\n", PushCheck.Unchecked);

        CommandResult result = store.Merge("sum", "job=a", "# TYPE c counter\nc{l=\"2\"} 1\n");

        Assert.Contains("{ label:{name:\"instance\" value:\"\"} label:{name:\"job\" value:\"a\"} label:{name:\"l\" value:\"1\"} counter:{value:1}}",
            result.Error?.Message, StringComparison.Ordinal);
    }

    /// <summary>Sums are shown and written as if their totals had been pushed.</summary>
    [Fact]
    public void Sum_InEveryFormatAndInTheFile_IsAnOrdinaryGroup()
    {
        const string part = "# HELP c Help.\n# TYPE c counter\nc{l=\"2\"} 2000000\nc{l=\"1\"} 3.25\n"
            + "# TYPE g gauge\ng 5\n# TYPE s summary\ns_sum 10\ns_count 2\n" + Histogram;
        const string total = "# HELP c Help.\n# TYPE c counter\nc{l=\"2\"} 4000000\nc{l=\"1\"} 6.5\n"
            + "# TYPE g gauge\ng 5\n# TYPE s summary\ns_sum 20\ns_count 4\n"
            + "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"5\"} 6\nh_bucket{le=\"+Inf\"} 8\nh_sum 41\nh_count 8\n";
        var summed = new TestStore();
        var whole = new TestStore();

        Assert.Null(summed.Merge("sum", "job=a", part).Error);
        Assert.Null(summed.Merge("sum", "job=a", part).Error);

        whole.Post("job=a", "x 1\n");
        whole.Store.Apply(new DeleteFamilyCommand(TestStore.Key("job=a"), new Utf8String("x")));
        Assert.Null(whole.Merge("sum", "job=a", total).Error);
        Assert.All(Enum.GetValues<ExpositionFormat>(), format => Assert.Equal(whole.ScrapeAll(format), summed.ScrapeAll(format)));
        Assert.Equal(FileOf(whole), FileOf(summed));
        Assert.Contains("} 4e+06\n", summed.Scrape(), StringComparison.Ordinal);
    }

    private static byte[] FileOf(TestStore store)
    {
        using var file = new MemoryStream();
        GobSnapshotWriter.Write(file, store.Store.Snapshot);
        return file.ToArray();
    }

    /// <summary>The family that the first one of a name would lose.</summary>
    [Fact]
    public void Sum_FamilyTwice_IsRejected()
    {
        var store = new TestStore();
        List<MetricFamily> families =
            [.. TestStore.Parse("# TYPE c counter\nc 1\n"), .. TestStore.Parse("# TYPE c counter\nc{l=\"1\"} 1\n")];

        Assert.Equal(
            "the push has the metric family \"c\" twice", store.Merge("sum", "job=a", families).Error?.Message);
    }

    [Fact]
    public void Sum_ResultThatConflictsWithAnotherGroup_IsRejected()
    {
        TestStore store = new TestStore().With("job=b", "# TYPE c gauge\nc 1\n");

        CommandResult result = store.Merge("sum", "job=a", "# TYPE c counter\nc 1\n");

        Assert.False(result.Error!.IsOfMerge);
        Assert.NotEmpty(result.ConflictingGroups);
    }

    [Fact]
    public void Sum_PushTimesInTheBody_AreTheGateways()
    {
        var store = new TestStore();
        const string body = "# TYPE push_failure_time_seconds gauge\npush_failure_time_seconds 4\n"
            + "# TYPE push_time_seconds gauge\npush_time_seconds 4\n# TYPE c counter\nc 1\n";
        store.Merge("sum, gauges=sum", "job=a", body);

        Assert.Null(store.Merge("sum, gauges=sum", "job=a", body).Error);

        Assert.Equal("2/4", store.Stamps("job=a"));
    }

    [Fact]
    public void Sum_MoreSeriesThanAPushMayHave_IsRejected()
    {
        var store = new TestStore();
        store.Merge("sum", "job=a", "# TYPE c counter\nc{l=\"1\"} 1\nc{l=\"2\"} 1\n");
        PushCommand Push(string body) => new(
            TestStore.Key("job=a"), PushMode.Merge, PushCheck.Checked, TestStore.Parse(body), At: 9)
        {
            Merge = new MergeRule(MergeMode.Sum),
            Limits = new PushLimits(Series: 2),
        };

        PushError? error = store.Store.Apply(Push("# TYPE c counter\nc{l=\"3\"} 1\n")).Error;

        Assert.Equal(LimitKind.Series, error?.Limit);
        Assert.Equal(
            "the families of the push would have 3 series with the stored ones, and at most 2 are allowed", error?.Message);
        Assert.Null(store.Store.Apply(Push("# TYPE c counter\nc{l=\"1\"} 1\nc{l=\"2\"} 1\n")).Error);
    }

    [Fact]
    public void Sum_StoredSeriesAreLimited_RejectsNewOnes()
    {
        var store = new TestStore();
        store.Merge("sum", "job=a", "# TYPE c counter\nc 1\n");
        PushCommand Push(string body) => new(
            TestStore.Key("job=a"), PushMode.Merge, PushCheck.Checked, TestStore.Parse(body), At: 9)
        {
            Merge = new MergeRule(MergeMode.Sum),
            Limits = new PushLimits(StoredSeries: 3),
        };

        Assert.Equal(LimitKind.StoredSeries, store.Store.Apply(Push("# TYPE c counter\nc{l=\"1\"} 1\n")).Error?.Limit);
        Assert.Null(store.Store.Apply(Push("# TYPE c counter\nc 1\n")).Error);
        Assert.Equal("# TYPE c counter\nc{instance=\"\",job=\"a\"} 2\n", store.Scrape());
    }
}
