using System.Diagnostics.CodeAnalysis;
using PushGateway.CommandLine;
using PushGateway.ConfigFiles;
using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store.Merging;

namespace PushGateway.Lifecycle;

/// <summary>A lifecycle file: rules, in order.</summary>
internal sealed record LifecycleDocument(IReadOnlyList<LifecycleRule> Rules)
{
    public static readonly LifecycleDocument Empty = new([]);

    /// <param name="error">All errors, by line.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out LifecycleDocument? document, [NotNullWhen(false)] out string? error) =>
        ConfigYaml.TryParse(text, Read, out document, out error);

    private static LifecycleDocument Read(ConfigSection file)
    {
        var rules = new List<LifecycleRule>();
        foreach (ConfigSection section in file.Sections("rules"))
        {
            if (ReadRule(section, rules) is { } rule)
            {
                rules.Add(rule);
            }
            section.RejectOthers();
        }
        return new LifecycleDocument(rules);
    }

    /// <param name="earlier">The rules before this one.</param>
    private static LifecycleRule? ReadRule(ConfigSection section, List<LifecycleRule> earlier)
    {
        Selector? match = ReadMatch(section);
        TimeSpan? timeToLive = ReadDuration(section, "ttl");
        TimeSpan? expectedInterval = ReadDuration(section, "expect");
        long maxGroups = ReadCount(section, "max_groups");
        long maxSeries = ReadCount(section, "max_series");
        MergeRule? merge = ReadMerge(section);
        List<GroupingKey> required = ReadRequired(section, match, earlier);
        if (expectedInterval == TimeSpan.Zero)
        {
            section.Reject("expect", "has to be longer than 0");
        }
        if (required.Count > 0 && expectedInterval is null)
        {
            section.Reject("required", "needs expect in the same rule: how often the jobs should push");
        }
        return match is null
            ? null
            : new LifecycleRule(match, timeToLive, expectedInterval, required, maxGroups, maxSeries, merge);
    }

    private static Selector? ReadMatch(ConfigSection section)
    {
        const string key = "match";
        string text = section.Text(key);
        if (!SelectorParser.TryParse(text, out Selector? match, out SelectorError? error))
        {
            section.Reject(key, $"has to be a selector such as '{{job=~\"nightly-.*\"}}', in quotes: {error}");
        }
        else if (match.NamesMetrics)
        {
            section.Reject(key, "matches only the labels of the URL, which have no metric name");
        }
        else
        {
            return match;
        }
        return null;
    }

    private static TimeSpan? ReadDuration(ConfigSection section, string key)
    {
        string text = section.Text(key);
        if (text.Length == 0)
        {
            return null;
        }
        if (!PrometheusDuration.TryParse(text, out PrometheusDuration duration, out string? error))
        {
            section.Reject(key, $"is {error}");
        }
        return duration.Value;
    }

    private static long ReadCount(ConfigSection section, string key)
    {
        string text = section.Text(key);
        if (text.Length > 0 && (!CountLimit.TryParse(text, out CountLimit count, out _) || count.Count == 0))
        {
            section.Reject(key, $"has to be a number of at least 1, not \"{text}\"");
        }
        return CountLimit.TryParse(text, out CountLimit limit, out _) ? limit.Count : 0;
    }

    private static MergeRule? ReadMerge(ConfigSection section)
    {
        const string key = "merge";
        string text = section.Text(key);
        MergeRule? merge = null;
        if (text.Length > 0 && !MergeRule.TryParse(text, out merge))
        {
            section.Reject(key, $"has to be {MergeRule.Syntax}, not \"{text}\"");
        }
        return merge;
    }

    private static List<GroupingKey> ReadRequired(ConfigSection section, Selector? match, List<LifecycleRule> earlier)
    {
        const string name = "required";
        var keys = new List<GroupingKey>();
        foreach (ConfigSection labels in section.Sections(name))
        {
            var key = new GroupingKey(labels.Keys.Select(label => new Label(label, labels.Text(label))).ToArray());
            string? fault = FindFault(key);
            fault ??= match is not null && !match.SelectsKey(key) ? "is not matched by the rule" : null;
            fault ??= earlier.Find(rule => rule.Match.SelectsKey(key)) is { } other ? $"is matched by {other} before" : null;
            fault ??= keys.Contains(key) ? "is listed twice" : null;
            if (fault is not null)
            {
                labels.Reject($"{name} {key} {fault}");
            }
            keys.Add(key);
        }
        return keys;
    }

    private static string? FindFault(GroupingKey key) =>
        Array.Find(key.Labels, label => label.Name == new Utf8String("job")) is not { Value.Length: > 0 }
            ? "has no job"
        : Array.Find(key.Labels, IsImproper) is { Name.IsAbsent: false } improper ? $"has the improper label name {improper.Name}"
        : null;

    private static bool IsImproper(Label label) =>
        !NameRules.IsValidLabelName(label.Name, NameValidation.Utf8)
        || label.Name.Span.StartsWith(NameRules.ReservedLabelPrefix);
}
