using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Consistency;
using Xunit;

namespace PushGateway.Core.Tests.Store.Consistency;

/// <summary>Pushes that conflict with themselves or with the store, and their error messages.</summary>
public class ConflictTests
{
    private const string Gauge = "# TYPE x gauge\nx 1\n";
    private const string InA = """{ label:{name:"instance" value:""} label:{name:"job" value:"a"} """;
    private const string Before = "was collected before with the same name and label values";

    private static readonly ReservedFamily[] Own =
    [
        new(new("own_info"), MetricType.Gauge, new("Info."), CorrectsHelp: true),
        new(new("own_total"), MetricType.Counter, new("Total."), CorrectsHelp: false),
        new(new("own_bytes"), MetricType.Summary, new("Bytes."), CorrectsHelp: false),
    ];

    [Theory]
    [InlineData("x 1\nx 2\n", "untyped:{value:2}")]
    [InlineData("x{job=\"p\"} 1\nx{job=\"q\"} 2\n", "untyped:{value:2}")]
    [InlineData("x{instance=\"\"} 1\nx 2\n", "untyped:{value:2}")]
    [InlineData("# TYPE x summary\nx_sum{job=\"p\"} 1\nx_sum 2\n", "summary:{sample_sum:2}")]
    public void Push_SeriesTwice_IsRefused(string body, string value) => Assert.Equal(
        $"collected metric \"x\" {InA}{value}}} {Before}", new TestStore().Refused("job=a", body));

    [Fact]
    public void Push_SeriesTwiceWithLabelsInAnotherOrder_IsRefused() => Assert.Equal(
        """collected metric "x" { label:{name:"a" value:"1"} label:{name:"b" value:"2"} """
        + InA[2..] + "untyped:{value:2}} " + Before,
        new TestStore().Refused("job=a", "x{a=\"1\",b=\"2\"} 1\nx{b=\"2\",a=\"1\"} 2\n"));

