namespace PushGateway.Core.Parsing;

/// <content>Lines that start with a hash: HELP, TYPE and comments.</content>
public sealed partial class TextParser
{
    /// <summary>Longer than the longest type.</summary>
    private const int MaxTypeBytes = 32;

    private static readonly Dictionary<string, MetricType> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["counter"] = MetricType.Counter,
        ["gauge"] = MetricType.Gauge,
        ["summary"] = MetricType.Summary,
        ["untyped"] = MetricType.Untyped,
        ["histogram"] = MetricType.Histogram,
        ["gauge_histogram"] = MetricType.GaugeHistogram,
        ["gaugehistogram"] = MetricType.GaugeHistogram,
    };

    /// <summary>comment = "#" blanks ["HELP" name docstring | "TYPE" name type | anything]</summary>
    private bool ParseComment(ref LineCursor cursor)
    {
        cursor.SkipBlanks();
        Utf8String keyword = cursor.TakeToken();
        bool isHelp = keyword.Span.SequenceEqual("HELP"u8);
        if (!isHelp && !keyword.Span.SequenceEqual("TYPE"u8))
        {
            cursor.SkipToEnd();
            return !IsTruncated(cursor);
        }
        cursor.SkipBlanks();
        if (IsTruncated(cursor) || !TakeMetricName(ref cursor, out Utf8String name))
        {
            return false;
        }
        if (cursor.Current == LineCursor.NewLine)
        {
            return true;
        }
        if (!cursor.AtBlank)
        {
            return Fail("invalid metric name in comment");
        }
        if (Fails(_families.SetFamily(name)))
        {
            return false;
        }
        cursor.SkipBlanks();
        if (IsTruncated(cursor))
        {
            return false;
        }
        return cursor.Current == LineCursor.NewLine || (isHelp ? ParseHelp(ref cursor) : ParseType(ref cursor));
    }

    private bool ParseHelp(ref LineCursor cursor)
    {
        if (_families.HasHelp)
        {
            return Fail($"second HELP line for metric name {Quote(_families.FamilyName)}");
        }
        if (!cursor.TryTakeDocstring(out Utf8String help, out QuoteFault fault))
        {
            return FailEscape(fault);
        }
        if (IsTruncated(cursor))
        {
            return false;
        }
        if (!help.IsValidUtf8)
        {
            // Unlike upstream, which accepts it and then fails every scrape.
            return Fail($"invalid help text {Quote(help.Span)}");
        }
        _families.SetHelp(help);
        return true;
    }

    private bool ParseType(ref LineCursor cursor)
    {
        if (_families.HasType)
        {
            return Fail(
                $"second TYPE line for metric name {Quote(_families.FamilyName)}, or TYPE reported after samples");
        }
        Utf8String name = cursor.TakeRest();
        if (IsTruncated(cursor))
        {
            return false;
        }
        if (name.Span.Contains((byte)'\\'))
        {
            // Upstream: ignores backslashes in a type.
            name = WithoutBackslashes(name.Span);
        }
        if (!TryFindType(name, out MetricType type))
        {
            return Fail($"unknown metric type {Quote(name.Span)}");
        }
        _families.SetType(type);
        return true;
    }

    /// <summary>Finds common types by their bytes, without creating a string.</summary>
    /// <remarks>Parsing 20 gauges with HELP and TYPE takes 5.5 µs, without the shortcut 6.5 µs.</remarks>
    private static bool TryFindType(Utf8String name, out MetricType type)
    {
        MetricType? common = name.Span switch
        {
            _ when name.Span.SequenceEqual("counter"u8) => MetricType.Counter,
            _ when name.Span.SequenceEqual("gauge"u8) => MetricType.Gauge,
            _ when name.Span.SequenceEqual("histogram"u8) => MetricType.Histogram,
            _ when name.Span.SequenceEqual("summary"u8) => MetricType.Summary,
            _ => null,
        };
        type = common ?? default;
        return common is not null || (name.Length <= MaxTypeBytes && Types.TryGetValue(name.ToString(), out type));
    }

    /// <summary>As much of a text as an error shows.</summary>
    private static Utf8String WithoutBackslashes(ReadOnlySpan<byte> text)
    {
        byte[] rest = new byte[Math.Min(text.Length - text.Count((byte)'\\'), GoQuote.MaxShownBytes + 1)];
        int count = 0;
        for (int i = 0; count < rest.Length; i++)
        {
            rest[count] = text[i];
            count += text[i] == '\\' ? 0 : 1;
        }
        return new Utf8String(rest);
    }
}
