using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Output;
using PushGateway.Core.Store.Rendering;
using PushGateway.Core.Store.Snapshots;
using PushGateway.Core.Tests.Exposition;
using PushGateway.Core.Tests.Store.Rendering;
using Xunit;

namespace PushGateway.Core.Tests.Store.Output;

/// <summary>The shortcuts to protobuf and back have the same results as the conversions through metrics.</summary>
public class SampleLineProtoTests
{
    private static readonly GroupingKey Key = TestStore.Key("job=a");

    [Theory]
    [InlineData("x 1\n")]
    [InlineData("# HELP x h\\n\n# TYPE x gauge\nx{b=\"2\"} NaN\nx{b=\"1\"} +Inf\nx 3\n")]
    [InlineData("# HELP x \n# TYPE x counter\nx{b=\"\\\"\\n\\\\é\",c=\"}, \"} 1e300\nx{b=\"\\\\n\"} 0\n")]
    [InlineData("x{instance=\"i\"} 1\nx{instance=\"\"} 2\n")]
    [InlineData("x -0\n")]
    [InlineData("# TYPE x summary\nx_sum 1\nx_count 2\n")]
    [InlineData("# TYPE x histogram\nx_count 3\n")]
    [InlineData("{\"x.y\",\"a.b\"=\"c\"} 1\n")]
    public void Write_PushedFamily_IsWhatItsMetricsGive(string body) =>
        AssertSameBothWays(Assert.Single(TestStore.Parse(body)));

    [Fact]
    public void Write_FamilyThatTextNearlyTells_IsWhatItsMetricsGive() =>
        Prop.ForAll(TextFamilies.Any, AssertSameBothWays).Check(PropertyTests.Settings.WithMaxTest(500));

    [Fact]
    public void Write_AnyFamily_IsWhatItsMetricsGive() =>
        Prop.ForAll(Families.Any, AssertSameBothWays).Check(PropertyTests.Settings.WithMaxTest(100));

    /// <summary>A scrape of several groups equals one family with all their metrics, except for native histograms beside classic ones.</summary>
    [Theory]
    [InlineData(NameEscaping.None)]
    [InlineData(NameEscaping.Underscores)]
    [InlineData(NameEscaping.Values)]
    public void WriteDelimited_AnyGroups_AreWhatTheirMetricsGive(NameEscaping escaping)
    {
        int accepted = 0;
        Prop.ForAll(OpenMetricsFamilies.Any.Generator.ListOf().ToArbitrary(), families =>
        {
            var store = new TestStore();
            for (int i = 0; i < families.Count; i++)
            {
                accepted += store.Push($"job=j{i % 3}", PushMode.Merge, PushCheck.Checked, [families[i]]).Error is null ? 1 : 0;
            }
            foreach (FamilyView view in store.Store.Snapshot.Families())
            {
                FamilyHeader header = view.Header;
                var family = new MetricFamily
                {
                    Name = header.Name,
                    Type = header.Type,
                    Help = header.Help,
                    Metrics = [.. view.SelectMany(part => part.DecodeSorted().Metrics)],
                };
                MetricFamily escaped = NameEscaper.Escape(family, escaping);
                var expected = new ArrayBufferWriter<byte>();
                foreach (IEnumerable<Metric> message in Messages(escaped.Metrics))
                {
                    ProtobufExposition.Write(escaped.WithMetrics([.. message]), expected);
                }

                var actual = new ArrayBufferWriter<byte>();
                var writer = new ProtoWriter();
                writer.Varint(8, 1); // left by another message
                SampleLineProto.WriteDelimited(ref writer, view, escaping, actual);

                Assert.Equal(expected.WrittenSpan, actual.WrittenSpan);
            }
        }).Check(PropertyTests.Settings.WithMaxTest(200));
        Assert.True(accepted > 500, $"only {accepted} pushes were accepted");
    }

    /// <summary>Native histograms are in a message of their own. Ones that Prometheus rejects lose their native buckets.</summary>
    private static IEnumerable<IEnumerable<Metric>> Messages(IEnumerable<Metric> metrics)
    {
        ILookup<bool, Metric> byKind = metrics.Select(Readable)
            .ToLookup(metric => metric.Histogram is { } histogram && NativeHistogramRules.IsNative(histogram));
        return byKind[false].Any() ? byKind[true].Any() ? [byKind[false], byKind[true]] : [byKind[false]] : [byKind[true]];
    }

    private static Metric Readable(Metric metric)
    {
        if (metric.Histogram is { } histogram && NativeHistogramRules.FindFault(histogram) is not null)
        {
            (histogram.Schema, histogram.ZeroThreshold, histogram.ZeroCount, histogram.ZeroCountFloat) = (null, null, null, null);
            (histogram.Positive, histogram.Negative, histogram.Exemplars) = (null, null, null);
        }
        return metric;
    }

