using PushGateway.Metrics;
using Xunit;

namespace PushGateway.Tests.Metrics;

public sealed class QuantileSketchTests
{
    private const int ValueCount = 20_000;

    // The rank errors that the Go client allows at each quantile.
    private static readonly (double Rank, double Error)[] Objectives = [(0.1, 0.01), (0.5, 0.05), (0.9, 0.01)];

    [Theory]
    [InlineData("uniform")]
    [InlineData("exponential")]
    [InlineData("log-normal")]
    [InlineData("pareto")]
    [InlineData("two humps")]
    [InlineData("around zero")]
    public void Quantile_ManyValues_MeetsTheGoClientsObjectives(string distribution)
    {
        var random = new Random(20_240_101);
        double[] values = [.. Enumerable.Range(0, ValueCount).Select(_ => Draw(distribution, random))];
        var sketch = new QuantileSketch();
        foreach (double value in values)
        {
            sketch.Add(value);
        }

        Array.Sort(values);
        foreach ((double rank, double error) in Objectives)
        {
            double result = sketch.Quantile(rank);
            double below = values.Count(value => value < result) / (double)ValueCount;
            double atMost = values.Count(value => value <= result) / (double)ValueCount;
            Assert.InRange(rank, below - error, atMost + error);
        }
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(0.000_75)]
    [InlineData(1)]
    [InlineData(135)]
    [InlineData(9.9e14)]
    [InlineData(-42)]
    public void Quantile_InnerValue_IsWithinHalfAPercent(double value)
    {
        var sketch = new QuantileSketch();
        sketch.Add(double.NegativeInfinity);
        sketch.Add(value);
        sketch.Add(double.PositiveInfinity);

        Assert.InRange(sketch.Quantile(0.5) / value, 1 - 0.005_001, 1 + 0.005_001);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-12)]
    [InlineData(0.1)]
    [InlineData(135)]
    [InlineData(1e300)]
    [InlineData(-7.25)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Quantile_OneValueManyTimes_IsExact(double value)
    {
        var sketch = new QuantileSketch();
        for (int i = 0; i < 10; i++)
        {
            sketch.Add(value);
        }

        Assert.Equal(value, sketch.Quantile(0.1));
        Assert.Equal(value, sketch.Quantile(0.5));
        Assert.Equal(value, sketch.Quantile(0.9));
    }

    [Fact]
    public void Quantile_NoValue_IsNaN() => Assert.Equal(double.NaN, new QuantileSketch().Quantile(0.5));

    [Fact]
    public void Quantile_NaNAmongValues_LeavesItOut()
    {
        var sketch = new QuantileSketch();
        sketch.Add(double.NaN);
        Assert.Equal(double.NaN, sketch.Quantile(0.5));

        sketch.Add(3);
        sketch.Add(double.NaN);
        Assert.Equal(3, sketch.Quantile(0.1));
        Assert.Equal(3, sketch.Quantile(0.9));
    }

    [Fact]
    public void Quantile_BothSigns_OrdersByValue()
    {
        var sketch = new QuantileSketch();
        foreach (double value in (ReadOnlySpan<double>)[100, -100, 0, -1, 1])
        {
            sketch.Add(value);
        }

        Assert.Equal(-100, sketch.Quantile(0.2));
        Assert.Equal(-1, sketch.Quantile(0.4), tolerance: 0.005);
        Assert.Equal(0, sketch.Quantile(0.6));
        Assert.Equal(1, sketch.Quantile(0.8), tolerance: 0.005);
        Assert.Equal(100, sketch.Quantile(1));
    }

    [Fact]
    public void Add_OtherSketch_CountsAllValuesOfBoth()
    {
        var sketch = new QuantileSketch();
        var other = new QuantileSketch();
        sketch.Add(1);
        other.Add(-5);
        other.Add(0);
        other.Add(9);
        sketch.Add(other);

        Assert.Equal(-5, sketch.Quantile(0.25));
        Assert.Equal(0, sketch.Quantile(0.5));
        Assert.Equal(1, sketch.Quantile(0.75), tolerance: 0.005);
        Assert.Equal(9, sketch.Quantile(1));
    }

    [Fact]
    public void Clear_AfterValues_ForgetsThem()
    {
        var sketch = new QuantileSketch();
        sketch.Add(-5);
        sketch.Add(1);
        sketch.Add(0);
        sketch.Clear();
        Assert.Equal(double.NaN, sketch.Quantile(0.5));

        sketch.Add(2);
        Assert.Equal(2, sketch.Quantile(0.1));
        Assert.Equal(2, sketch.Quantile(0.9));
    }

    private static double Draw(string distribution, Random random) => distribution switch
    {
        "uniform" => random.NextDouble(),
        "exponential" => -Math.Log(1 - random.NextDouble()) * 0.000_5,
        "log-normal" => Math.Exp(6 + (1.5 * Normal(random))),
        "pareto" => 200 / Math.Pow(1 - random.NextDouble(), 1 / 1.2),
        "two humps" => random.Next(4) == 0 ? 5 + random.NextDouble() : 0.001 * (1 + random.NextDouble()),
        "around zero" => 1000 * Normal(random),
        _ => throw new ArgumentOutOfRangeException(nameof(distribution)),
    };

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
