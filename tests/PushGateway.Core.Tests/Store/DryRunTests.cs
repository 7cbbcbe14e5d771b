using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Merging;
using Xunit;

namespace PushGateway.Core.Tests.Store;

/// <summary>A dry run has the result of the push, and does not change the store.</summary>
public class DryRunTests
{
    [Fact]
    public void Apply_DryRunBeforeAnyPush_IsAnsweredAsThePush() => Prop.ForAll(
        DrawnCommand.Several.ToArbitrary(),
        commands =>
        {
            var store = new TestStore();
            foreach (DrawnCommand command in commands)
            {
                CommandResult? dry = command.Mode is { } mode ? AssertUnchanged(store, Push(command, mode) with { At = (store.Now + 1) * TestStore.Second }) : null;
                CommandResult result = command.ApplyTo(store);

                Assert.True(dry is null || dry.Error?.Message == result.Error?.Message, $"{dry?.Error} / {result.Error}");
                Assert.Equal(dry is null ? null : result.ConflictHint, dry?.ConflictHint);
            }
        }).Check(PropertyTests.Settings.WithMaxTest(100));

    [Theory]
    [InlineData("# TYPE x counter\nx 1\n", null)]
    [InlineData("# TYPE x gauge\nx 1\n", "collected metric \"x\" { label:{name:\"instance\" value:\"\"} label:{name:\"job\" value:\"a\"} gauge:{value:1}} cannot be merged: the stored family is a COUNTER")]
    public void Apply_DryRunOfASum_IsAnsweredAsThePush(string body, string? expected)
    {
        TestStore store = new TestStore().With("job=a", "# TYPE x counter\nx 1\n");
        Assert.True(MergeRule.TryParse("sum", out MergeRule? sum));

        CommandResult result = AssertUnchanged(store, PushOf("job=a", body) with { Mode = PushMode.Merge, Merge = sum });

        Assert.Equal(expected, result.Error?.Message);
    }

    [Fact]
    public void Apply_DryRunBeyondALimit_IsRejected()
    {
        TestStore store = new TestStore().With("job=a", "x 1\n");

        CommandResult groups = AssertUnchanged(store, PushOf("job=b", "x 1\n") with { Limits = new PushLimits(StoredGroups: 1) });
        CommandResult series = AssertUnchanged(store, PushOf("job=a", "x 1\ny 1\n") with { Limits = new PushLimits(Series: 1) });

        Assert.Equal((LimitKind.StoredGroups, LimitKind.Series), (groups.Error!.Limit, series.Error!.Limit));
    }

    [Fact]
    public void Apply_DryRunWithAKey_NeitherRemembersNorCountsIt()
    {
        var store = new TestStore();
        GroupingKey key = TestStore.Key("job=a");
        PushCommand push = PushOf("job=a", "x 1\n") with { IdempotencyKey = new IdempotencyKey(key, new Utf8String("k")) };

        AssertUnchanged(store, push);
        Assert.Empty(store.Store.CopyIdempotencyKeys());
        Assert.False(store.Store.Apply(push with { IsDryRun = false, Families = TestStore.Parse("x 1\n") }).IsRepeated);
        CommandResult repeated = AssertUnchanged(store, push with { Families = TestStore.Parse("x 1\n") });

        Assert.True(repeated.IsRepeated);
        Assert.Equal(0, store.Store.CountIdempotencyKeys(push.At).Repeats);
    }

    [Fact]
    public void Prepare_OfADryRun_IsOne()
    {
        var store = new TestStore();

        AssertUnchanged(store, (PushCommand)GroupStore.Prepare(PushOf("job=a", "x 1\n")));
    }

    private static CommandResult AssertUnchanged(TestStore store, PushCommand push)
    {
        StoreSnapshot before = store.Store.Snapshot;
        string series = SeriesOf(store);

        CommandResult result = store.Store.Apply(push, (_, _) => throw new InvalidOperationException("a dry run has no record"));

        Assert.True(result.IsLogged);
        Assert.Same(before, store.Store.Snapshot);
        Assert.Equal(series, SeriesOf(store));
        return result;
    }

    private static string SeriesOf(TestStore store) => string.Join(' ', store.Store.Index.Series().Order())
        + string.Join(' ', store.Store.Index.Families().Select(family => family.ToString()).Order(StringComparer.Ordinal));

    private static PushCommand Push(DrawnCommand command, PushMode mode) => new(
        TestStore.Key(command.Key), mode, command.Check, [.. command.Families.Select(family => family.Build())], At: 5)
    {
        IsDryRun = true,
    };

    private static PushCommand PushOf(string key, string body) =>
        new(TestStore.Key(key), PushMode.Replace, PushCheck.Checked, TestStore.Parse(body), At: 5) { IsDryRun = true };
}
