using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Store;

/// <summary>What a group records about a rejected push, and for how long.</summary>
public class RejectedPushTests
{
    private const string Clash = "x 1\nx 2\n";

    private readonly TestStore _store = new TestStore().With("job=a", "x 1\n");

    [Fact]
    public void LastRefusal_OfAPushThatDoesNotFit_SaysWhyAndWhen()
    {
        CommandResult result = _store.Put("job=a", Clash);

        Assert.Equal((result.Error!.Message, 2 * TestStore.Second), (Refusal("job=a")!.Message, Refusal("job=a")!.At));
    }

    [Fact]
    public void LastRefusal_OfTheFirstPushToAGroup_IsRemembered()
    {
        CommandResult result = _store.Put("job=new", Clash);

        Assert.Equal(result.Error!.Message, Refusal("job=new")!.Message);
    }

    [Fact]
    public void LastRefusal_OfABodyThatCannotBeRead_LeavesTheGroupAsItWas()
    {
        string before = _store.ScrapeAll();

        _store.Store.Apply(new RecordParseErrorCommand(TestStore.Key("job=a"), "no text", 7));

        Assert.Equal(("no text", 7L), (Refusal("job=a")!.Message, Refusal("job=a")!.At));
        Assert.Equal(before, _store.ScrapeAll());
    }

    [Fact]
    public void LastRefusal_OfABodyForNoGroup_MakesNone()
    {
        _store.Store.Apply(new RecordParseErrorCommand(TestStore.Key("job=b"), "no text", 7));

        Assert.Null(_store.Store.Snapshot.Find(TestStore.Key("job=b")));
    }

    [Theory]
    [InlineData(PushMode.Replace)]
    [InlineData(PushMode.Merge)]
    public void LastRefusal_AfterAPushThatIsTaken_IsGone(PushMode mode)
    {
        _store.Put("job=a", Clash);

        _store.Push("job=a", mode, PushCheck.Checked, TestStore.Parse("x 3\n"));

        Assert.Null(Refusal("job=a"));
    }

    [Fact]
    public void LastRefusal_OfAGroupDeletedAndMadeAgain_IsGone()
    {
        _store.Put("job=a", Clash);
        _store.Delete("job=a");
        _store.With("job=a", "x 1\n");

        Assert.Null(Refusal("job=a"));
    }

    [Fact]
    public void LastRefusal_OfAFailureFromTheJournal_HasNoMessage()
    {
        _store.Store.Apply(new RecordFailureCommand(TestStore.Key("job=a"), 9));

        Assert.Null(Refusal("job=a"));
    }

    /// <summary>Pushes after a rejection that a snapshot does not include must not overwrite the snapshot.</summary>
    [Fact]
    public void LastRefusal_OfABodyThatCannotBeRead_LeavesOlderSnapshotsAlone()
    {
        MetricGroup seen = _store.Store.Snapshot.Groups.Single();
        string before = Lines(seen);
        _store.Store.Apply(new RecordParseErrorCommand(TestStore.Key("job=a"), "no text", 7));
        for (int i = 0; i < 4; i++)
        {
            _store.With("job=a", $"x {i + 2}\n");
        }

        Assert.Equal(before, Lines(seen));
    }

    [Fact]
    public void LastRefusal_WithALongMessage_HasItsBeginningAndItsEnd()
    {
        string start = new('x', 767);
        string end = new('z', 255);

        _store.Store.Apply(new RecordParseErrorCommand(TestStore.Key("job=a"), $"{start}😀{new string('y', 1 << 20)}😀{end}", 7));

        Assert.Equal($"{start}…{end}", Refusal("job=a")!.Message);
    }

    [Fact]
    public void LastRefusal_WithAHint_HasItBehindTheMessageHoweverLong()
    {
        _store.Store.Apply(new RecordParseErrorCommand(TestStore.Key("job=a"), new string('x', RejectedPush.MaxLength + 1), 7) { Cause = new RejectionCause(RejectionKind.Syntax) { Hint = "hint: z" } });

        Assert.Equal($"{new string('x', 768)}…{new string('x', 256)}\nhint: z", Refusal("job=a")!.Message);
    }

    [Fact]
    public void Delete_OfAGroupThatHasChangedSince_LeavesIt()
    {
        MetricGroup seen = _store.Store.Snapshot.Groups.Single();
        _store.With("job=a", "x 2\n");
        bool asked = false;

        CommandResult result = _store.Store.Apply(new DeleteCommand(seen.Key, ExpectedGroup: seen), (_, _) => asked = true);

        Assert.True(result.IsLogged);
        Assert.False(asked);
        Assert.Equal("x{instance=\"\",job=\"a\"} 2\n", _store.Scrape().Split("untyped\n")[1]);

        _store.Store.Apply(new DeleteCommand(seen.Key, ExpectedGroup: _store.Store.Snapshot.Groups.Single()));

        Assert.Equal(0, _store.Store.Snapshot.GroupCount);
    }

    private static string Lines(MetricGroup group)
    {
        string lines = "";
        foreach (ref readonly StoredFamily family in group.Families)
        {
            lines += System.Text.Encoding.UTF8.GetString(family.Lines);
        }
        return lines;
    }

    [Theory]
    [InlineData(0, 2, 2)]
    [InlineData(7, 0, 2)] // 1 and the two times in each group
    [InlineData(8, 0, 3)]
    [InlineData(0, 0, 3)]
    public void Apply_RejectedPushBeyondTheLimitsOfTheStore_MakesNoGroup(long series, long groups, int expected)
    {
        var limits = new PushLimits(StoredSeries: series, StoredGroups: groups);
        TestStore store = new TestStore().With("job=a", "x 1\n").With("job=b", "x 1\n");
        foreach (string body in (string[])["x 1\nx 1\n", "x 1 12345\n"])
        {
            var push = new PushCommand(
                TestStore.Key("job=c"), PushMode.Merge, PushCheck.Checked, TestStore.Parse(body), 9 * TestStore.Second)
            {
                Limits = limits,
            };

            Assert.NotNull(store.Store.Apply(push).Error);
            Assert.NotNull(store.Store.Apply(push with { Key = TestStore.Key("job=a"), Families = TestStore.Parse(body) }).Error);
        }

        Assert.Equal(expected, store.Store.Snapshot.GroupCount);
        Assert.Equal("1/9", store.Stamps("job=a"));
    }

    private RejectedPush? Refusal(string key) => _store.Store.Snapshot.Find(TestStore.Key(key))!.LastRejection;
}
