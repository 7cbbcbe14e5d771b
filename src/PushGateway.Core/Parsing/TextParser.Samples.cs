using System.Globalization;
using PushGateway.Core.Model;

namespace PushGateway.Core.Parsing;

/// <content>Lines that are samples: name, labels, value and timestamp.</content>
public sealed partial class TextParser
{
    /// <summary>That of the last sample whose line began with its name.</summary>
    private readonly LabelTemplate _shape = new();

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
        if (TryReuseLabels(ref cursor))
        {
            return ParseValue(ref cursor);
        }
        _shape.Begin(cursor, _families.BoundName);
        cursor.SkipBlanks();
        if (cursor.Current != '{')
        {
            return !Fails(_families.EndLabels()) && ParseValue(ref cursor);
        }
        return ParseLabels(ref cursor, nameInBraces: false) && ParseValue(ref cursor);
    }

    /// <summary>
    /// Takes labels that are those of the sample before but for their values. False, with nothing taken, for any other,
    /// and where something is wrong with a value.
    /// </summary>
    private bool TryReuseLabels(ref LineCursor cursor)
    {
        if (_shape.LabelCount == 0 || !_shape.HasBound(_families.BoundName))
        {
            return false;
        }
        int start = cursor.Position;
        for (int i = 0; i < _shape.LabelCount; i++)
        {
            (Utf8String lead, Utf8String name) = _shape[i];
            if (!cursor.TryTake(lead)
                || !cursor.TryTakeQuoted(out Utf8String value, out _)
                || _families.SetLabelValue(name, value) is not null)
            {
                return GoBack(ref cursor, start);
            }
        }
        if (!cursor.TryTake(_shape.Tail))
        {
            return GoBack(ref cursor, start);
        }
        cursor.SkipBlanks();
        return _families.EndLabels() is null;
    }

    private bool GoBack(ref LineCursor cursor, int beforeLabels)
    {
        cursor.Position = beforeLabels;
        _families.BeginLabels();
        return false;
    }

    /// <summary>labels = "{" [item *("," item) [","]] "}"; item = label | name</summary>
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
            if (IsCutOff(cursor) || !ParseItem(ref cursor, nameInBraces))
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
            // What a name among them made of the labels, another name in front of them may not.
            _shape.Clear();
        }
        else
        {
            _shape.End(cursor);
        }
        if (Fails(_families.EndLabels()))
        {
            return false;
        }
        cursor.SkipBlanks();
        return true;
    }

    /// <summary>One label or name; afterwards the cursor stands at the comma or brace behind it.</summary>
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
        if (IsCutOff(cursor))
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
        if (IsCutOff(cursor))
        {
            return false;
        }
        if (cursor.Current != '"')
        {
            return Fail(
                $"expected '\"' at start of label value, found {GoQuote.QuoteByte((byte)cursor.Current)}");
        }
        cursor.Skip();
        _shape.AddLabel(cursor, name);
        if (!cursor.TryTakeQuoted(out Utf8String value, out QuoteFault fault))
        {
            return FailQuoted("label value", value, fault);
        }
        _shape.EndValue(cursor);
        if (Fails(_families.SetLabelValue(name, value)))
        {
            return false;
        }
        cursor.SkipBlanks();
        return !IsCutOff(cursor)
            && (cursor.Current is ',' or '}' || Fail($"unexpected end of label value {Quote(value.Span)}"));
    }

    /// <summary>value = float [blanks timestamp]</summary>
    private bool ParseValue(ref LineCursor cursor)
    {
        Utf8String token = cursor.TakeToken();
        if (IsCutOff(cursor))
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

    /// <summary>timestamp = integer, and nothing more on the line</summary>
    private bool ParseTimestamp(ref LineCursor cursor)
    {
        cursor.SkipBlanks();
        Utf8String token = cursor.TakeToken();
        if (IsCutOff(cursor))
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
        return !IsCutOff(cursor)
            && (rest.IsEmpty || Fail($"spurious string after timestamp: {Quote(rest.Span)}"));
    }

    private bool TakeLabelName(ref LineCursor cursor, out Utf8String name) =>
        cursor.TryTakeLabelName(out name, out QuoteFault fault) || FailQuoted("label name", name, fault);
}
