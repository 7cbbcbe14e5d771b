using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Consistency;
using PushGateway.Core.Store.Rendering;
using PushGateway.Core.Tests.Exposition;
using PushGateway.Core.Tests.Store.Rendering;
using Xunit;

namespace PushGateway.Core.Tests.Store;

/// <summary>Storing and printing a family loses nothing.</summary>
public class FamilyProperties
{
    private static readonly GroupingKey Key = TestStore.Key("job=a");

    [Fact]
    public void Decode_AnyFamily_IsTheFamily() => Prop.ForAll(Families.Any, AssertDecodesToItself)
        .Check(PropertyTests.Settings.WithMaxTest(100));

    [Fact]
    public void Decode_FamilyThatTextNearlyTells_IsTheFamily() => Prop.ForAll(TextFamilies.Any, AssertDecodesToItself)
        .Check(PropertyTests.Settings.WithMaxTest(500));

    [Fact]
    public void Parse_PrintedFamilyThatIsExact_IsTheFamily()
    {
        int exact = 0;
        Prop.ForAll(TextFamilies.Any, family =>
        {
            if (!IsExact(family))
            {
                return;
            }
            exact++;
            if (family.Help is { } help && help.Span is [] or [(byte)' ', ..])
            {
                family.Help = null; // blanks before a help are not part of it
            }
            var text = new ArrayBufferWriter<byte>();
            TextExposition.Write(family, text);

            Assert.True(
                TextParser.TryParse(text.WrittenMemory, NameValidation.Legacy, out List<MetricFamily>? parsed, out PushError? error),
                $"{error}");
            family.Type = family.Type == MetricType.GaugeHistogram ? MetricType.Histogram : family.Type;
            AssertSame(family, Assert.Single(parsed));
        }).Check(PropertyTests.Settings.WithMaxTest(500));

        Assert.True(exact > 50, $"only {exact} of 500 families were exact");
    }

    /// <summary>With the labels of the group, as a push has it, and then stored: decoded it is the same.</summary>
    private static void AssertDecodesToItself(MetricFamily family)
    {
        StoredFamily stored = Assert.Single(FamilyRenderer.Render([family], Key, pushedAt: 1));

        AssertSame(family, stored.Decode());
        AssertSame(Sorted(family), stored.DecodeSorted());
    }

    private static void AssertSame(MetricFamily expected, MetricFamily actual)
    {
        Assert.Equal(PrototextExposition.Describe(expected), PrototextExposition.Describe(actual));
        Assert.Equal(ProtobufExposition.Encode(expected), ProtobufExposition.Encode(actual));
    }

    private static MetricFamily Sorted(MetricFamily family) => new()
    {
        Name = family.Name,
        Type = family.Type,
        Help = family.Help,
        Unit = family.Unit,
        Metrics = [.. family.Metrics.Order(Comparer<Metric>.Create((a, b) => SampleOrder.Compare(a.Labels, b.Labels)))],
    };

    private static bool IsExact(MetricFamily family) =>
        family.Metrics.TrueForAll(metric => MetricRules.FindFault(family, metric) is null)
        && TextRoundTrip.HasPlainNames(family)
        && TextRoundTrip.IsLossless(
            family, [.. family.Metrics.Select(metric => SeriesHash.Of(family.Name.Span, metric.Labels))]);
}
