using System.Diagnostics.CodeAnalysis;

namespace PushGateway.Core.Store.Merging;

/// <summary>What a POST does to the stored families of the same names.</summary>
public enum MergeMode
{
    /// <summary>Replaces them, as the Go Pushgateway does.</summary>
    Family,

    /// <summary>Replaces series with the same labels. The other series stay.</summary>
    Series,

    /// <summary>Adds counters, histograms and summaries to the stored ones.</summary>
    Sum,
}

/// <summary>What a sum does with a stored gauge or untyped metric.</summary>
public enum GaugeRule
{
    /// <summary>Replaces it.</summary>
    Last,
    Max,
    Min,
    Sum,
}

/// <summary>
/// How a push is merged with the stored families of its group. The syntax in the header and the lifecycle file:
/// rule = "family" | "series" | "sum" ["," "gauges=" ("last" | "max" | "min" | "sum")]
/// </summary>
public sealed record MergeRule(MergeMode Mode, GaugeRule Gauges = GaugeRule.Last)
{
    /// <summary>The expected syntax, for messages.</summary>
    public const string Syntax = "family, series, sum, or sum, gauges=max (or min, sum, last)";

    private const string GaugesKey = "gauges=";

    public static bool TryParse(string text, [NotNullWhen(true)] out MergeRule? rule)
    {
        rule = null;
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (!TryParseName(parts[0], out MergeMode mode))
        {
            return false;
        }
        GaugeRule gauges = GaugeRule.Last;
        bool hasGauges = parts.Length == 2
            && mode == MergeMode.Sum
            && parts[1].StartsWith(GaugesKey, StringComparison.Ordinal)
            && TryParseName(parts[1][GaugesKey.Length..], out gauges);
        if (parts.Length == 1 || hasGauges)
        {
            rule = new MergeRule(mode, gauges);
        }
        return rule is not null;
    }

    /// <summary>The shortest text that parses to the rule.</summary>
    public override string ToString() =>
        Gauges == GaugeRule.Last ? NameOf(Mode) : $"{NameOf(Mode)}, {GaugesKey}{NameOf(Gauges)}";

    private static string NameOf<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static bool TryParseName<T>(string text, out T value)
        where T : struct, Enum
    {
        foreach (T defined in Enum.GetValues<T>())
        {
            if (NameOf(defined) == text)
            {
                value = defined;
                return true;
            }
        }
        value = default;
        return false;
    }
}
