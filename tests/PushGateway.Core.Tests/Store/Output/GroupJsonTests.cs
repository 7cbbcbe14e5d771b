using System.Text;
using System.Text.Json;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Output;
using PushGateway.Core.Tests.Exposition;
using Xunit;

namespace PushGateway.Core.Tests.Store.Output;

public class GroupJsonTests
{
    private const string Time = "\"time_stamp\":\"1970-01-01T00:00:01Z\"";
    private const string Labels = """
        "labels":{"instance":"","job":"a"}
        """;

    private const string PushTimes =
        "\"push_failure_time_seconds\":{" + Time + ",\"type\":\"GAUGE\","
        + "\"help\":\"Last Unix time when changing this group in the Pushgateway failed.\","
        + "\"metrics\":[{" + Labels + ",\"value\":\"0\"}]},"
        + "\"push_time_seconds\":{" + Time + ",\"type\":\"GAUGE\","
        + "\"help\":\"Last Unix time when changing this group in the Pushgateway succeeded.\","
        + "\"metrics\":[{" + Labels + ",\"value\":\"1\"}]}";

    [Fact]
    public void Write_EmptyGroup_HasItsLabelsAndPushTimes() => Assert.Equal(
        """{"labels":{"job":"a"},"last_push_successful":true,""" + PushTimes + "}",
        Written(new TestStore().With("job=a", "")));

