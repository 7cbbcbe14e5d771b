using System.Globalization;

namespace PushGateway.Core.Parsing;

/// <content>Sample lines: name, labels, value and timestamp.</content>
public sealed partial class TextParser
{
    /// <summary>The labels of the last sample whose line began with its name.</summary>
    private readonly LabelTemplate _template = new();

    /// <summary>sample = name blanks [labels] value; or labels with the name among them, then value</summary>
    private bool ParseSample(ref LineCursor cursor)
    {
        _families.BeginSample();
        if (!TakeMetricName(ref cursor, out Utf8String name))
        {
            return false;
        }
        if (name.IsEmpty)
        {
            return Fail("invalid metric name");
        }
        if (Fails(_families.SetSampleName(name)))
        {
            return false;
        }
        if (_template.TryTake(ref cursor, _families.BoundName, _families.Labels))
        {
            cursor.SkipBlanks();
            return !Fails(_families.EndLabels()) && ParseValue(ref cursor);
        }
        _template.Begin(cursor, _families.BoundName);
        cursor.SkipBlanks();
        if (cursor.Current != '{')
        {
            return !Fails(_families.EndLabels()) && ParseValue(ref cursor);
        }
        return ParseLabels(ref cursor, nameInBraces: false) && ParseValue(ref cursor);
    }

    /// <summary>labels = "{" [item *("," item) [","]] "}"</summary>
    private bool ParseLabels(ref LineCursor cursor, bool nameInBraces)
    {
        cursor.Skip();
        while (true)
        {
            cursor.SkipBlanks();
            if (cursor.Current == '}')
            {
                break;
            }
            if (IsTruncated(cursor) || !ParseItem(ref cursor, nameInBraces))
            {
                return false;
            }
            if (cursor.Current == '}')
            {
                break;
            }
            cursor.Skip();
        }
        cursor.Skip();
        if (nameInBraces)
        {
            // A name in braces can change which label is the bound, so the template is not reusable.
            _template.Clear();
        }
        else
        {
            _template.End(cursor);
        }
        if (Fails(_families.EndLabels()))
        {
            return false;
        }
        cursor.SkipBlanks();
        return true;
    }

    /// <summary>item = label | name; leaves the cursor at the comma or brace</summary>
    private bool ParseItem(ref LineCursor cursor, bool nameInBraces)
    {
        if (!TakeLabelName(ref cursor, out Utf8String name))
        {
            return false;
        }
        if (name.IsEmpty)
        {
            return Fail($"invalid label name for metric {Quote(_families.FamilyName)}");
        }
        cursor.SkipBlanks();
        if (IsTruncated(cursor))
        {
            return false;
        }
        if (cursor.Current == '=')
        {
            cursor.Skip();
            return ParseLabelValue(ref cursor, name);
        }
        if (!nameInBraces)
        {
            return Fail($"expected '=' after label name, found {GoQuote.QuoteByte((byte)cursor.Current)}");
        }
        if (_families.SampleHasName)
        {
            return Fail($"multiple metric names for metric {Quote(_families.FamilyName)}");
        }
        if (cursor.Current is not (',' or '}'))
        {
            return Fail($"unexpected end of metric name {GoQuote.QuoteByte((byte)cursor.Current)}");
        }
        return !Fails(_families.SetSampleName(name));
    }

    /// <summary>label = name "=" quoted</summary>
    private bool ParseLabelValue(ref LineCursor cursor, Utf8String name)
    {
        if (Fails(_families.AddLabel(name)))
        {
            return false;
        }
        cursor.SkipBlanks();
        if (IsTruncated(cursor))
        {
            return false;
        }
        if (cursor.Current != '"')
        {
            return Fail(
                $"expected '\"' at start of label value, found {GoQuote.QuoteByte((byte)cursor.Current)}");
        }
        cursor.Skip();
        _template.AddLabel(cursor, name);
        if (!cursor.TryTakeQuoted(out Utf8String value, out QuoteFault fault))
        {
            return FailQuoted("label value", value, fault);
        }
        _template.EndValue(cursor);
        if (Fails(_families.SetLabelValue(name, value)))
        {
            return false;
        }
        cursor.SkipBlanks();
        return !IsTruncated(cursor)
            && (cursor.Current is ',' or '}' || Fail($"unexpected end of label value {Quote(value.Span)}"));
    }

    /// <summary>value = float [blanks timestamp]</summary>
    private bool ParseValue(ref LineCursor cursor)
    {
        Utf8String token = cursor.TakeToken();
        if (IsTruncated(cursor))
        {
            return false;
        }
        if (!GoNumber.TryParse(token.Span, out double value))
        {
            return Fail($"expected float as value, got {Quote(token.Span)}");
        }
        return !Fails(_families.SetValue(value))
            && (cursor.Current == LineCursor.NewLine || ParseTimestamp(ref cursor));
    }

    /// <summary>timestamp = integer, at the end of the line</summary>
    private bool ParseTimestamp(ref LineCursor cursor)
    {
        cursor.SkipBlanks();
        Utf8String token = cursor.TakeToken();
        if (IsTruncated(cursor))
        {
            return false;
        }
        if (!long.TryParse(
            token.Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long milliseconds)
            || token.Span.Contains((byte)0))
        {
            return Fail($"expected integer as timestamp, got {Quote(token.Span)}");
        }
        _families.SetTimestamp(milliseconds);
        Utf8String rest = cursor.TakeRest();
        return !IsTruncated(cursor)
            && (rest.IsEmpty || Fail($"spurious string after timestamp: {Quote(rest.Span)}"));
    }

    private bool TakeLabelName(ref LineCursor cursor, out Utf8String name) =>
        cursor.TryTakeLabelName(out name, out QuoteFault fault) || FailQuoted("label name", name, fault);
}
