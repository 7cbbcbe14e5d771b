using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>The families under one grouping key. Immutable: a push makes a new one.</summary>
public sealed class MetricGroup
{
    /// <param name="families">Sorted by name, no name twice.</param>
    internal MetricGroup(GroupingKey key, StoredFamily[] families)
    {
        Key = key;
        Families = families;
    }

    public GroupingKey Key { get; }

    /// <summary>Sorted by name; the push times are among them.</summary>
    public StoredFamily[] Families { get; }

    /// <summary>Whether the last push was not refused, by the push times as they are shown.</summary>
    public bool LastPushSucceeded => PushTimes.Read(this, PushTimes.Success) > PushTimes.Read(this, PushTimes.Failure);

    /// <summary>The family of that name, or null.</summary>
    public StoredFamily? Find(Utf8String name)
    {
        int low = 0;
        int high = Families.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int order = Families[middle].Name.CompareTo(name);
            if (order == 0)
            {
                return Families[middle];
            }
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }
        return null;
    }
}
