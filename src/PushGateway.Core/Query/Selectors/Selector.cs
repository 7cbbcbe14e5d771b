using PushGateway.Core.Store;

namespace PushGateway.Core.Query.Selectors;

/// <summary>Selects the series that all matchers match; <c>__name__</c> is the name of the family.</summary>
public sealed record Selector(IReadOnlyList<LabelMatcher> Matchers)
{
    internal static readonly Utf8String NameLabel = new("__name__");
    internal static readonly Utf8String JobLabel = new("job");

    /// <summary>Whether one of the matchers is for metric names.</summary>
    public bool NamesMetrics => Matchers.Any(matcher => matcher.Name == NameLabel);

    /// <summary>The job of all selected series; null if there may be several jobs.</summary>
    internal Utf8String? Job => Matchers
        .FirstOrDefault(matcher => matcher is { Kind: MatchKind.Equal, MatchesEmpty: false } && matcher.Name == JobLabel)?.Value;

    /// <summary>
    /// Whether all matchers match the labels of a grouping key, whatever series the group has.
    /// </summary>
    public bool SelectsKey(GroupingKey key)
    {
        var buffer = new CharBuffer();
        foreach (LabelMatcher matcher in Matchers)
        {
            Label label = Array.Find(key.Labels, label => label.Name == matcher.Name);
            if (!matcher.Matches(label.Value.Span, buffer))
            {
                return false;
            }
        }
        return true;
    }

    public override string ToString() => "{" + string.Join(",", Matchers) + "}";
}

/// <summary>An error in a selector, with its position.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters.</param>
public sealed record SelectorError(int Line, int Column, string Message)
{
    internal static SelectorError At(string text, int index, string message)
    {
        ReadOnlySpan<char> before = text.AsSpan(0, index);
        int lineStart = before.LastIndexOf('\n') + 1;
        int column = 1;
        foreach (System.Text.Rune _ in before[lineStart..].EnumerateRunes())
        {
            column++;
        }
        return new SelectorError(1 + before.Count('\n'), column, message);
    }

    /// <summary>The error in the form of Prometheus.</summary>
    public override string ToString() => $"{Line}:{Column}: parse error: {Message}";
}
