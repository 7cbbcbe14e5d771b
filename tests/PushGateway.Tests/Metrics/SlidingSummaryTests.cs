using PushGateway.Core.Model;
using PushGateway.Metrics;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Metrics;

public sealed class SlidingSummaryTests
{
    private static readonly double[] Median = [0.5];

    private readonly ManualTime _time = new();
    private readonly SlidingSummary _summary;

    public SlidingSummaryTests() => _summary = new SlidingSummary(_time);

    [Fact]
    public void Read_NothingObserved_IsZeroWithNaNQuantiles()
    {
        Summary read = _summary.Read([0.1, 0.5]);

        Assert.Equal(0, read.SampleSum);
        Assert.Equal(0ul, read.SampleCount);
        Assert.Equal([0.1, 0.5], read.Quantiles.Select(quantile => quantile.Rank));
        Assert.All(read.Quantiles, quantile => Assert.Equal(double.NaN, quantile.Value));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(119)]
    [InlineData(121)]
    [InlineData(479)]
    [InlineData(599)]
    public void Read_ObservationWithinTheWindow_IsItsQuantile(int seconds)
    {
        _summary.Observe(7);
        _time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(7, _summary.Read(Median).Quantiles[0].Value);
    }

    [Theory]
    [InlineData(600)]
    [InlineData(601)]
    [InlineData(720)]
    [InlineData(86_400)]
    public void Read_ObservationTenMinutesOld_KeepsSumAndCountOnly(int seconds)
    {
        _summary.Observe(7);
        _time.Advance(TimeSpan.FromSeconds(seconds));

        Summary read = _summary.Read(Median);
        Assert.Equal(7, read.SampleSum);
        Assert.Equal(1ul, read.SampleCount);
        Assert.Equal(double.NaN, read.Quantiles[0].Value);
    }

    [Fact]
    public void Read_EightMinutesAfterTheEndOfAStep_ForgetsThatStepOnly()
    {
        _time.Advance(TimeSpan.FromSeconds(119));
        _summary.Observe(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        _summary.Observe(2);
        Assert.Equal(1, _summary.Read(Median).Quantiles[0].Value);

        _time.Advance(TimeSpan.FromMinutes(8));
        Assert.Equal(2, _summary.Read(Median).Quantiles[0].Value);
    }

    [Fact]
    public void Observe_NaN_MakesTheSumNaN()
    {
        _summary.Observe(1);
        _summary.Observe(double.NaN);

        Summary read = _summary.Read(Median);
        Assert.Equal(double.NaN, read.SampleSum);
        Assert.Equal(2ul, read.SampleCount);
        Assert.Equal(1, read.Quantiles[0].Value);
    }

    [Fact]
    public void Observe_FourThreads_LosesNothing()
    {
        const int perThread = 1_000_000;
        Threads.RunOnFour(perThread, number => _summary.Observe(number + 1));

        Summary read = _summary.Read([0.25, 0.26, 1]);
        Assert.Equal(4ul * perThread, read.SampleCount);
        Assert.Equal((1 + 2 + 3 + 4) * (double)perThread, read.SampleSum);
        Assert.Equal(1, read.Quantiles[0].Value, tolerance: 0.005);
        Assert.Equal(2, read.Quantiles[1].Value, tolerance: 0.01);
        Assert.Equal(4, read.Quantiles[2].Value);
    }
}
