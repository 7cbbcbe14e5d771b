using System.Collections.Concurrent;

namespace PushGateway.Lifecycle;

/// <summary>The active rules, and the rule of each stored group. Thread-safe.</summary>
internal sealed class LifecycleRules
{
    private readonly IReadOnlyList<LifecycleRule> _rules;
    private readonly Dictionary<LifecycleRule, GroupQuota> _quotas = new(ReferenceEqualityComparer.Instance);
    private readonly Lock _lock = new();

    /// <summary>A cache, since matching the rules at each push and scrape would run regular expressions.</summary>
    private readonly ConcurrentDictionary<GroupingKey, LifecycleRule?> _ofStored = new();

    /// <summary>The groups that were removed while <see cref="AddAll"/> ran; null after it has run.</summary>
    private HashSet<GroupingKey>? _removed = [];

    public LifecycleRules(LifecycleDocument document)
    {
        _rules = document.Rules;
        foreach (LifecycleRule rule in _rules.Where(rule => rule.MaxGroups > 0))
        {
            _quotas.Add(rule, new GroupQuota(rule.MaxGroups, rule.ToString()));
        }
        ExpectPushes = _rules.Any(rule => rule.ExpectedInterval is not null);
        Required = [.. _rules.SelectMany(rule => rule.Required.Select(key => (key, rule)))];
    }

    /// <summary>Whether any rule expects pushes.</summary>
    public bool ExpectPushes { get; }

    /// <summary>The required groups, with the rules that require them.</summary>
    public IReadOnlyList<(GroupingKey Key, LifecycleRule Rule)> Required { get; }

    /// <summary>The first rule that matches a key, whether or not the group is stored; null if none does.</summary>
    public LifecycleRule? Find(GroupingKey key) =>
        _rules.Count == 0 ? null : _ofStored.TryGetValue(key, out LifecycleRule? rule) ? rule : Match(key);

    /// <summary>The maximum groups of a rule; null for no limit.</summary>
    public GroupQuota? QuotaOf(LifecycleRule? rule) => rule is null ? null : _quotas.GetValueOrDefault(rule);

    /// <summary>Adds the groups that were in the store when the rules became active. Call it once.</summary>
    public void AddAll(IEnumerable<GroupingKey> keys)
    {
        foreach (GroupingKey key in keys)
        {
            Add(key, unlessRemoved: true);
        }
        lock (_lock)
        {
            _removed = null;
        }
    }

    /// <summary>The store has a new group.</summary>
    public void Add(GroupingKey key) => Add(key, unlessRemoved: false);

    /// <summary>The store has removed a group.</summary>
    public void Remove(GroupingKey key)
    {
        if (_rules.Count == 0)
        {
            return;
        }
        lock (_lock)
        {
            _removed?.Add(key);
            if (_ofStored.TryRemove(key, out LifecycleRule? rule))
            {
                QuotaOf(rule)?.Add(-1);
            }
        }
    }

    /// <summary>The store has removed all groups.</summary>
    public void Clear()
    {
        foreach (GroupingKey key in _ofStored.Keys)
        {
            Remove(key);
        }
    }

    private void Add(GroupingKey key, bool unlessRemoved)
    {
        if (_rules.Count == 0)
        {
            return;
        }
        LifecycleRule? rule = Match(key);
        lock (_lock)
        {
            bool isGone = unlessRemoved && _removed!.Contains(key);
            if (!isGone && _ofStored.TryAdd(key, rule))
            {
                QuotaOf(rule)?.Add(1);
            }
        }
    }

    private LifecycleRule? Match(GroupingKey key) => _rules.FirstOrDefault(rule => rule.Match.SelectsKey(key));
}