    [Fact]
    public void Push_SeriesTwiceAndThoseOfOtherGroups_NamesTheOtherGroups()
    {
        TestStore store = new TestStore().With("job=a,instance=i", "x 1\n").With("job=a,instance=k", "y 1\n");

        CommandResult result = store.Put(
            "job=a", "x 1\nx 2\nx{instance=\"i\"} 1\ny{instance=\"k\"} 1\ny{instance=\"k\"} 2\nz 1\nz 2\n");

        Assert.StartsWith("5 error(s) occurred:\n", result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(
            [TestStore.Key("instance=i,job=a"), TestStore.Key("instance=k,job=a")], result.ConflictingGroups);
    }

    [Fact]
    public void Push_SeriesOfAnotherGroup_IsRefused() => Assert.Equal(
        """collected metric "x" { label:{name:"instance" value:"i"} label:{name:"job" value:"a"} gauge:{value:1}} """
        + Before,
        new TestStore().With("job=a,instance=i", Gauge).Refused("job=a", "# TYPE x gauge\nx{instance=\"i\"} 1\n"));

    [Theory]
    [InlineData("gauge", "counter", "counter:{value:2}", "GAUGE")]
    [InlineData("gauge", "untyped", "untyped:{value:2}", "GAUGE")]
    [InlineData("counter", "gauge", "gauge:{value:2}", "COUNTER")]
    [InlineData("untyped", "gauge", "gauge:{value:2}", "UNTYPED")]
    [InlineData("summary", "gauge", "gauge:{value:2}", "SUMMARY")]
    [InlineData("histogram", "gauge", "gauge:{value:2}", "HISTOGRAM")]
    [InlineData("gaugehistogram", "gauge", "gauge:{value:2}", "GAUGE_HISTOGRAM")] // upstream: by chance
    [InlineData("histogram", "summary", "summary:{}", "HISTOGRAM")]
    public void Push_TypeOtherThanInAnotherGroup_IsRefused(string present, string pushed, string value, string type) =>
        Assert.Equal(
            $"collected metric \"x\" {InA}{value}}} is not a {type}",
            new TestStore().With("job=b", $"# TYPE x {present}\nx 1\n").Refused("job=a", $"# TYPE x {pushed}\nx 2\n"));

    [Theory]
    [InlineData(PushMode.Merge)]
    [InlineData(PushMode.Replace)]
    public void Push_TypeChangeWithinTheGroup_IsTaken(PushMode mode)
    {
        TestStore store = new TestStore().With("job=a", Gauge);

        CommandResult result = store.Push("job=a", mode, PushCheck.Checked, TestStore.Parse("# TYPE x counter\nx 2\n"));

        Assert.Null(result.Error);
        Assert.Equal("# TYPE x counter\nx{instance=\"\",job=\"a\"} 2\n", store.Scrape());
    }

    [Fact]
    public void Push_HistogramBesideAGaugeHistogram_IsTaken() => new TestStore()
        .With("job=a", "# TYPE x gaugehistogram\nx_count 1\n").With("job=b", "# TYPE x histogram\nx_count 1\n");

    [Theory]
    [InlineData("# TYPE h histogram\nh_count 1\n", "h_count 1\n", "h_count", "histogram")]
    [InlineData("# TYPE h histogram\nh_count 1\n", "h_sum 1\n", "h_sum", "histogram")]
    [InlineData("# TYPE h histogram\nh_count 1\n", "h_bucket 1\n", "h_bucket", "histogram")]
    [InlineData("# TYPE h summary\nh_count 1\n", "h_count 1\n", "h_count", "summary")]
    [InlineData("# TYPE h summary\nh_count 1\n", "h_sum 1\n", "h_sum", "summary")]
    public void Push_NameThatADistributionClaims_IsRefused(string present, string body, string name, string claimant) =>
        Assert.Equal(
            $"collected metric named \"{name}\" collides with previously collected {claimant} named \"h\"",
            new TestStore().With("job=b", present).Refused("job=a", body));

    [Theory]
    [InlineData("h_bucket", "histogram", "histogram")]
    [InlineData("h_sum", "histogram", "histogram or summary")]
    [InlineData("h_count", "histogram", "histogram or summary")]
    [InlineData("h_sum", "summary", "histogram or summary")]
    [InlineData("h_count", "summary", "histogram or summary")]
    public void Push_DistributionThatClaimsAStoredName_IsRefused(string present, string type, string claimant) =>
        Assert.Equal(
            $"collected {claimant} named \"h\" collides with previously collected metric named \"{present}\"",
            new TestStore().With("job=b", present + " 1\n").Refused("job=a", $"# TYPE h {type}\nh_sum 1\n"));

    [Theory]
    [InlineData("# TYPE h summary\nh_sum 1\n", "h_bucket 1\n")]
    [InlineData("h_bucket 1\n", "# TYPE h summary\nh_sum 1\n")]
    [InlineData("# TYPE h gaugehistogram\nh_sum 1\n", "h_count 1\n")]
    [InlineData("# TYPE h gauge\nh 1\n", "h_count 1\n")]
    [InlineData("h_total 1\n", "# TYPE h histogram\nh_sum 1\n")]
    [InlineData("# HELP h_sum no samples\n", "# TYPE h histogram\nh_sum 1\n")]
    public void Push_NameThatNobodyClaims_IsTaken(string present, string body) =>
        new TestStore().With("job=b", present).With("job=a", body);

    [Fact]
    public void Push_ClaimantAndClaimedTogether_AreRefused() => Assert.Equal(
        "collected metric named \"h_count\" collides with previously collected histogram named \"h\"",
        new TestStore().Refused("job=a", "h_count 1\n# TYPE h histogram\nh_sum 1\n"));

    [Theory]
    [InlineData("x{__a=\"b\"} 1\n", "has a label with an invalid name: __a")]
    [InlineData("x{__name=\"b\"} 1\n", "has a label with an invalid name: __name")]
    public void Push_ReservedLabel_IsRefused(string body, string expected) =>
        Assert.EndsWith(expected, new TestStore().Refused("job=a", body), StringComparison.Ordinal);

    /// <summary>Labels that a protobuf push can have, and text cannot.</summary>
    [Theory]
    [InlineData("", "k", MetricType.Gauge, "has two or more labels with the same name: ")] // upstream's message
    [InlineData("k", "k", MetricType.Gauge, "has two or more labels with the same name: k")]
    [InlineData("quantile", "k", MetricType.Summary, "must not have an explicit \"quantile\" label")]
    [InlineData("k", "le", MetricType.Histogram, "must not have an explicit \"le\" label")]
    [InlineData("k", "le", MetricType.GaugeHistogram, "must not have an explicit \"le\" label")]
    public void Push_FaultyLabels_AreRefused(string first, string second, MetricType type, string expected)
    {
        var metric = new Metric { Labels = [new(first, "1"), new(second, "2")], ValueType = type, Number = 1 };
        metric.Summary = type == MetricType.Summary ? new() : null;
        metric.Histogram = type is MetricType.Histogram or MetricType.GaugeHistogram ? new() : null;
        var family = new MetricFamily { Name = new("x"), Type = type, Metrics = [metric] };
        var store = new TestStore();

        CommandResult result = store.Push("job=a", PushMode.Merge, PushCheck.Checked, [family]);

        Assert.StartsWith("collected metric \"x\" {", result.Error?.Message, StringComparison.Ordinal);
        Assert.EndsWith("} " + expected, result.Error?.Message, StringComparison.Ordinal);
        Assert.Equal("", store.Scrape());
    }

    /// <summary>In text, an empty value is there; in protobuf, a field may be absent.</summary>
    [Fact]
    public void Push_LabelsWithEmptyOrAbsentFields_AreShownAsTheyArePushed()
    {
        var nameless = new Metric { Labels = [new(Name: default, Value: new("a"))], ValueType = MetricType.Gauge, Number = 1 };
        var family = new MetricFamily { Name = new("x"), Type = MetricType.Gauge, Metrics = [nameless] };
        var store = new TestStore();

        Assert.Equal(
            $$$"""collected metric "x" { label:{value:"a"} {{{InA[2..]}}}gauge:{value:1}} has two or more labels with the same name: """,
            store.Push("job=a", PushMode.Merge, PushCheck.Checked, [family]).Error?.Message);
        Assert.Equal(
            $$$"""collected metric "x" { label:{name:"a" value:""} {{{InA[2..]}}}untyped:{value:2}} {{{Before}}}""",
            store.Refused("job=a", "x{a=\"\"} 1\nx{a=\"\"} 2\n"));
    }

    /// <summary>The name of a bound may not be a label of the group, where the family has bounds.</summary>
    [Theory]
    [InlineData("le", "# TYPE x histogram\nx_bucket{le=\"1\"} 1\nx_count 1\n")]
    [InlineData("le", "# TYPE x histogram\nx_sum 1\n")]
    [InlineData("le", "# TYPE x gaugehistogram\nx_count 1\n")]
    [InlineData("quantile", "# TYPE x summary\nx{quantile=\"1\"} 1\n")]
    public void Push_BoundInTheGroupingKey_IsRefused(string name, string body) => Assert.EndsWith(
        $"must not have an explicit \"{name}\" label",
        new TestStore().Refused($"job=a,{name}=1", body),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("le", "# TYPE x summary\nx{quantile=\"1\"} 1\n")]
    [InlineData("le", "# TYPE x gauge\nx 1\n")]
    [InlineData("le", "# TYPE x_bucket gauge\nx_bucket 1\n")]
    [InlineData("le", "# HELP x\n# TYPE x histogram\n")]
    [InlineData("quantile", "# TYPE x histogram\nx_count 1\n")]
    public void Push_BoundInTheGroupingKeyOfAnotherType_IsTaken(string name, string body) =>
        new TestStore().With($"job=a,{name}=1", body);

    [Fact]
    public void Push_ValueOfAnotherTypeThanTheFamily_IsRefused()
    {
        var family = new MetricFamily { Name = new("x"), Type = MetricType.Counter };
        family.Metrics.Add(new() { ValueType = MetricType.Gauge, Number = 1 });
        family.Metrics.Add(new() { Labels = [new("l", "2")] });

        CommandResult result = new TestStore().Push("job=a", PushMode.Merge, PushCheck.Checked, [family]);

        Assert.Equal(
            $$$"""
            2 error(s) occurred:
            * collected metric "x" {{{InA}}}gauge:{value:1}} is not a COUNTER
            * collected metric "x" {{{InA}}}label:{name:"l" value:"2"}} is not a COUNTER
            """,
            result.Error?.Message);
    }

    [Theory]
    [InlineData("own_info 1\n", "gathered metric family own_info has type UNTYPED but should have GAUGE")]
    [InlineData("# TYPE own_total counter\nown_total 1\n",
        "gathered metric family own_total has help \"\" but should have \"Total.\"")]
    [InlineData("# HELP own_total Mine.\nown_total 1\n",
        "gathered metric family own_total has help \"Mine.\" but should have \"Total.\"")]
    [InlineData("# HELP own_total Total.\nown_total 1\n",
        "gathered metric family own_total has type UNTYPED but should have COUNTER")]
    [InlineData("own_bytes_count 1\n",
        "collected metric named \"own_bytes_count\" collides with previously collected summary named \"own_bytes\"")]
    [InlineData("# TYPE own summary\nown_count 1\nown_sum 1\n", null)]
    [InlineData("# HELP own_info Other.\n# TYPE own_info gauge\nown_info 1\n", null)]
    [InlineData("# HELP own_total Total.\n# TYPE own_total counter\nown_total 1\n", null)]
    public void Push_FamilyOfTheGatewaysOwn_MustAgreeWithIt(string body, string? expected)
    {
        var store = new TestStore(Own);

        CommandResult result = store.Put("job=a", body);

        Assert.Equal(expected, result.Error?.Message);
        Assert.Equal(expected is null ? "" : "\nclashes with the gateway's own metrics", result.ConflictHint);
        Assert.Empty(store.GatherErrors());
    }

    [Theory]
    [InlineData("own_info 1\n", "the gateway's own metrics")]
    [InlineData("own_bytes_count 1\n", "the gateway's own metrics")]
    [InlineData("# TYPE push_failure_time_seconds counter\npush_failure_time_seconds 1\n", "the gateway's own metrics")]
    [InlineData("push_time_seconds_count 1\n", "")]
    [InlineData("# TYPE x counter\nx 1\nown_info 1\n", "{job=\"b\"} and the gateway's own metrics")]
    public void Push_ThatClashesWithTheGatewaysOwn_SaysSoInsteadOfNamingAGroup(string body, string expected)
    {
        TestStore store = new TestStore(Own).With("job=a", "z 1\n").With(
            "job=b", "# TYPE own_info gauge\nown_info 1\n# HELP own_bytes Bytes.\n# TYPE own_bytes summary\nown_bytes_count 1\nx 1\n");

        CommandResult result = store.Put("job=a", body);

        Assert.Equal(expected.Length == 0 ? "" : $"\nclashes with {expected}", result.ConflictHint);
        Assert.Equal(
            expected.Replace("{job=\"b\"}", "another group", StringComparison.Ordinal),
            result.AnonymousConflictHint.Replace("\nclashes with ", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Push_SeveralErrors_AreListedByFamilyAndMetric()
    {
        TestStore store = new TestStore().With("job=b", "# TYPE t gauge\nt 1\n# TYPE h histogram\nh_sum 1\n");

        Assert.Equal(
            [
                "collected metric named \"h_count\" collides with previously collected histogram named \"h\"",
                $$$"""collected metric "t" {{{InA}}}counter:{value:3}} is not a GAUGE""",
                """collected metric "t" { label:{name:"a" value:"b"} """
                    + InA[2..] + "counter:{value:4}} is not a GAUGE",
                $$$"""collected metric "x" {{{InA}}}untyped:{value:6}} {{{Before}}}""",
                $$$"""collected metric "x" {{{InA}}}untyped:{value:7}} {{{Before}}}""",
            ],
            store.RefusedList(
                "job=a",
                "x 5\nx 6\nx 7\n# TYPE t counter\nt 3\nt{a=\"b\"} 4\nh_count{c=\"d\"} 1\nh_count 1\nfine 1\n"));
    }

    /// <summary>A hundred groups that have nothing to do with it, and then the given ones.</summary>
    [Theory]
    [InlineData("job=p", "x 1\n", "", "job=a", "y 1\n")]
    [InlineData("job=p", "# TYPE x gauge\nx 1\n", "{job=\"a\"}", "job=a", "# TYPE x counter\nx 1\n")]
    [InlineData("job=p", "x{instance=\"i\"} 1\n", "{instance=\"i\",job=\"p\"}", "job=p,instance=i", "x 1\n")]
    [InlineData("job=p", "x_sum 1\n", "{job=\"a\"}", "job=a", "# TYPE x summary\nx_count 1\n")]
    [InlineData("job=p", "# TYPE x summary\nx_count 1\n", "{job=\"a\"}", "job=a", "x_sum 1\n")]
    [InlineData("job=p", "# TYPE x gauge\nx 1\n# TYPE y gauge\ny 1\n", "{job=\"a\"} {job=\"b\"}", "job=a", "x 1\n", "job=b", "y 1\n")]
    [InlineData("job=p", "x 1\nx 2\n", "", "job=a", "x 1\n")]
    [InlineData("job=p", "x{__l=\"1\"} 1\n", "", "job=a", "x 1\n")]
    public void Push_ThatClashes_NamesTheOtherGroups(string key, string body, string expected, params string[] present)
    {
        var store = new TestStore();
        for (int i = 0; i < 100; i++)
        {
            store.With($"job=other,n={i}", "z 1\n");
        }
        for (int i = 0; i < present.Length; i += 2)
        {
            store.With(present[i], present[i + 1]);
        }

        CommandResult result = store.Put(key, body);

        Assert.Equal(expected, string.Join(' ', result.ConflictingGroups));
        Assert.Equal(
            expected.Length == 0 ? "" : "\nclashes with " + expected.Replace("} {", "} and {", StringComparison.Ordinal),
            result.ConflictHint);
        if (expected.Length > 0)
        {
            RejectedPush? refusal = store.Store.Snapshot.Find(TestStore.Key(key))!.LastRejection;
            Assert.Equal(result.Error!.Message + result.ConflictHint, refusal!.Message);
        }
    }
}
