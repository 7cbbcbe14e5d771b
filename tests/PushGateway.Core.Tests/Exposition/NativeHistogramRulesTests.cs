using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Exposition;

/// <summary>Prometheus rejects a whole scrape with one such histogram.</summary>
public class NativeHistogramRulesTests
{
    private const string SpansDoNotFit = "its native buckets do not fit their spans";
    private const string NegativeCount = "a count must be neither NaN nor negative";

    public static TheoryData<string, Action<Histogram>> Faulty => new()
    {
        { SpansDoNotFit, histogram => histogram.Positive!.Deltas.Add(0) },
        { SpansDoNotFit, histogram => histogram.Positive!.Deltas.RemoveAt(1) },
        { SpansDoNotFit, histogram => histogram.Positive!.Spans.Clear() },
        { SpansDoNotFit, histogram => histogram.Positive!.Spans[1] = new(-1, 1) },
        { SpansDoNotFit, histogram => histogram.Negative = new() { Deltas = [1] } },
        { SpansDoNotFit, histogram => histogram.SampleCountFloat = 5 },
        { NegativeCount, histogram => histogram.Positive!.Deltas[1] = -3 },
        { NegativeCount, histogram => MakeFloat(histogram, -1) },
        { NegativeCount, histogram => MakeFloat(histogram, double.NaN) },
        { "its count is 8, but its native buckets have 7", histogram => histogram.SampleCount = 8 },
        { "its count is 6, but its native buckets have 7", histogram => (histogram.SampleCount, histogram.SampleSum) = (6, double.NaN) },
        { "its count is 0, but its native buckets have 7", histogram => histogram.SampleCount = null },
        { "its schema 9 is not one from -4 to 8", histogram => histogram.Schema = 9 },
        { "its schema -53 is not one from -4 to 8", histogram => histogram.Schema = -53 },
    };

    public static TheoryData<string, Action<Histogram>> Sound => new()
    {
        { "as it is", _ => { } },
        { "an observation of NaN", histogram => (histogram.SampleCount, histogram.SampleSum) = (8, double.NaN) },
        { "a float histogram, whose count may be rounded", histogram => MakeFloat(histogram, 1.5) },
        { "no schema", histogram => histogram.Schema = null },
        { "a negative first offset", histogram => histogram.Positive!.Spans[0] = new(-5, 1) },
        { "an empty span", histogram => histogram.Positive!.Spans.Add(new(0, 0)) },
        { "negative observations", histogram => (histogram.Negative, histogram.SampleCount) = (new() { Spans = [new(0, 1)], Deltas = [2] }, 9) },
        { "a schema, and classic buckets only", histogram => (histogram.Positive, histogram.ZeroCount, histogram.Schema) = (null, null, 99) },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void FindFault_HistogramThatPrometheusRejects_IsThere(string fault, Action<Histogram> change) =>
        Assert.Equal(fault, NativeHistogramRules.FindFault(Changed(change)));

    [Theory]
    [MemberData(nameof(Sound))]
    public void FindFault_HistogramThatPrometheusReads_IsNull(string what, Action<Histogram> change)
    {
        string? fault = NativeHistogramRules.FindFault(Changed(change));

        Assert.True(fault is null, $"{what}: {fault}");
    }

    /// <summary>Prometheus ignores the native fields of a histogram that has no native buckets.</summary>
    [Fact]
    public void IsNative_ZeroThreshold_MakesItNative()
    {
        Assert.False(NativeHistogramRules.IsNative(new Histogram { Schema = 3, ZeroThreshold = 0, Positive = new() }));
        Assert.True(NativeHistogramRules.IsNative(new Histogram { ZeroThreshold = 0.1 }));
    }

    private static Histogram Changed(Action<Histogram> change)
    {
        var histogram = new Histogram
        {
            SampleCount = 7,
            SampleSum = 1,
            Schema = 0,
            ZeroCount = 2,
            Positive = new() { Spans = [new(0, 1), new(2, 1)], Deltas = [2, 1] },
        };
        change(histogram);
        return histogram;
    }

    private static void MakeFloat(Histogram histogram, double count)
    {
        histogram.SampleCountFloat = 5;
        histogram.Positive!.Counts.AddRange([count, 1]);
    }
}
