namespace PushGateway.Core.Store;

/// <summary>How many groups of some kind the store may hold. Whoever knows the kinds counts. Thread-safe.</summary>
/// <param name="max">Maximum number of groups.</param>
/// <param name="name">What the groups have in common, for errors.</param>
public sealed class GroupQuota(long max, string name)
{
    private long _count;

    public string Name => name;

    public long Max => max;

    /// <summary>The number of groups in the store.</summary>
    public long Count => Interlocked.Read(ref _count);

    public void Add(long groups) => Interlocked.Add(ref _count, groups);
}
