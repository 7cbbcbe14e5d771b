using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Model;
using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store;
using PushGateway.Core.Tests.Store;
using PushGateway.Core.Tests.Store.Rendering;
using Xunit;

namespace PushGateway.Core.Tests.Query.Selectors;

public class SelectorScanTests
{
    private const string Body = """
        a{l="1",m="x\\y\"z\n"} 1
        a{l="2"} 2
        b{instance="own"} 3
        # TYPE h histogram
        h_bucket{s="1",le="0.5"} 1
        h_bucket{s="1",le="+Inf"} 2
        h_sum{s="1"} 3
        h_count{s="1"} 2
        "with.dot"{"a.label"="v",l="9"} 4

        """;

    internal static readonly Gen<string> Selectors =
        from matchers in (
            from name in Gen.Elements(
                "a", "b", "c", "d", "job", "instance", "le", "quantile", "\"a.b\"", "\"a:b\"", "\"é\"", "__name__")
            from sign in Gen.Elements("=", "!=", "=~", "!~")
            from value in Gen.Elements(
                "", "1", "2", "\\\"", "\\\\", "\\n", "a\\\\nb", "é😀", "}", " ", "x", "a", ".+", "1|2|x", "[^1]")
            select $"{name}{sign}\"{value}\"").NonEmptyListOf()
        select "{" + string.Join(',', matchers) + "}";

    [Theory]
    [InlineData("a")]
    [InlineData("a{l=\"2\"}")]
    [InlineData("{l=~\"1|x\"}")]
    [InlineData("{m=\"x\\\\y\\\"z\\n\"}")]
    [InlineData("{m=~\".*\\n\"}")]
    [InlineData("{job=\"j\"}")]
    [InlineData("{job=\"j\",l=\"1\"}")]
    [InlineData("b{instance=\"own\"}")]
    [InlineData("a{instance=\"\"}")]
    [InlineData("{job=~\".+\",nope=\"\"}")]
    [InlineData("a{m!=\"\"}")]
    [InlineData("a{m=\"\",l=\"2\"}")]
    [InlineData("h{s=\"1\"}")]
    [InlineData("{\"with.dot\"}")]
    [InlineData("{\"a.label\"=\"v\"}")]
    [InlineData("{__name__=~\"with.*\",l=\"9\"}")]
    [InlineData("push_time_seconds")]
    public void Selects_ASeries_IsTrue(string selector) => Assert.True(Selects(selector));

    [Theory]
    [InlineData("nope")]
    [InlineData("a{l=\"3\"}")]
    [InlineData("a{l=\"1\",m=\"\"}")] // no one series has both
    [InlineData("b{l=\"1\"}")]
    [InlineData("{job=\"k\"}")]
    [InlineData("{job!=\"j\",l=\"1\"}")]
    [InlineData("b{instance=\"\"}")]
    [InlineData("a{l!~\"1|2\"}")]
    [InlineData("h{le=\"0.5\"}")] // of a sample, not of the metric
    [InlineData("h_bucket")]
    [InlineData("{m=\"x\"}")]
    public void Selects_NoSeries_IsFalse(string selector) => Assert.False(Selects(selector));

    /// <summary>Searching the lines has the same result as decoding everything.</summary>
    [Fact]
    public void Selects_AnyGroupAndSelector_IsWhatItsMetricsSay() =>
        Prop.ForAll(TextFamilies.Any, Selectors.ToArbitrary(), (family, text) =>
        {
            if (!SelectorParser.TryParse(text, out Selector? selector, out _))
            {
                return;
            }
            var store = new TestStore();
            store.Push("job=1", PushMode.Replace, PushCheck.Unchecked, [family]);
            MetricGroup? group = store.Store.Snapshot.Find(TestStore.Key("job=1"));
            Assert.NotNull(group);

            List<(Utf8String Name, Metric Metric)> expected = [];
            foreach (StoredFamily stored in group.Families)
            {
                expected.AddRange(stored.Decode().Metrics.Where(metric => Matches(selector, stored.Name, metric))
                    .Select(metric => (stored.Name, metric)));
            }
            var selection = new SeriesSelection([selector]);
            Assert.Equal(expected.Count > 0, selection.Begin(group));
            var chosen = new List<(Utf8String Name, LabelSet Labels)>();
            foreach (StoredFamily stored in group.Families)
            {
                chosen.AddRange((selection.Choose(stored) ?? []).Select(metric => (stored.Name, metric.Labels)));
            }
            Assert.Equal(
                expected.Select(metric => $"{metric.Name} {string.Join(',', metric.Metric.Labels)}"),
                chosen.Select(metric => $"{metric.Name} {string.Join(',', metric.Labels)}"));
        }).Check(PropertyTests.Settings.WithMaxTest(1000));

    [Fact]
    public void Choose_SeveralSelectors_GivesTheMetricsOfAny()
    {
        var store = new TestStore();
        store.With("job=j", Body);
        var selection = new SeriesSelection(
            [Parse("a{l=\"2\"}"), Parse("{job=\"other\"}"), Parse("{job=\"j\",s=\"1\"}")]);
        MetricGroup group = store.Store.Snapshot.Groups.Single();

        Assert.True(selection.Begin(group));

        var chosen = new List<string>();
        foreach (StoredFamily family in group.Families)
        {
            if (selection.Choose(family) is { } metrics)
            {
                chosen.Add($"{family.Name}: {metrics.Count}");
            }
        }
        Assert.Equal(["a: 1", "h: 1"], chosen);
    }

    internal static Selector Parse(string text)
    {
        Assert.True(SelectorParser.TryParse(text, out Selector? selector, out SelectorError? error), $"{error}");
        return selector;
    }

    private static bool Selects(string selector)
    {
        TestStore store = new TestStore().With("job=j", Body);
        return new SelectorScan(Parse(selector)).Matches(store.Store.Snapshot.Groups.Single());
    }

    private static bool Matches(Selector selector, Utf8String name, Metric metric) =>
        selector.Matchers.All(matcher =>
        {
            Utf8String value = matcher.Name == new Utf8String("__name__")
                ? name
                : metric.Labels.LastOrDefault(label => label.Name == matcher.Name).Value;
            return matcher.Matches(value.Span, new CharBuffer());
        });
}
