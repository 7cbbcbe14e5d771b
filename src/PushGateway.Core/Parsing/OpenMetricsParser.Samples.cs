namespace PushGateway.Core.Parsing;

/// <content>Sample lines: name, labels, value, timestamp and exemplar.</content>
public sealed partial class OpenMetricsParser
{
    /// <summary>The labels of the last sample whose line began with its name.</summary>
    private readonly LabelTemplate _template = new();

    /// <summary>name [labels]</summary>
    private bool ParsePlainName(ref LineCursor cursor)
    {
        Utf8String name = cursor.TakeName(NameRules.MetricNameBytes);
        if (name.IsEmpty)
        {
            return FailAt(cursor, "a metric name, or \"# \" and metadata");
        }
        if (Fails(_families.SetSampleName(name), 0))
        {
            return false;
        }
        int start = cursor.Position;
        if (_template.TryTake(ref cursor, _families.BoundName, _families.Labels))
        {
            return !Fails(_families.EndLabels(), start);
        }
        _template.Begin(cursor, _families.BoundName);
        if (cursor.Current == '{')
        {
            cursor.Skip();
            if (!ParseLabels(ref cursor, cursor.Current != '}'))
            {
                return false;
            }
            _template.End(cursor);
        }
        return !Fails(_families.EndLabels(), start);
    }

    /// <summary>"{" quoted-name *("," label) "}", as Prometheus 3 writes names outside the classic pattern</summary>
    private bool ParseQuotedName(ref LineCursor cursor)
    {
        cursor.Skip();
        int start = cursor.Position;
        if (cursor.Current != '"')
        {
            return FailAt(cursor, "a quoted metric name");
        }
        if (!TakeQuoted(ref cursor, out Utf8String name) || Fails(_families.SetSampleName(name), start))
        {
            return false;
        }
        _template.Begin(cursor, _families.BoundName);
        bool hasLabels = cursor.Current == ',';
        if (hasLabels)
        {
            cursor.Skip();
        }
        return ParseLabels(ref cursor, hasLabels) && !Fails(_families.EndLabels(), start);
    }

    /// <summary>labels = [label *("," label)] "}"</summary>
    private bool ParseLabels(ref LineCursor cursor, bool hasLabels)
    {
        while (hasLabels)
        {
            int start = cursor.Position;
            if (!TakeLabelName(ref cursor, out Utf8String name)
                || Fails(_families.AddLabel(name), start)
                || !Expect(ref cursor, '=')
                || !Expect(ref cursor, '"'))
            {
                return false;
            }
            start = cursor.Position;
            _template.AddLabel(cursor, name);
            if (!TakeToQuote(ref cursor, out Utf8String value))
            {
                return false;
            }
            _template.EndValue(cursor);
            if (Fails(_families.SetLabelValue(name, value), start))
            {
                return false;
            }
            hasLabels = cursor.Current == ',';
            if (hasLabels)
            {
                cursor.Skip();
            }
        }
        return Expect(ref cursor, '}');
    }

    /// <summary>" " number [" " timestamp] [exemplar]</summary>
    private bool ParseValue(ref LineCursor cursor)
    {
        if (!Expect(ref cursor, ' '))
        {
            return false;
        }
        int start = cursor.Position;
        Utf8String token = cursor.TakeToken();
        if (_families.IsCreated)
        {
            if (!UnixSeconds.TryParse(token.Span, out Timestamp created))
            {
                return FailNumber(token, "a time in seconds since 1970", start);
            }
            if (Fails(_families.SetCreated(created), start))
            {
                return false;
            }
        }
        else if (!GoNumber.TryParse(token.Span, out double value))
        {
            return FailNumber(token, "a number", start);
        }
        else if (Fails(_families.SetValue(value, token.Span), start))
        {
            return false;
        }
        return ParseRest(ref cursor);
    }

    /// <summary>[" " timestamp] [" # " exemplar]</summary>
    private bool ParseRest(ref LineCursor cursor)
    {
        if (cursor.Current != ' ')
        {
            return true;
        }
        if (!cursor.StartsWith(" #"u8))
        {
            cursor.Skip();
            if (!TakeTime(ref cursor, out Timestamp time))
            {
                return false;
            }
            _families.SetTimestamp(time);
        }
        if (!cursor.StartsWith(" #"u8))
        {
            return true;
        }
        cursor.Skip();
        return _families.MayHaveExemplar
            ? ParseExemplar(ref cursor)
            : FailAt(cursor, "no exemplar, which only counters and buckets have");
    }

    /// <summary>timestamp = number, in seconds</summary>
    private bool TakeTime(ref LineCursor cursor, out Timestamp time)
    {
        int start = cursor.Position;
        Utf8String token = cursor.TakeToken();
        return UnixSeconds.TryParse(token.Span, out time)
            || FailNumber(token, "a timestamp in seconds since 1970", start);
    }

    private bool TakeLabelName(ref LineCursor cursor, out Utf8String name)
    {
        if (cursor.Current == '"')
        {
            int start = cursor.Position;
            return TakeQuoted(ref cursor, out name) && !Fails(name.IsEmpty ? "a label name" : null, start);
        }
        name = cursor.TakeName(NameRules.LabelNameBytes);
        return !name.IsEmpty || FailAt(cursor, "a label name");
    }

    private bool TakeQuoted(ref LineCursor cursor, out Utf8String text)
    {
        cursor.Skip();
        return TakeToQuote(ref cursor, out text);
    }

    private bool TakeToQuote(ref LineCursor cursor, out Utf8String text) =>
        cursor.TryTakeQuoted(out text, out _) || FailAt(cursor, "a closing quote");

    private bool FailNumber(Utf8String found, string expected, int position) =>
        !Fails($"{expected}, found {GoQuote.Quote(found.Span)}", position);
}
