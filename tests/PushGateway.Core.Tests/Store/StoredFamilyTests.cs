using System.Text;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Rendering;
using PushGateway.Core.Tests.Parsing;
using Xunit;

namespace PushGateway.Core.Tests.Store;

public class StoredFamilyTests
{
    private static readonly GroupingKey Key = TestStore.Key("job=a");

    [Theory]
    [InlineData("x{b=\"2\"} 2\nx{b=\"1\"} 1\nx 3\n")]
    [InlineData("# HELP x h\n# TYPE x gauge\nx 1\n")]
    [InlineData("# HELP x \\n\\\\\nx{b=\"\\\"\\n\\\\é\"} NaN\n")]
    [InlineData("# TYPE x counter\nx{b=\"z\"} 1e300\nx{b=\"a\"} -Inf\n")]
    [InlineData("# TYPE x summary\nx{quantile=\"1\",b=\"2\"} 1\nx_sum{b=\"2\"} 2\nx_count{b=\"2\"} 3\nx_sum 0\n")]
    [InlineData("# TYPE x histogram\nx_bucket{le=\"1\"} 2\nx_bucket{le=\"+Inf\"} 3\nx_sum 1\nx_count 3\n")]
    [InlineData("# TYPE x gaugehistogram\nx_bucket{le=\"+Inf\"} 3\nx_sum 1\nx_count 3\n")]
    [InlineData("# TYPE x_sum gauge\nx_sum 1\n")]
    [InlineData("x -0\n")]
    [InlineData("# TYPE x summary\nx_sum 1\n")]
    [InlineData("# TYPE x histogram\nx_bucket{le=\"1\"} 2\nx_sum 1\nx_count 3\n")]
    [InlineData("# TYPE x histogram\nx_bucket{le=\"1\"} 0.5\nx_bucket{le=\"+Inf\"} 3\nx_sum 1\nx_count 3\n")]
    [InlineData("{\"x.y\",\"a.b\"=\"c\"} 1\n")]
    [InlineData("{\"x\",\"a:b\"=\"c\"} 1\n")]
    [InlineData("# TYPE x histogram\nx_count{job=\"p\"} 1\nx_count{job=\"q\"} 2\n")]
    [InlineData("x{job=\"p\"} 1\nx{job=\"q\"} 2\n")]
    public void Decode_PushedFamily_IsTheFamilyInPushOrder(string body)
    {
        MetricFamily family = Assert.Single(TestStore.Parse(body));
        MetricFamily same = Assert.Single(TestStore.Parse(body));
        same.Metrics.ForEach(metric => metric.Labels = LabelMerge.Merge(metric.Labels, Key));

        StoredFamily stored = Assert.Single(FamilyRenderer.Render([family], Key, pushedAt: 5));

        Assert.Equal(ParsedText.Describe([same]), ParsedText.Describe([stored.Decode()]));
        Assert.Equal(ProtobufExposition.Encode(same), ProtobufExposition.Encode(stored.Decode()));
        Assert.Equal(5, stored.PushedAt);
        Assert.Equal(same.Metrics.Count, stored.MetricCount);
    }

