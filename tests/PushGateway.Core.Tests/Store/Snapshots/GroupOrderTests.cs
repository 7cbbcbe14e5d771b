using PushGateway.Core.Store;
using Xunit;
using Order = PushGateway.Core.Store.Snapshots.GroupOrder<PushGateway.Core.Store.Snapshots.ExpositionOrder>;

namespace PushGateway.Core.Tests.Store.Snapshots;

public class GroupOrderTests
{
    private const int Keys = 4000;

    /// <summary>Few and many groups, added in ascending, descending and random order, and removed one by one and together.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Builder_AnyChanges_IsASortedDictionary(int seed)
    {
        var random = new Random(seed);
        var expected = new SortedDictionary<GroupingKey, int>();
        var order = Order.Empty.ToBuilder();
        var frozen = new List<(Order Order, KeyValuePair<GroupingKey, int>[] Expected)> { (Order.Empty, []) };
        for (int step = 0; step < 60; step++)
        {
            int start = random.Next(Keys);
            int count = random.Next(4) == 0 ? random.Next(1500) : random.Next(10);
            int[] numbers = [.. Enumerable.Range(start, count).Select(number => number % Keys)];
            switch (random.Next(5))
            {
                case 0:
                    Array.Reverse(numbers);
                    goto case 2;
                case 1:
                    random.Shuffle(numbers);
                    goto case 2;
                case 2:
                    foreach (int number in numbers.Where(number => expected.TryAdd(Key(number), step)))
                    {
                        order.Add(Key(number), step);
                    }
                    break;
                case 3:
                    foreach (int number in numbers)
                    {
                        expected.Remove(Key(number));
                        order.Remove(Key(number));
                    }
                    break;
                default:
                    int gone = random.Next(step + 1);
                    GroupingKey[] keys = [.. expected.Where(one => one.Value == gone).Select(one => one.Key)];
                    order.RemoveAll(keys, place => place == gone);
                    Array.ForEach(keys, key => expected.Remove(key));
                    break;
            }
            if (random.Next(2) == 0)
            {
                frozen.Add((order.Freeze(), [.. expected]));
            }
        }
        foreach ((Order one, KeyValuePair<GroupingKey, int>[] content) in frozen)
        {
            AssertIs(content, one);
        }
        for (int i = 1; i < frozen.Count; i++)
        {
            AssertDifference(frozen[i - 1], frozen[i]);
            AssertDifference(frozen[i], frozen[random.Next(i)]);
        }
        AssertIs([.. expected], Order.Of(expected.Select(one => new Order.Entry(one.Key, one.Value))));
    }

    [Fact]
    public void Difference_GroupThatWentAndCame_IsBoth()
    {
        var order = Order.Empty.ToBuilder();
        GroupingKey old = TestStore.Key("job=a");
        GroupingKey other = TestStore.Key("job=a");
        order.Add(old, 7);
        Order before = order.Freeze();
        order.Remove(old);
        order.Add(other, 8);

        (List<Order.Entry> removed, List<Order.Entry> added) = before.DifferenceTo(order.Freeze());

        Assert.Same(old, Assert.Single(removed).Key);
        Assert.Same(other, Assert.Single(added).Key);
    }

    /// <summary>Otherwise each added or removed group between two scrapes would cost as much as all groups.</summary>
    [Fact]
    public void Add_BehindASnapshot_CopiesNoMoreThanAChunk()
    {
        var order = Order.Empty.ToBuilder();
        for (int number = 0; number < Keys; number++)
        {
            order.Add(Key(number), number);
        }
        order.Freeze();
        GroupingKey key = TestStore.Key("job=j2000,x=y");
        long before = GC.GetAllocatedBytesForCurrentThread();

        order.Add(key, 1);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 8 * 1024);
    }

    private static GroupingKey Key(int number) => TestStore.Key($"job=j{number:D4}");

    private static void AssertIs(KeyValuePair<GroupingKey, int>[] expected, Order order)
    {
        Assert.Equal(expected.Select(one => (one.Key, one.Value)), order.Entries.Select(entry => (entry.Key, entry.Place)));
        Assert.Equal(expected.Select(one => one.Value), order.Places);
        Assert.Equal(expected.Length, order.Count);
        foreach ((GroupingKey key, int place) in expected)
        {
            Assert.True(order.TryFind(key, out int found));
            Assert.Equal(place, found);
        }
        Assert.False(order.TryFind(TestStore.Key("job=j"), out _));
        Assert.False(order.TryFind(TestStore.Key("job=k"), out _));
        Assert.False(order.TryFind(TestStore.Key("job=j2000,x=y"), out _));
        (int start, int end) = (expected.Length / 3, expected.Length / 2);
        if (start < end)
        {
            Assert.Equal(
                expected[start..end].Select(one => one.Key),
                order.Between(expected[start].Key, expected[end].Key).Select(entry => entry.Key));
        }
    }

    private static void AssertDifference(
        (Order Order, KeyValuePair<GroupingKey, int>[] Expected) before,
        (Order Order, KeyValuePair<GroupingKey, int>[] Expected) after)
    {
        (List<Order.Entry> removed, List<Order.Entry> added) = before.Order.DifferenceTo(after.Order);
        List<GroupingKey> content = [.. before.Expected.Select(one => one.Key)];
        removed.ForEach(entry => Assert.True(content.Remove(entry.Key)));
        content.AddRange(added.Select(entry => entry.Key));
        content.Sort();
        Assert.Equal(after.Expected.Select(one => one.Key), content);
    }
}
