using Xunit;

namespace PushGateway.Tests.EndToEnd.Cluster;

/// <summary>The check of <see cref="ClusterHistoryTests"/> detects errors.</summary>
public sealed class HistoryCheckTests
{
    private static readonly Operation First = Put(1, Fate.Accepted);
    private static readonly Operation Second = Put(2, Fate.Accepted);

    [Fact]
    public void Final_LastAcceptedPush_IsRight() => Assert.Empty(FinalFaults([First, Second], ("a", 2), ("b", 2)));

    [Fact]
    public void Final_UnknownPush_MayBeThereOrNot()
    {
        Operation unknown = Put(3, Fate.Unknown);
        Assert.Empty(FinalFaults([First, Second, unknown], ("a", 3), ("b", 3)));
        Assert.Empty(FinalFaults([First, Second, unknown], ("a", 2), ("b", 2)));
    }

    [Fact]
    public void Final_UnknownPush_MayComeAfterALaterOne()
    {
        Operation unknown = Put(3, Fate.Unknown);
        Operation later = Put(4, Fate.Accepted);
        Assert.Empty(FinalFaults([unknown, later], ("a", 3), ("b", 3)));
    }

    [Fact]
    public void Final_SupersededPush_IsWrong() => Assert.NotEmpty(FinalFaults([First, Second], ("a", 1), ("b", 1)));

    [Fact]
    public void Final_AcceptedPushIsMissing_IsWrong() => Assert.NotEmpty(FinalFaults([First, Second]));

    [Fact]
    public void Final_RejectedPush_IsWrong() =>
        Assert.NotEmpty(FinalFaults([First, Second, Put(3, Fate.Rejected)], ("a", 3), ("b", 3)));

    [Fact]
    public void Final_PartOfAPush_IsWrong()
    {
        Assert.NotEmpty(FinalFaults([First, Put(3, Fate.Unknown)], ("a", 3), ("b", 1)));
        Assert.NotEmpty(FinalFaults([First, Put(3, Fate.Unknown)], ("a", 3)));
    }

    [Fact]
    public void Final_ExpiringGroupIsStillThere_IsWrong()
    {
        var operation = new Operation(5, "ttl", "g", new Dictionary<string, long?> { ["a"] = 5 }) { Expires = true };
        operation.End(Fate.Accepted, "200");
        Assert.NotEmpty(FinalFaults([operation], ("a", 5)));
        Assert.Empty(FinalFaults([operation]));
    }

    [Fact]
    public void Readings_GoBack_IsWrong()
    {
        var check = new HistoryCheck([First, Second]);
        Assert.Empty(check.FindFaults([Reading(1, ("a", 1), ("b", 1)), Reading(1, ("a", 2), ("b", 2))]));
        Assert.NotEmpty(check.FindFaults([Reading(1, ("a", 2), ("b", 2)), Reading(1, ("a", 1), ("b", 1))]));

        // Another replica may be behind.
        Assert.Empty(check.FindFaults([Reading(1, ("a", 2), ("b", 2)), Reading(2, ("a", 1), ("b", 1))]));
    }

    [Fact]
    public void Readings_WrongPush_IsWrong()
    {
        var wrong = new Operation(6, "wrong", "g", new Dictionary<string, long?> { ["a"] = 6 });
        Assert.NotEmpty(new HistoryCheck([wrong]).FindFaults([Reading(1, ("a", 6))]));
        Assert.NotEmpty(new HistoryCheck([wrong]).FindFaults([Reading(1, ("a", 7))]));
    }

    private static Operation Put(long number, Fate fate)
    {
        var operation = new Operation(number, "put", "g", new Dictionary<string, long?> { ["a"] = number, ["b"] = number });
        operation.End(fate, fate == Fate.Rejected ? "503" : "200");
        return operation;
    }

    private static List<string> FinalFaults(Operation[] operations, params (string Family, long Value)[] held) =>
        [.. new HistoryCheck(operations).FindFinalFaults(Reading(1, held))];

    private static Reading Reading(int process, params (string Family, long Value)[] held) => new(
        process,
        Operation.Now(),
        held.Length == 0
            ? new Dictionary<string, IReadOnlyDictionary<string, long>>()
            : new Dictionary<string, IReadOnlyDictionary<string, long>>
            {
                ["g"] = held.ToDictionary(one => one.Family, one => one.Value),
            });
}
