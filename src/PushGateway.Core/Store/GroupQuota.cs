namespace PushGateway.Core.Store;

/// <summary>The maximum and the current number of groups of one kind. The owner of the kinds updates the count. Thread-safe.</summary>
/// <param name="max">Maximum number of groups.</param>
/// <param name="name">The name of the kind, for errors.</param>
public sealed class GroupQuota(long max, string name)
{
    private long _count;

    public string Name => name;

    public long Max => max;

    /// <summary>The number of groups in the store.</summary>
    public long Count => Interlocked.Read(ref _count);

    public void Add(long groups) => Interlocked.Add(ref _count, groups);
}
