using PushGateway.Core.Model;
using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Store;

public class IdempotencyKeysTests
{
    private const long Day = IdempotencyKeys.Lifetime;

    [Fact]
    public void Remember_MoreThanTheMaximum_ForgetsTheOldest()
    {
        var keys = new IdempotencyKeys(max: 3);

        for (int i = 1; i <= 5; i++)
        {
            keys.Remember(new RememberedKey((UInt128)i, At: i));
        }

        Assert.Equal([false, false, true, true, true], Enumerable.Range(1, 5).Select(i => keys.Recognize((UInt128)i, 6)));
        Assert.Equal(new IdempotencyStatistics(Keys: 3, Repeats: 3, Evictions: 2), keys.Count(6));
    }

    [Fact]
    public void Recognize_ARepetition_DoesNotProlongTheLifeOfTheKey()
    {
        var keys = new IdempotencyKeys(max: 2);
        keys.Remember(new RememberedKey(1, At: 1));
        keys.Remember(new RememberedKey(2, At: 2));
        Assert.True(keys.Recognize(1, 3));

        keys.Remember(new RememberedKey(3, At: 4));

        Assert.False(keys.Recognize(1, 5));
        Assert.True(keys.Recognize(2, 5));
    }

    [Fact]
    public void Recognize_After24Hours_HasForgottenTheKey()
    {
        var keys = new IdempotencyKeys(max: 3);
        keys.Remember(new RememberedKey(1, At: 10));
        keys.Remember(new RememberedKey(2, At: 11));

        Assert.True(keys.Recognize(1, Day + 9));
        Assert.False(keys.Recognize(1, Day + 10));
        Assert.True(keys.Recognize(2, Day + 10));

        // That is no eviction.
        Assert.Equal(new IdempotencyStatistics(Keys: 1, Repeats: 2, Evictions: 0), keys.Count(Day + 10));
        Assert.Equal(0, keys.Count(Day + 11).Keys);
    }

    /// <summary>A key must not be forgotten with an earlier push of it that has expired.</summary>
    [Fact]
    public void Recognize_ClockWasSetBack_CountsTheAgeOfTheKeyItself()
    {
        var keys = new IdempotencyKeys(max: 9);
        keys.Remember(new RememberedKey(1, At: 2 * Day));
        keys.Remember(new RememberedKey(2, At: 5));
        Assert.True(keys.Recognize(1, 6));
        Assert.True(keys.Recognize(2, 6));
        Assert.False(keys.Recognize(2, Day + 5));
        keys.Remember(new RememberedKey(2, At: Day + 6));

        keys.Count((3 * Day) + 1);

        Assert.False(keys.Recognize(1, (3 * Day) + 1));
        Assert.False(keys.Recognize(2, (3 * Day) + 1));
        keys.Remember(new RememberedKey(3, At: long.MinValue));
        Assert.False(keys.Recognize(3, long.MaxValue));
    }

    [Fact]
    public void Remember_MaximumOfNone_RemembersNothing()
    {
        var keys = new IdempotencyKeys(max: 0);
        keys.Restore([new RememberedKey(1, At: 1)]);

        keys.Remember(new RememberedKey(2, At: 2));

        Assert.Empty(keys.ToArray());
        Assert.False(keys.Recognize(2, 2));
    }

    [Fact]
    public void Restore_MoreThanTheMaximum_KeepsTheNewestInTheirOrder()
    {
        var keys = new IdempotencyKeys(max: 2);
        keys.Remember(new RememberedKey(9, At: 9));

        keys.Restore([new RememberedKey(1, At: 1), new RememberedKey(2, At: 2), new RememberedKey(3, At: 3)]);

        Assert.Equal([new RememberedKey(2, At: 2), new RememberedKey(3, At: 3)], keys.ToArray());
        Assert.Equal(new IdempotencyStatistics(Keys: 2, Repeats: 0, Evictions: 0), keys.Count(4));
    }

    /// <summary>Texts may contain any separator of labels.</summary>
    [Fact]
    public void Hash_OfDifferentGroupsAndTexts_Differs()
    {
        (Label[] Labels, string Text)[] pairs =
        [
            ([new("job", "a")], "k"),
            ([new("job", "a")], "K"),
            ([new("job", "ak")], ""),
            ([new("job", "a"), new("k", "")], ""),
            ([new("job", "a"), new("k", "v")], ""),
            ([new("job", "a\u0001\0\0\0k")], "v"),
            ([new("job", "")], "ak"),
            ([new("jobs", "a")], "k"),
        ];

        Assert.Distinct(pairs.Select(pair => new IdempotencyKey(new GroupingKey(pair.Labels), new Utf8String(pair.Text)).Hash));
    }

    /// <summary>Files have the hash.</summary>
    [Fact]
    public void Hash_OfAKey_NeverChanges()
    {
        var key = new IdempotencyKey(new GroupingKey([new("job", "a"), new("instance", "i")]), new Utf8String("key-1"));

        Assert.Equal("668ea7bb7cbd4acdbde8bb935be41111", $"{key.Hash:x32}");
    }
}