    [Fact]
    public void Write_RefusedGroup_SaysSo()
    {
        var store = new TestStore();
        store.Refused("job=a", "x 1 5\n");

        Assert.StartsWith(
            """{"labels":{"job":"a"},"last_push_successful":false,""", Written(store), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x 1\n", """
        "type":"UNTYPED","metrics":[{LABELS,"value":"1"}]
        """)]
    [InlineData("# HELP x a \"help\" <é>\n# TYPE x counter\nx -0\n", """
        "type":"COUNTER","help":"a \"help\" \u003cé\u003e","metrics":[{LABELS,"value":"-0"}]
        """)]
    [InlineData("# HELP x\n# TYPE x gauge\nx{l=\"2\"} 1e6\nx{l=\"1\"} NaN\n", """
        "type":"GAUGE","metrics":[
        {"labels":{"instance":"","job":"a","l":"2"},"value":"1e+06"},
        {"labels":{"instance":"","job":"a","l":"1"},"value":"NaN"}]
        """)]
    [InlineData("x{l=\"<\\\"\\\\\\n&\u0001\u2028é😀\"} 1\n", """
        "type":"UNTYPED","metrics":[
        {"labels":{"instance":"","job":"a","l":"\u003c\"\\\n\u0026\u0001\u2028é😀"},"value":"1"}]
        """)]
    [InlineData("# TYPE x summary\nx{quantile=\"0.9\"} 7\nx{quantile=\".5\"} -0\nx{quantile=\".9\"} 8\nx_count 9\n", """
        "type":"SUMMARY","metrics":[{"count":"9",LABELS,"quantiles":{"0.5":"-0","0.9":"8"},"sum":"0"}]
        """)]
    [InlineData("# TYPE x histogram\nx_bucket{le=\"5\"} 2\nx_bucket{le=\"10\"} 1e6\nx_sum 1e6\nx_count 1e6\n", """
        "type":"HISTOGRAM","metrics":[{"buckets":{"10":"1000000","5":"2"},"count":"1000000",LABELS,"sum":"1e+06"}]
        """)]
    [InlineData("# TYPE x histogram\nx_bucket{le=\"1\"} 0.5\nx_bucket{le=\"+Inf\"} 3\nx_count 3\n", """
        "type":"HISTOGRAM","metrics":[{"buckets":{"+Inf":"3","1":"0.5"},"count":"3",LABELS,"sum":"0"}]
        """)]
    public void Write_Family_ShowsItsMetricsInPushOrder(string body, string expected) => Assert.Equal(
        """{"labels":{"job":"a"},"last_push_successful":true,""" + PushTimes + ",\"x\":{" + Time + ","
            + expected.Replace("LABELS", Labels, StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal)
            + "}}",
        Written(new TestStore().With("job=a", body)));

    /// <summary>A native histogram's buckets are a list: boundaries, lower and upper bound, count.</summary>
    [Fact]
    public void Write_NativeHistogram_ListsItsBuckets()
    {
        var histogram = new Histogram
        {
            SampleCount = 3,
            SampleSum = 2,
            Schema = 0,
            ZeroThreshold = 0.001,
            ZeroCount = 1,
            Positive = new() { Spans = [new(0, 2)], Deltas = [1, 0] },
        };
        var family = new MetricFamily { Name = new("x"), Type = MetricType.Histogram };
        family.Metrics.Add(new() { ValueType = MetricType.Histogram, Histogram = histogram });
        var store = new TestStore();
        store.Push("job=a", PushMode.Merge, PushCheck.Checked, [family]);

        Assert.Contains(
            """[{"buckets":[[3,"-0.001","0.001","1"],[0,"0.5","1","1"],[0,"1","2","1"]],"count":"3",""",
            Written(store), StringComparison.Ordinal);
    }

    /// <summary>Keys are sorted, and a family of the same name takes the place of the group's own entry.</summary>
    [Theory]
    [InlineData("a 1\n", "a,labels,last_push_successful,push_failure_time_seconds,push_time_seconds")]
    [InlineData("labels 1\n", "labels!,last_push_successful,push_failure_time_seconds,push_time_seconds")]
    [InlineData("last_push_successful 1\n",
        "labels,last_push_successful!,push_failure_time_seconds,push_time_seconds")]
    [InlineData("labels 1\nlast_push_successful 1\n",
        "labels!,last_push_successful!,push_failure_time_seconds,push_time_seconds")]
    [InlineData("labelt 1\nz 1\n", "labels,labelt!,last_push_successful,push_failure_time_seconds,push_time_seconds,z")]
    public void Write_AnyFamilies_KeysAreSortedAndSingle(string body, string expected)
    {
        using var json = JsonDocument.Parse(Written(new TestStore().With("job=a", body)));

        string[] keys = [.. json.RootElement.EnumerateObject().Select(entry =>
            entry.Name[0] == 'l' && IsFamily(entry.Value) ? entry.Name + "!" : entry.Name)];
        Assert.Equal(expected, string.Join(",", keys));
    }

    [Fact]
    public void Write_LabelTwice_ShowsTheLast()
    {
        var family = new MetricFamily { Name = new("x") };
        family.Metrics.Add(new() { ValueType = MetricType.Untyped, Labels = [new("l", "1"), new("l", "2")] });
        var store = new TestStore();
        store.Push("job=a", PushMode.Merge, PushCheck.Unchecked, [family]);

        Assert.Contains("""{"instance":"","job":"a","l":"2"}""", Written(store), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, "1970-01-01T00:00:00Z")]
    [InlineData(1_700_000_000_123_456_700, 0, "2023-11-14T22:13:20.1234567Z")]
    [InlineData(1_700_000_000_120_000_000, 0, "2023-11-14T22:13:20.12Z")]
    [InlineData(1_700_000_000_000_000_000, 330, "2023-11-15T03:43:20+05:30")]
    [InlineData(1_700_000_000_000_000_000, -180, "2023-11-14T19:13:20-03:00")]
    public void FormatTime_Nanoseconds_AreRfc3339(long nanoseconds, int zoneMinutes, string expected)
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("z", TimeSpan.FromMinutes(zoneMinutes), "z", "z");

        Assert.Equal(expected, GroupJson.FormatTime(nanoseconds, zone));
    }

    private static bool IsFamily(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("metrics", out _);

    private static string Written(TestStore store)
    {
        var segments = new Segments();
        GroupJson.Write(store.Store.Snapshot.Groups.Single(), TimeZoneInfo.Utc, segments);
        return Encoding.UTF8.GetString(segments.Written);
    }
}
