using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using PushGateway.Core.Query.Selectors;

namespace PushGateway.CommandLine;

/// <summary>A regular expression for origins of web pages. As in Prometheus, it must match the whole origin.</summary>
internal sealed class OriginPattern
{
    /// <summary>Matches no origin.</summary>
    public static readonly OriginPattern None = new("", null);

    private readonly string _text;
    private readonly Regex? _regex;

    private OriginPattern(string text, Regex? regex)
    {
        _text = text;
        _regex = regex;
    }

    public bool IsNone => _regex is null;

    /// <summary>Whether it obviously matches every origin.</summary>
    public bool IsAny => _text == ".*";

    // pattern := "" | regular expression
    public static bool TryParse(string text, out OriginPattern pattern, [NotNullWhen(false)] out string? error)
    {
        pattern = None;
        error = null;
        if (text.Length == 0)
        {
            return true;
        }
        if (!GoRegex.TryCreate(text, out Regex? regex, out string? fault))
        {
            error = $"invalid regular expression {GoQuote.QuoteAscii(text)}: {fault}";
            return false;
        }
        pattern = new OriginPattern(text, regex);
        return true;
    }

    public bool Matches(string origin) => _regex is not null && _regex.IsMatch(origin);

    public override string ToString() => _text;
}
