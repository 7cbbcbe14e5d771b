using System.Globalization;
using System.Text;

namespace PushGateway.Core.Model;

/// <summary>
/// The schemes for showing UTF-8 names to scrapers that support only legacy names: the <c>escaping</c> parameter of the
/// Accept header. Source: the Prometheus documentation of escaping schemes.
/// </summary>
public enum NameEscaping
{
    /// <summary><c>allow-utf-8</c>: no escapes, but quotes where necessary.</summary>
    None,

    /// <summary><c>underscores</c>: each invalid character becomes an underscore.</summary>
    Underscores,

    /// <summary><c>dots</c>: <c>.</c> becomes <c>_dot_</c>, <c>_</c> and other invalid characters <c>__</c>.</summary>
    Dots,

    /// <summary><c>values</c>: the prefix <c>U__</c>, and the hexadecimal code of each invalid character.</summary>
    Values,
}

/// <summary>Escapes names, and reverses <see cref="NameEscaping.Values"/>.</summary>
public static class NameEscaper
{
    private const string ValuesPrefix = "U__";

    // Upstream: writes escapes of six digits, for the last planes, but does not read them.
    private const int MaxCodePointDigits = 5;
    private const int MaxCodePoint = 0xfffff;

    /// <summary>Escapes the name of a metric, unless it is a legacy name.</summary>
    public static Utf8String Escape(Utf8String name, NameEscaping scheme) =>
        scheme == NameEscaping.None || name.IsEmpty || NameRules.IsLegacyMetricName(name.Span)
            ? name
            : Escape(name, scheme, allowsColon: true, maxCodePoint: int.MaxValue);

    /// <summary>Escapes the name of a label, unless it is a legacy name, which has no colon.</summary>
    /// <remarks>Upstream: leaves a colon as it is, so that Prometheus rejects the whole scrape.</remarks>
    public static Utf8String EscapeLabel(Utf8String name, NameEscaping scheme) =>
        scheme == NameEscaping.None || name.IsEmpty || NameRules.IsLegacyLabelName(name.Span)
            ? name
            : Escape(name, scheme, allowsColon: false, maxCodePoint: int.MaxValue);

    public static LabelSet EscapeLabels(ReadOnlySpan<Label> labels, NameEscaping scheme)
    {
        var escaped = new Label[labels.Length];
        for (int i = 0; i < escaped.Length; i++)
        {
            escaped[i] = labels[i] with { Name = EscapeLabel(labels[i].Name, scheme) };
        }
        return escaped;
    }

    /// <summary>
    /// Escapes by <see cref="NameEscaping.Values"/>, except characters whose escape <see cref="UnescapeValues"/> does
    /// not read; it leaves them as they are.
    /// </summary>
    public static Utf8String EscapeReversibly(Utf8String name) =>
        name.IsEmpty || NameRules.IsLegacyMetricName(name.Span)
            ? name
            : Escape(name, NameEscaping.Values, allowsColon: true, MaxCodePoint);

    private static Utf8String Escape(Utf8String name, NameEscaping scheme, bool allowsColon, int maxCodePoint)
    {
        var escaped = new StringBuilder(name.Length + 8);
        if (scheme == NameEscaping.Values)
        {
            escaped.Append(ValuesPrefix);
        }
        bool first = true;
        foreach (Rune rune in name.ToString().EnumerateRunes())
        {
            if (rune.Value <= maxCodePoint)
            {
                AppendEscaped(escaped, rune, first, scheme, allowsColon);
            }
            else
            {
                escaped.Append(rune.ToString());
            }
            first = false;
        }
        return new Utf8String(escaped.ToString());
    }

    /// <summary>
    /// Escapes the name and the label names of a family. Omits metrics that then have a label twice, for which Prometheus
    /// rejects the whole scrape.
    /// </summary>
    public static MetricFamily Escape(MetricFamily family, NameEscaping scheme)
    {
        if (scheme == NameEscaping.None)
        {
            return family;
        }
        return new MetricFamily
        {
            Name = Escape(family.Name, scheme),
            Type = family.Type,
            Help = family.Help,
            Unit = family.Unit,
            Metrics = EscapeMetrics(family.Metrics, scheme),
        };
    }

    private static List<Metric> EscapeMetrics(List<Metric> metrics, NameEscaping scheme) => metrics
        .ConvertAll(metric => metric.WithLabels(EscapeLabels(metric.Labels, scheme)))
        .FindAll(metric => LabelSet.AreDistinct(metric.Labels));

    /// <summary>
    /// Reverses <see cref="NameEscaping.Values"/>. Returns names without the prefix or with an invalid escape
    /// unchanged.
    /// </summary>
    public static string UnescapeValues(string name)
    {
        if (!name.StartsWith(ValuesPrefix, StringComparison.Ordinal))
        {
            return name;
        }
        ReadOnlySpan<char> rest = name.AsSpan(ValuesPrefix.Length);
        var unescaped = new StringBuilder(rest.Length);
        while (!rest.IsEmpty)
        {
            if (rest[0] != '_')
            {
                unescaped.Append(rest[0]);
                rest = rest[1..];
            }
            else if (TryTakeEscape(ref rest, out Rune rune))
            {
                unescaped.Append(rune.ToString());
            }
            else
            {
                return name;
            }
        }
        return unescaped.ToString();
    }

    private static void AppendEscaped(StringBuilder escaped, Rune rune, bool first, NameEscaping scheme, bool allowsColon)
    {
        char c = rune.IsAscii ? (char)rune.Value : '\0';
        bool allowed = char.IsAsciiLetter(c) || c == '_' || (c == ':' && allowsColon) || (char.IsAsciiDigit(c) && !first);
        switch (scheme)
        {
            case NameEscaping.Underscores:
                escaped.Append(allowed ? c : '_');
                break;
            case NameEscaping.Dots when c == '.':
                escaped.Append("_dot_");
                break;
            case NameEscaping.Dots:
                escaped.Append(allowed && c != '_' ? c.ToString() : "__");
                break;
            default:
                escaped.Append(c == '_' ? "__" : allowed ? c.ToString() : $"_{rune.Value:x}_");
                break;
        }
    }

    /// <summary>escape = "__" | "_" 1*5HEXDIG "_"</summary>
    private static bool TryTakeEscape(ref ReadOnlySpan<char> rest, out Rune rune)
    {
        rune = new Rune('_');
        int end = rest[1..].IndexOf('_');
        if (end == 0)
        {
            rest = rest[2..];
            return true;
        }
        if (end is < 0 or > MaxCodePointDigits
            || !int.TryParse(rest.Slice(1, end), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code)
            || !Rune.IsValid(code))
        {
            return false;
        }
        rune = new Rune(code);
        rest = rest[(end + 2)..];
        return true;
    }
}