    /// <summary>The exact form is stored in addition to the lines only if the lines lose information.</summary>
    [Theory]
    [InlineData("x{b=\"2\"} 2\nx{b=\"1\"} 1\n", true)]
    [InlineData("x NaN\n", true)]
    [InlineData("# TYPE x summary\nx{quantile=\"0.5\"} 1\nx_sum 2\nx_count 3\n", true)]
    [InlineData("# TYPE x summary\nx{quantile=\"0.5\"} NaN\nx_sum 2\nx_count 9007199254740992\n", true)]
    [InlineData("# TYPE x summary\nx_sum{a=\"1\"} 2\nx_count{a=\"1\"} 3\nx_sum 2\nx_count 3\n", true)]
    [InlineData("# TYPE x histogram\nx_bucket{le=\"+Inf\"} 3\nx_sum 1\nx_count 3\n", true)]
    [InlineData("# TYPE x summary\nx_sum{le=\"1\"} 2\nx_count{le=\"1\"} 3\n", true)]
    [InlineData("x -0\n", false)]
    [InlineData("# TYPE x summary\nx_sum 2\n", false)]
    [InlineData("# TYPE x summary\nx_count 2\n", false)]
    [InlineData("# TYPE x summary\nx_sum 1\nx_count 9007199254740994\n", false)]
    [InlineData("# TYPE x summary\nx{quantile=\"-0\"} 1\nx_sum 2\nx_count 3\n", false)]
    [InlineData("# TYPE x summary\nx_sum{job=\"p\"} 2\nx_count{job=\"p\"} 3\nx_sum 2\nx_count 3\n", false)]
    [InlineData("# TYPE x histogram\nx_sum 1\nx_count 3\n", false)] // no bucket is not an infinite bucket
    [InlineData("# TYPE x histogram\nx_bucket{le=\"+Inf\"} 3\nx_bucket{le=\"1\"} 3\nx_sum 1\nx_count 3\n", false)]
    [InlineData("# TYPE x histogram\nx_bucket{le=\"+Inf\"} 3.5\nx_sum 1\nx_count 3\n", false)]
    [InlineData("{\"x.y\"} 1\n", false)]
    [InlineData("{\"x\",\"a:b\"=\"c\"} 1\n", false)]
    public void IsExact_PushedFamily_IsToldByItsLines(string body, bool expected)
    {
        MetricFamily family = Assert.Single(TestStore.Parse(body));
        family.Metrics.ForEach(metric => metric.Labels = LabelMerge.Merge(metric.Labels, Key));
        UInt128[] series = [.. family.Metrics.Select(metric => SeriesHash.OfLabels(metric.Labels))];

        Assert.Equal(expected, TextRoundTrip.HasPlainNames(family) && TextRoundTrip.IsLossless(family, series));
    }

    [Fact]
    public void Lines_MetricsOutOfOrder_AreSorted()
    {
        StoredFamily stored = Stored("x{b=\"2\"} 2\nx{b=\"1\"} 1\nx 3\n");

        Assert.Equal(
            """
            x{instance="",job="a"} 3
            x{b="1",instance="",job="a"} 1
            x{b="2",instance="",job="a"} 2

            """,
            Encoding.UTF8.GetString(stored.Lines));
    }

    [Theory]
    [InlineData("x{b=\"2\"} 2\nx{b=\"1\"} 1\n")]
    [InlineData("x{b=\"2\"} -0\nx{b=\"1\"} 1\n")]
    public void DecodeSorted_MetricsOutOfOrder_AreSorted(string body) =>
        Assert.Equal(["1", "2"], Stored(body).DecodeSorted().Metrics.Select(metric => $"{metric.Labels[0].Value}"));

    [Fact]
    public void Series_MetricsOutOfOrder_AreInPushOrder()
    {
        StoredFamily stored = Stored("x{b=\"2\"} 2\nx{b=\"1\"} 1\n");

        Assert.Equal(
            [.. stored.Decode().Metrics.Select(metric => SeriesHash.Of("x"u8, metric.Labels))], stored.Series.ToArray());
    }

    [Theory]
    [InlineData("x{a=\"b\"} 1\n", false)]
    [InlineData("{\"x\",\"a:b\"=\"c\"} 1\n", true)]
    [InlineData("{\"x.y\"} 1\n", true)]
    [InlineData("x 1\nx{\"a.b\"=\"c\"} 1\n", true)]
    public void HasNamesToEscape_Names_AreTold(string body, bool expected) =>
        Assert.Equal(expected, Stored(body).HasNamesToEscape);

    /// <summary>The next request reuses the body's buffer.</summary>
    [Fact]
    public void Apply_BodyOverwrittenAfterwards_LeavesTheStoreAlone()
    {
        byte[] body = Encoding.UTF8.GetBytes("# HELP x help\n# TYPE x gauge\nx{b=\"2\"} 2\nx{b=\"1\"} -0\n");
        Assert.True(PushGateway.Core.Parsing.TextParser.TryParse(
            body, NameValidation.Legacy, out List<MetricFamily>? families, out _));
        var store = new TestStore();
        store.Push("job=a", PushMode.Merge, PushCheck.Checked, families);
        string before = store.Scrape();

        body.AsSpan().Fill((byte)'?');

        Assert.Equal(before, store.Scrape());
        Assert.DoesNotContain('?', before);
        StoredFamily stored = store.Store.Snapshot.Find(Key)!.Find(new("x"))!.Value;
        Assert.Equal("x", stored.Decode().Name.ToString());
        Assert.Equal("help", stored.Decode().Help.ToString());
    }

    private static StoredFamily Stored(string body) =>
        Assert.Single(FamilyRenderer.Render([.. TestStore.Parse(body)], Key, pushedAt: 5));
}
