using System.Globalization;
using PushGateway.Core.Model;
using PushGateway.Core.Store;

namespace PushGateway.Benchmarks;

/// <summary>Stores with groups of 20 series each, and the commands that push to them.</summary>
internal static class Stores
{
    private const long FirstPush = 1_700_000_000_000_000_000;

    public static GroupingKey KeyOf(int group) =>
        new([new("job", "batch"), new("instance", group.ToString("D5", CultureInfo.InvariantCulture))]);

    /// <summary>Takes ownership of the families.</summary>
    public static PushCommand Put(GroupingKey key, List<MetricFamily> families, long number) =>
        new(key, PushMode.Replace, PushCheck.Checked, families, FirstPush + number);

    public static GroupStore Load(int groups)
    {
        var store = new GroupStore([]);
        for (int i = 0; i < groups; i++)
        {
            Expect(store.Apply(Put(KeyOf(i), Bodies.Group(i).ParseText(), i)));
        }
        return store;
    }

    /// <summary>A benchmark of rejected pushes would measure something else.</summary>
    public static CommandResult Expect(CommandResult result) =>
        result.Error is null ? result : throw new InvalidOperationException(result.Error.ToString());
}
