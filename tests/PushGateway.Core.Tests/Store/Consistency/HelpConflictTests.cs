using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Store.Consistency;

/// <summary>Groups with different helps for a family: accepted, and logged once.</summary>
public class HelpConflictTests
{
    private static readonly HelpConflict TwoAfterOne = new(new("x"), new("two"), new("one"));

    [Fact]
    public void Push_HelpOtherThanInAnotherGroup_IsTold()
    {
        TestStore store = new TestStore().With("job=a", "# HELP x one\nx 1\n");

        CommandResult result = store.Put("job=b", "# HELP x two\nx 1\n");

        Assert.Null(result.Error);
        Assert.Equal([TwoAfterOne], result.HelpConflicts);
        Assert.Empty(store.GatherErrors());
        Assert.StartsWith("# HELP x one\n# TYPE x untyped\n", store.Scrape(), StringComparison.Ordinal);
    }

    [Fact]
    public void Push_SameConflictAgain_IsNotTold()
    {
        TestStore store = new TestStore().With("job=a", "# HELP x one\nx 1\n");
        store.Put("job=b", "# HELP x two\nx 1\n");

        store.With("job=c", "# HELP x two\nx 1\n");
        store.With("job=d", "# HELP x one\nx 1\n");
    }

    [Fact]
    public void Push_ConflictGoneAndBack_IsToldAgain()
    {
        TestStore store = new TestStore().With("job=a", "# HELP x one\nx 1\n");
        store.Put("job=b", "# HELP x two\nx 1\n");

        store.With("job=b", "# HELP x one\nx 1\n");

        Assert.Equal([TwoAfterOne], store.Put("job=b", "# HELP x two\nx 1\n").HelpConflicts);
    }

    [Fact]
    public void Push_NoHelpBesideOne_IsTold()
    {
        TestStore store = new TestStore().With("job=a", "# HELP x one\nx 1\n");

        Assert.Equal([new(new("x"), new(""), new("one"))], store.Put("job=b", "x 1\n").HelpConflicts);
    }

    [Fact]
    public void Push_OtherTypeWithTheSameHelp_IsNotAConflictOfHelps()
    {
        TestStore store = new TestStore().With("job=a", "# HELP x one\n# TYPE x histogram\nx_sum 1\n");

        store.With("job=b", "# HELP x one\n# TYPE x gaugehistogram\nx_sum 1\n");
    }

    [Fact]
    public void Push_HelpChangeInTheOnlyGroup_IsNoConflict() =>
        new TestStore().With("job=a", "# HELP x one\nx 1\n").With("job=a", "# HELP x two\nx 1\n");

    [Fact]
    public void Push_Refused_TellsNoHelps()
    {
        TestStore store = new TestStore().With("job=a", "# HELP x one\nx 1\n");

        Assert.Empty(store.Put("job=b", "# HELP x two\nx 1\nx 1\n").HelpConflicts);
        Assert.Equal([TwoAfterOne], store.Put("job=b", "# HELP x two\nx 1\n").HelpConflicts);
    }

    [Fact]
    public void Push_HelpThatTheGroupHadWithOtherSeries_IsNotReportedAgain()
    {
        TestStore store = new TestStore().With("job=a", "# HELP x one\nx 1\n");
        store.Put("job=b", "# HELP x two\nx 1\n");

        store.With("job=b", "# HELP x two\nx{l=\"1\"} 1\n");
    }

    [Fact]
    public void Push_InAReplay_ReportsNoHelps()
    {
        TestStore store = new TestStore().With("job=a", "# HELP x one\nx 1\n");
        var push = new PushCommand(
            TestStore.Key("job=b"), PushMode.Replace, PushCheck.Unchecked, TestStore.Parse("# HELP x two\nx 1\n"), At: 1);

        Assert.Empty(store.Store.Apply(push with { IsReplay = true }).HelpConflicts);
    }
}
