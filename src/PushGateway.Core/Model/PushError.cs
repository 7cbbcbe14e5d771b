namespace PushGateway.Core.Model;

/// <summary>The reason for rejecting a push, as shown to the client.</summary>
public sealed record PushError(string Message)
{
    /// <summary>An error of the text parser. <paramref name="line"/> counts from 1.</summary>
    public static PushError AtLine(int line, string message) =>
        new($"text format parsing error in line {line}: {message}") { Line = line };

    /// <summary>An error of the OpenMetrics parser.</summary>
    /// <param name="line">Counts from 1.</param>
    /// <param name="column">In characters, from 1.</param>
    /// <param name="expected">What the body should have there.</param>
    public static PushError AtColumn(int line, int column, string expected) =>
        new($"openmetrics format parsing error in line {line}, column {column}: expected {expected}") { Line = line };

    /// <summary>The invalid line of the body, from 1; null if the error does not concern a line.</summary>
    public int? Line { get; init; }

    /// <summary>The exceeded limit, if any.</summary>
    public LimitKind Limit { get; init; }

    /// <summary>
    /// Whether the push cannot be merged with the stored families. This is an error even without the consistency check.
    /// </summary>
    public bool IsOfMerge { get; init; }

    /// <summary>A line after the message with the probable cause and its remedy. May be empty.</summary>
    public string Hint { get; init; } = "";

    /// <summary>The message, followed by the hint on its own line.</summary>
    public string MessageWithHint => WithHint(Message, Hint);

    public static string WithHint(string message, string hint) => hint.Length == 0 ? message : $"{message}\n{hint}";

    public override string ToString() => Message;
}

/// <summary>The limit that a rejected push exceeds.</summary>
public enum LimitKind
{
    None,

    /// <summary>Bytes of the body, compressed or not.</summary>
    BodySize,

    /// <summary>Series of the push.</summary>
    Series,

    /// <summary>Labels of a series.</summary>
    Labels,

    /// <summary>Bytes of a name.</summary>
    NameLength,

    /// <summary>Bytes of a label's value.</summary>
    ValueLength,

    /// <summary>Total stored series.</summary>
    StoredSeries,

    /// <summary>Total stored groups.</summary>
    StoredGroups,

    /// <summary>Series of the push, by a rule for its group.</summary>
    RuleSeries,

    /// <summary>Stored groups of a rule.</summary>
    RuleGroups,
}
