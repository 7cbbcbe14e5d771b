using PushGateway.Core.Model;

namespace PushGateway.Tools;

/// <summary>What is unwise about a family, though a push of it is taken.</summary>
internal sealed record LintProblem(Utf8String Family, string Text)
{
    /// <summary>One line, whatever the name holds.</summary>
    public override string ToString()
    {
        string name = NameRules.IsLegacyMetricName(Family.Span) ? Family.ToString() : GoQuote.Quote(Family.Span);
        return $"{name}: {Text}";
    }
}
