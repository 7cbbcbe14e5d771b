namespace PushGateway.Core.Exposition;

/// <summary>Escapes label names. Unlike the text format, OpenMetrics has no colons in them.</summary>
internal static class OpenMetricsLabels
{
    public static LabelSet Escape(ReadOnlySpan<Label> labels, NameEscaping scheme)
    {
        var escaped = new Label[labels.Length];
        for (int i = 0; i < escaped.Length; i++)
        {
            escaped[i] = labels[i] with { Name = EscapeName(labels[i].Name, scheme) };
        }
        return escaped;
    }

    public static bool AreDistinct(ReadOnlySpan<Label> labels)
    {
        var names = new HashSet<Utf8String>();
        foreach (ref readonly Label label in labels)
        {
            if (!names.Add(label.Name))
            {
                return false;
            }
        }
        return true;
    }

    private static Utf8String EscapeName(Utf8String name, NameEscaping scheme)
    {
        Utf8String escaped = NameEscaper.Escape(name, scheme);
        if (scheme == NameEscaping.None || !escaped.Span.Contains((byte)':'))
        {
            return escaped;
        }
        string text = escaped.ToString();
        bool isWhole = scheme == NameEscaping.Values && escaped == name;
        return new Utf8String(scheme switch
        {
            NameEscaping.Underscores => text.Replace(":", "_", StringComparison.Ordinal),
            NameEscaping.Dots => text.Replace(":", "__", StringComparison.Ordinal),
            _ => (isWhole ? "U__" + text.Replace("_", "__", StringComparison.Ordinal) : text).Replace(":", "_3a_", StringComparison.Ordinal),
        });
    }
}
