using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Consistency;
using PushGateway.Core.Store.Output;
using Xunit;

namespace PushGateway.Core.Tests.Store.Output;

public class SnapshotExpositionTests
{
    private static readonly ReservedFamily Own =
        new(new("own_info"), MetricType.Gauge, new("Own."), CorrectsHelp: true);

    [Fact]
    public void Write_SeveralGroups_AreOrderedByFamilyThenGroupThenSample()
    {
        TestStore store = new TestStore()
            .With("job=b", "y{l=\"1\"} 1\nx 1\n")
            .With("job=a,z=1", "x 2\n")
            .With("job=a", "# HELP Z h\n# TYPE Z gauge\nZ 0\nx{l=\"2\"} 2\nx{l=\"1\"} 1\nx 3\n");

        Assert.Equal(
            """
            # HELP Z h
            # TYPE Z gauge
            Z{instance="",job="a"} 0
            # TYPE x untyped
            x{instance="",job="a"} 3
            x{instance="",job="a",l="1"} 1
            x{instance="",job="a",l="2"} 2
            x{instance="",job="b"} 1
            x{instance="",job="a",z="1"} 2
            # TYPE y untyped
            y{instance="",job="b",l="1"} 1

            """,
            store.Scrape());
    }

    [Fact]
    public void Write_FamilyWithoutMetrics_IsLeftOut()
    {
        var store = new TestStore();
        store.Push("job=a", PushMode.Merge, PushCheck.Checked, [new() { Name = new("x"), Type = MetricType.Gauge }]);
        store.With("job=b", "# TYPE x counter\nx 1\n");

        Assert.Equal("# TYPE x counter\nx{instance=\"\",job=\"b\"} 1\n", store.Scrape());
    }

    [Theory]
    [InlineData("", "aa 1\nown_info{v=\"1\"} 1\nzz 1\n")]
    [InlineData("own_info{a=\"b\"} 2\n",
        "aa 1\nown_info{v=\"1\"} 1\nown_info{a=\"b\",instance=\"\",job=\"a\"} 2\nzz 1\n")]
    [InlineData("aa 3\n", "aa{instance=\"\",job=\"a\"} 3\nown_info{v=\"1\"} 1\nzz 1\n")]
    [InlineData("zz 3\n", "aa 1\nown_info{v=\"1\"} 1\nzz{instance=\"\",job=\"a\"} 3\n")]
    [InlineData("b 3\n", "aa 1\nb{instance=\"\",job=\"a\"} 3\nown_info{v=\"1\"} 1\nzz 1\n")]
    public void Write_OwnFamilies_StandAmongThePushedOrGiveWay(string pushed, string expected)
    {
        var store = new TestStore(Own);
        store.Put("job=a", pushed.Length == 0 ? "" : $"# TYPE {pushed.Split('{', ' ')[0]} gauge\n" + pushed);
        MetricFamily[] own = [OwnFamily("aa"), OwnFamily("own_info", new Label("v", "1")), OwnFamily("zz")];

        string samples = string.Concat(store.ScrapeAll(ExpositionFormat.Text, NameEscaping.None, own)
            .SplitAfterLines().Where(line => line[0] != '#' && !line.StartsWith("push_", StringComparison.Ordinal)));

        Assert.Equal(expected, samples);
    }

