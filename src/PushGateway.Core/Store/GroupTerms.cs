using System.Globalization;
using PushGateway.Core.Store.Merging;

namespace PushGateway.Core.Store;

/// <summary>
/// What the last accepted push specified for its group: the lifecycle, which rules and flags otherwise decide, and how it was
/// merged. Stored with the group until the next accepted push.
/// </summary>
/// <param name="TimeToLive">How long the group stays without a push; zero for no limit; null if not specified.</param>
/// <param name="ExpectedInterval">
/// The maximum time between two pushes; zero if none is expected; null if not specified.
/// </param>
public sealed record GroupTerms(TimeSpan? TimeToLive, TimeSpan? ExpectedInterval)
{
    /// <summary>The names of the properties in files. The values are whole milliseconds.</summary>
    private static readonly Utf8String TimeToLiveName = new("ttl_ms");
    private static readonly Utf8String ExpectedIntervalName = new("expected_interval_ms");
    private static readonly Utf8String MergeName = new("merged");

    private static readonly GroupTerms None = new(null, null);

    /// <summary>How the push was merged with the group; null if its families replaced those of the group.</summary>
    public MergeRule? Merge { get; private init; }

    /// <summary>The terms of a group after a push.</summary>
    internal static GroupTerms? Of(PushCommand push) =>
        push.Merge is null ? push.Terms : (push.Terms ?? None) with { Merge = push.Merge };

    /// <summary>The terms as properties for files; empty for none.</summary>
    internal static IReadOnlyList<Label> ToProperties(GroupTerms? terms)
    {
        if (terms is null)
        {
            return [];
        }
        var properties = new List<Label>();
        Add(TimeToLiveName, terms.TimeToLive);
        Add(ExpectedIntervalName, terms.ExpectedInterval);
        if (terms.Merge is not null)
        {
            properties.Add(new Label(MergeName, new Utf8String(terms.Merge.ToString())));
        }
        return properties;

        void Add(Utf8String name, TimeSpan? value)
        {
            if (value is { } time)
            {
                long milliseconds = (long)time.TotalMilliseconds;
                properties.Add(new Label(name, new Utf8String(milliseconds.ToString(CultureInfo.InvariantCulture))));
            }
        }
    }

    /// <summary>Reads the result of <see cref="ToProperties"/>, and skips unknown properties. Null for none.</summary>
    internal static GroupTerms? FromProperties(IReadOnlyList<Label> properties)
    {
        GroupTerms terms = new(FindTime(properties, TimeToLiveName), FindTime(properties, ExpectedIntervalName))
        {
            Merge = FindMerge(properties),
        };
        return terms == None ? null : terms;
    }

    private static MergeRule? FindMerge(IReadOnlyList<Label> properties)
    {
        foreach (Label property in properties)
        {
            if (property.Name == MergeName && MergeRule.TryParse(property.Value.ToString(), out MergeRule? rule))
            {
                return rule;
            }
        }
        return null;
    }

    private static TimeSpan? FindTime(IReadOnlyList<Label> properties, Utf8String name)
    {
        foreach (Label property in properties)
        {
            if (property.Name == name
                && long.TryParse(property.Value.Span, NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds)
                && milliseconds <= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond)
            {
                return TimeSpan.FromMilliseconds(milliseconds);
            }
        }
        return null;
    }
}
