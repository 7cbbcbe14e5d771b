namespace PushGateway.Core.Model;

/// <summary>Why a push was refused: the text that its client is shown.</summary>
public sealed record PushError(string Message)
{
    /// <summary>An error of the text parser. <paramref name="line"/> counts from 1.</summary>
    public static PushError AtLine(int line, string message) =>
        new($"text format parsing error in line {line}: {message}") { Line = line };

    /// <summary>The line of the body at fault, from 1; null where the error is not about a line.</summary>
    public int? Line { get; init; }

    /// <summary>The limit that the push is beyond, if that is why.</summary>
    public LimitKind Limit { get; init; }

    public override string ToString() => Message;
}
