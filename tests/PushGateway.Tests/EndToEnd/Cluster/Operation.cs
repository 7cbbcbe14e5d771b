using System.Diagnostics;

namespace PushGateway.Tests.EndToEnd.Cluster;

/// <summary>The outcome of a request.</summary>
internal enum Fate
{
    /// <summary>No answer, or an inconclusive one. The request may take effect at any time after it was sent.</summary>
    Unknown,

    Accepted,

    /// <summary>The answer means that nothing was stored, or no server received the request.</summary>
    Rejected,
}

/// <summary>A request that sets families of one group.</summary>
/// <param name="number">Of all; also the value that it stores.</param>
/// <param name="kind">For the report.</param>
/// <param name="group">The instance label.</param>
/// <param name="effects">The families that it sets, to its number or to nothing.</param>
internal sealed class Operation(long number, string kind, string group, IReadOnlyDictionary<string, long?> effects)
{
    public long Number => number;

    public string Kind => kind;

    public string Group => group;

    public IReadOnlyDictionary<string, long?> Effects => effects;

    /// <summary>Whether its group expires some time after it.</summary>
    public bool Expires { get; init; }

    /// <summary>When it was sent, in seconds.</summary>
    public double Invoked { get; } = Now();

    /// <summary>The time by which it had taken effect.</summary>
    public double Ended { get; private set; } = double.PositiveInfinity;

    public Fate Fate { get; private set; }

    public string Answer { get; private set; } = "";

    public static double Now() => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    public void End(Fate fate, string answer)
    {
        Fate = fate;
        Answer = answer;
        Ended = fate == Fate.Unknown ? double.PositiveInfinity : Now();
    }

    public override string ToString() => FormattableString.Invariant(
        $"{kind} {number} of {group}: {Invoked:F3} to {Ended:F3} {Fate} {Answer}");
}
