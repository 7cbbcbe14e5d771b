using PushGateway.Core.Model;
using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Store.Consistency;

/// <summary>Pushes that conflict with the push time families of the gateway.</summary>
public class PushTimeConflictTests
{
    private static readonly GroupingKey Job = new([new Label("job", "j")]);
    private static readonly GroupingKey JobWithEmptyInstance = new([new Label("job", "j"), new Label("instance", "")]);

    private readonly GroupStore _store = new([]);

    [Fact]
    public void Apply_GroupsThatDifferInEmptyInstance_NamesTheSeries()
    {
        Push(JobWithEmptyInstance, []);

        string? error = Push(Job, []);

        Assert.NotNull(error);
        Assert.StartsWith("2 error(s) occurred:\n* collected metric \"push_failure_time_seconds\" {", error);
        Assert.Contains("\n* collected metric \"push_time_seconds\" {", error);
        Assert.EndsWith("was collected before with the same name and label values", error);
        Assert.Equal(1, _store.Snapshot.GroupCount);
    }

    /// <summary>It used to look for the clashing series in the pushed family, which had none.</summary>
    [Fact]
    public void Apply_EmptyPushedFailureTimeThatIsOverridden_NamesTheSeries()
    {
        Push(JobWithEmptyInstance, []);

        string? error = Push(Job, [new MetricFamily { Name = PushTimestamps.Failure, Type = MetricType.Histogram }]);

        Assert.StartsWith("2 error(s) occurred:", error);
    }

    [Fact]
    public void Apply_FaultyPushedFailureTimeThatIsOverridden_IsTaken()
    {
        var faulty = new MetricFamily { Name = PushTimestamps.Failure, Type = MetricType.Gauge };
        faulty.Metrics.Add(new Metric { ValueType = MetricType.Counter });

        Assert.Null(Push(Job, [faulty]));
    }

    private string? Push(GroupingKey key, List<MetricFamily> families) =>
        _store.Apply(new PushCommand(key, PushMode.Merge, PushCheck.Checked, families, 1)).Error?.Message;
}