    /// <summary>Which families take the fast path. The properties above would hold without it.</summary>
    [Theory]
    [InlineData("# TYPE x gauge\nx{b=\"2\"} 2\nx{b=\"1\"} 1\n", true)]
    [InlineData("# HELP x h\n# TYPE x counter\nx{instance=\"i\"} 2\n", true)]
    [InlineData("x 1\n", true)]
    [InlineData("x -0\n", false)]
    [InlineData("{\"x\",\"a:b\"=\"c\"} 1\n", false)]
    [InlineData("x{__a=\"1\"} 1\n", false)]
    [InlineData("# TYPE x summary\nx_sum 1\nx_count 2\n", false)]
    public void TryAdd_Family_IsReadWithoutMetricsWherePlain(string body, bool expected)
    {
        StoredFamily stored = Assert.Single(FamilyRenderer.Render([.. TestStore.Parse(body)], Key, pushedAt: 5));
        var assembly = new RestoredGroupBuilder();
        assembly.Begin(Key);

        Assert.Equal(expected, assembly.TryAdd(ProtobufExposition.Encode(stored.Decode()), pushedAt: 5));
    }

    [Theory]
    [InlineData("job=b")]
    [InlineData("job=a,zone=z")]
    [InlineData("job=a,instance=i")]
    public void TryAdd_FamilyOfAnotherGroup_IsLeftToDecoding(string key)
    {
        StoredFamily stored = Assert.Single(FamilyRenderer.Render([.. TestStore.Parse("x 1\n")], Key, pushedAt: 5));
        var assembly = new RestoredGroupBuilder();
        assembly.Begin(TestStore.Key(key));

        Assert.False(assembly.TryAdd(ProtobufExposition.Encode(stored.Decode()), pushedAt: 5));
    }

    /// <summary>The fast path accepts damaged input only with the result of the full decoder.</summary>
    [Fact]
    public void TryAdd_AnyByteChanged_IsWhatDecodingGives()
    {
        StoredFamily stored = Assert.Single(FamilyRenderer.Render(
            [.. TestStore.Parse("# HELP x h\n# TYPE x gauge\nx{b=\"2\"} 2.5\nx{b=\"1\"} 1\n")], Key, pushedAt: 5));
        byte[] message = ProtobufExposition.Encode(stored.Decode());
        var assembly = new RestoredGroupBuilder();
        for (int i = 0; i < message.Length; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] changed = [.. message];
                changed[i] ^= (byte)(1 << bit);
                assembly.Begin(Key);
                if (assembly.TryAdd(changed, pushedAt: 5))
                {
                    AssertSame(Decoded(changed), Assert.Single(assembly.Finish()));
                }
            }
        }
    }

    [Fact]
    public void Finish_FamiliesOfAllKindsInAnyOrder_AreByNameTheLastOfEachName()
    {
        var assembly = new RestoredGroupBuilder();
        assembly.Begin(Key);
        foreach (string body in (string[])["z 1\n", "y -0\n", "x 1\n", "y 2\n", "z -0\n", "a 1\n"])
        {
            MetricFamily family = Assert.Single(TestStore.Parse(body));
            byte[] message = ProtobufExposition.Encode(
                Assert.Single(FamilyRenderer.Render([family], Key, pushedAt: 5)).Decode());
            if (!assembly.TryAdd(message, pushedAt: body[0]))
            {
                assembly.Add(Assert.Single(TestStore.Parse(body)), pushedAt: body[0]);
            }
        }

        StoredFamily[] families = assembly.Finish();

        Assert.Equal(["a", "x", "y", "z"], families.Select(family => $"{family.Name}"));
        Assert.Equal<double>([1, 1, 2, -0.0], families.Select(family => family.Decode().Metrics[0].Number));
        Assert.Equal<long>(['a', 'x', 'y', 'z'], families.Select(family => family.PushedAt));
    }

    private static void AssertSameBothWays(MetricFamily family)
    {
        StoredFamily stored = Assert.Single(FamilyRenderer.Render([family], Key, pushedAt: 1));
        byte[] expected = ProtobufExposition.Encode(stored.Decode());

        var writer = new ProtoWriter();
        SampleLineProto.Write(ref writer, stored);
        Assert.Equal(expected, writer.Written.ToArray());

        var assembly = new RestoredGroupBuilder();
        assembly.Begin(Key);
        if (assembly.TryAdd(expected, pushedAt: 1))
        {
            AssertSame(stored, Assert.Single(assembly.Finish()));
        }
    }

    private static StoredFamily Decoded(byte[] message)
    {
        var delimited = new ArrayBufferWriter<byte>();
        ProtoWriter.WriteLength(delimited, message.Length);
        delimited.Write(message);
        Assert.True(ProtobufParser.TryParse(delimited.WrittenMemory, out List<MetricFamily>? families, out _));
        return Assert.Single(FamilyRenderer.Render([.. families], Key, pushedAt: 5));
    }

    private static void AssertSame(in StoredFamily expected, in StoredFamily actual)
    {
        Assert.Equal(expected.Header, actual.Header);
        Assert.Equal(expected.PushedAt, actual.PushedAt);
        Assert.Equal(expected.Lines, actual.Lines);
        Assert.Equal(expected.Series.ToArray(), actual.Series.ToArray());
        Assert.Equal(expected.HasFaults, actual.HasFaults);
        Assert.Equal(expected.HasNamesToEscape, actual.HasNamesToEscape);
        Assert.Equal(expected.Supplement.PushOrder, actual.Supplement.PushOrder);
        Assert.Equal(expected.Supplement.Message, actual.Supplement.Message);
    }
}
