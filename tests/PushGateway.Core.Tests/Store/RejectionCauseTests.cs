using System.Text.Json;
using PushGateway.Core.Model;
using PushGateway.Core.Persistence.Replication;
using PushGateway.Core.Query.Groups;
using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Store;

/// <summary>Why a push was rejected, as fields.</summary>
public class RejectionCauseTests
{
    private readonly TestStore _store = new TestStore()
        .With("job=a", "# TYPE x gauge\nx 1\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n");

    [Theory]
    [InlineData("# TYPE x counter\nx 1\n", "type x counter gauge [{\"job\":\"a\"}] clashes with {job=\"a\"}")]
    [InlineData("y 1\n# TYPE x summary\nx_sum 1\nx_count 1\n", "type x summary gauge [{\"job\":\"a\"}] clashes with {job=\"a\"}")]
    [InlineData("y 1\ny 2\n", "duplicate y - - [] -")]
    [InlineData("# TYPE x gauge\nx{job=\"a\"} 1\ny 1\ny 2\n", "duplicate y - - [] -")]
    [InlineData("h_count 1\n", "name h_count - - [{\"job\":\"a\"}] clashes with {job=\"a\"}")]
    [InlineData("y 1 12\n", "timestamp - - - [] hint: a sample has a timestamp: leave it out; --push.lenient accepts this")]
    public void Cause_OfARejectedPush_SaysWhatClashesWithWhat(string body, string expected)
    {
        _store.Push("job=b", PushMode.Replace, PushCheck.Checked, TestStore.Parse(body));

        Assert.Equal(expected, Describe(JsonOf(_store.Store.Snapshot.Find(TestStore.Key("job=b"))!)));
    }

    [Fact]
    public void Cause_OfALongConflict_IsWhole()
    {
        string value = new('v', 5000);
        _store.Push(
            "job=b", PushMode.Replace, PushCheck.Checked, TestStore.Parse($"# TYPE x counter\nx{{a=\"{value}\"}} 1\n"));

        JsonElement error = JsonOf(_store.Store.Snapshot.Find(TestStore.Key("job=b"))!);

        Assert.Equal("type x counter gauge [{\"job\":\"a\"}] clashes with {job=\"a\"}", Describe(error));
        string message = error.GetProperty("message").GetString()!;
        Assert.StartsWith("collected metric \"x\" { label:{name:\"a\" value:\"vvv", message, StringComparison.Ordinal);
        Assert.EndsWith(" counter:{value:1}} is not a GAUGE\nclashes with {job=\"a\"}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cause_ThatWouldTakeMuchMemory_IsCut()
    {
        string value = new('v', 5000);
        var cause = new RejectionCause(RejectionKind.Duplicate)
        {
            Family = value,
            Hint = value,
            Groups = [TestStore.Key($"job={value}"), .. Enumerable.Range(0, 9).Select(i => TestStore.Key($"job={i}"))],
        };

        RejectionCause bounded = cause.Bounded();

        Assert.Equal((1025, 1025), (bounded.Family!.Length, bounded.Hint.Length));
        Assert.Equal(["{job=\"0\"}", "{job=\"1\"}", "{job=\"2\"}", "{job=\"3\"}", "{job=\"4\"}"], bounded.Groups.Select(key => key.ToString()));
    }

    [Fact]
    public void Cause_InARowOfACluster_IsTheSameOnAnotherReplica()
    {
        var cause = new RejectionCause(RejectionKind.ContentType)
        {
            Family = "é",
            Here = MetricType.Counter,
            There = MetricType.GaugeHistogram,
            Groups = [TestStore.Key("job=a,path=b"), TestStore.Key("job=c")],
            Line = 7,
            Hint = "hint: two\nlines",
        };
        GroupingKey key = TestStore.Key("job=a");
        _store.Store.Apply(new RecordParseErrorCommand(key, "no", 9) { Cause = cause });

        RejectedPush read = Decode(GroupRow.Of(key, _store.Store.Find(key)))!;

        Assert.Equal(("no\nhint: two\nlines", 9L), (read.Message, read.At));
        Assert.Equal(cause.Groups.AsEnumerable(), read.Cause!.Groups);
        Assert.Equal(cause, read.Cause with { Groups = cause.Groups });
    }

    [Fact]
    public void Cause_OfAKindOfAnotherVersion_IsUnknown() => Assert.Null(RejectionKinds.Find("flood"));

    private static RejectedPush? Decode(GroupRow row) => new GroupRowDecoder().Decode(row.Key, row.Payload).Rejection;

    private static JsonElement JsonOf(MetricGroup group)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        GroupSummaryJson.Write(group, new GroupContext("", null, default), output);
        return JsonDocument.Parse(output.WrittenMemory).RootElement.GetProperty("error");
    }

    private static string Describe(JsonElement error) => string.Join(
        ' ',
        ((string[])["kind", "family", "here", "there"]).Select(name => error.GetProperty(name).GetString() ?? "-")
            .Append(error.GetProperty("groups").GetRawText())
            .Append(error.GetProperty("hint").GetString() ?? "-"));
}