    [Fact]
    public void Write_PushedWithAnOwnFamily_HasTheOwnHelp()
    {
        var store = new TestStore(Own);
        store.Put("job=a", "# HELP own_info Mine.\n# TYPE own_info gauge\nown_info 1\n");

        string text = store.ScrapeAll(
            ExpositionFormat.Text, NameEscaping.None, OwnFamily("own_info", new Label("v", "1")));

        Assert.StartsWith(
            "# HELP own_info Own.\n# TYPE own_info gauge\nown_info{v=\"1\"} 1\nown_info{instance=\"\",job=\"a\"} 1\n",
            text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExpositionFormat.Text)]
    [InlineData(ExpositionFormat.ProtobufText)]
    [InlineData(ExpositionFormat.ProtobufCompactText)]
    [InlineData(ExpositionFormat.ProtobufDelimited)]
    public void Write_AnyFormat_IsTheFamiliesInThatFormat(ExpositionFormat format)
    {
        TestStore store = new TestStore()
            .With("job=b", "# HELP x h\n# TYPE x gauge\nx 1\n")
            .With("job=a", "# HELP x h\n# TYPE x gauge\nx{l=\"2\"} 2\nx{l=\"1\"} -0\n");
        MetricFamily family = TestStore.Parse("""
            # HELP x h
            # TYPE x gauge
            x{instance="",job="a",l="1"} -0
            x{instance="",job="a",l="2"} 2
            x{instance="",job="b"} 1

            """).Single();
        var expected = new ArrayBufferWriter<byte>();
        format.Write(family, expected);

        Assert.EndsWith(
            Encoding.UTF8.GetString(expected.WrittenSpan), store.ScrapeAll(format), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(NameEscaping.None, """
        # HELP "x.y" h
        # TYPE "x.y" untyped
        {"x.y",instance="",job="a","l.m"="1"} 0
        {"x.y",instance="",job="a","l.m"="2"} 2
        # TYPE z untyped
        z{instance="",job="a","l.m"="1"} 1

        """)]
    [InlineData(NameEscaping.Underscores, """
        # HELP x_y h
        # TYPE x_y untyped
        x_y{instance="",job="a",l_m="1"} 0
        x_y{instance="",job="a",l_m="2"} 2
        # TYPE z untyped
        z{instance="",job="a",l_m="1"} 1

        """)]
    [InlineData(NameEscaping.Dots, """
        # HELP x_dot_y h
        # TYPE x_dot_y untyped
        x_dot_y{instance="",job="a",l_dot_m="1"} 0
        x_dot_y{instance="",job="a",l_dot_m="2"} 2
        # TYPE z untyped
        z{instance="",job="a",l_dot_m="1"} 1

        """)]
    [InlineData(NameEscaping.Values, """
        # HELP U__x_2e_y h
        # TYPE U__x_2e_y untyped
        U__x_2e_y{instance="",job="a",U__l_2e_m="1"} 0
        U__x_2e_y{instance="",job="a",U__l_2e_m="2"} 2
        # TYPE z untyped
        z{instance="",job="a",U__l_2e_m="1"} 1

        """)]
    public void Write_NamesBeyondTheLegacyRules_AreEscapedByTheScheme(NameEscaping escaping, string expected)
    {
        TestStore store = new TestStore().With(
            "job=a", "# HELP \"x.y\" h\n{\"x.y\",\"l.m\"=\"2\"} 2\n{\"x.y\",\"l.m\"=\"1\"} -0\nz{\"l.m\"=\"1\"} 1\n");

        Assert.EndsWith(expected, store.ScrapeAll(ExpositionFormat.Text, escaping), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_EscapedOwnAndProtobufFamilies_AreEscapedToo()
    {
        TestStore store = new TestStore().With("job=a", "{\"x.y\"} 1\n");

        string text = store.ScrapeAll(ExpositionFormat.ProtobufCompactText, NameEscaping.Underscores, OwnFamily("o.p"));

        Assert.StartsWith("name:\"o_p\" ", text, StringComparison.Ordinal);
        Assert.Contains("\nname:\"x_y\" ", text, StringComparison.Ordinal);
    }

    /// <summary>A scrape much larger than the flush threshold, to a slow reader.</summary>
    [Fact]
    public async Task Write_SlowReader_GetsAllOfItAndHoldsTheWriterUp()
    {
        var store = new TestStore();
        string body = string.Concat(Enumerable.Range(0, 500).Select(i => $"x{{l=\"{i:d4}\"}} {i}\n"));
        for (int group = 0; group < 100; group++)
        {
            store.With($"job=j{group:d2}", body);
        }
        string expected = store.ScrapeAll();
        var pipe = new Pipe(new PipeOptions(
            pauseWriterThreshold: 1000, resumeWriterThreshold: 500, minimumSegmentSize: 256));
        var exposition = new SnapshotExposition(store.Store.Snapshot.Families(), [], [], ExpositionFormat.Text, NameEscaping.None);

        Task writing = WriteAll();
        Assert.False(writing.IsCompleted);
        var read = new StringBuilder();
        long most = 0;
        ReadResult result;
        do
        {
            result = await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);
            most = Math.Max(most, result.Buffer.Length);
            ReadOnlySequence<byte> piece = result.Buffer.Slice(0, Math.Min(777, result.Buffer.Length));
            read.Append(Encoding.UTF8.GetString(piece));
            pipe.Reader.AdvanceTo(piece.End);
        }
        while (!result.IsCompleted || result.Buffer.Length > 777);
        await writing;

        Assert.Equal(expected, read.ToString());
        Assert.True(expected.Length > 1_500_000, $"{expected.Length}");
        Assert.True(most < 700_000, $"{most}");

        async Task WriteAll()
        {
            await exposition.WriteAsync(pipe.Writer, TestContext.Current.CancellationToken);
            await pipe.Writer.CompleteAsync();
        }
    }

    private static MetricFamily OwnFamily(string name, params Label[] labels)
    {
        var family = new MetricFamily { Name = new(name), Type = MetricType.Gauge, Help = new("Own.") };
        family.Metrics.Add(new() { Labels = labels, ValueType = MetricType.Gauge, Number = 1 });
        return family;
    }
}
