namespace PushGateway.Core.Parsing;

/// <content>Exemplars, at the end of samples.</content>
public sealed partial class OpenMetricsParser
{
    private const int MaxExemplarCharacters = 128;

    private SampleLabels? _exemplars;

    private SampleLabels ExemplarLabels => _exemplars ??= new SampleLabels(expectedCount: 1);

    /// <summary>exemplar = "# {" labels " " number [" " timestamp]</summary>
    private bool ParseExemplar(ref LineCursor cursor)
    {
        cursor.Skip();
        if (!Expect(ref cursor, ' ')
            || !Expect(ref cursor, '{')
            || !ParseExemplarLabels(ref cursor)
            || !Expect(ref cursor, ' '))
        {
            return false;
        }
        int start = cursor.Position;
        Utf8String token = cursor.TakeToken();
        if (!GoNumber.TryParse(token.Span, out double value))
        {
            return FailNumber(token, "a number as the value of the exemplar", start);
        }
        Timestamp? time = null;
        if (cursor.Current == ' ')
        {
            cursor.Skip();
            if (!TakeTime(ref cursor, out Timestamp taken))
            {
                return false;
            }
            time = taken;
        }
        var exemplar = new Exemplar { Labels = [.. ExemplarLabels.Span], Value = value, Timestamp = time };
        return !Fails(_families.SetExemplar(exemplar), start);
    }

    private bool ParseExemplarLabels(ref LineCursor cursor)
    {
        ExemplarLabels.Clear();
        int characters = 0;
        bool hasLabels = cursor.Current != '}';
        while (hasLabels)
        {
            int start = cursor.Position;
            if (!TakeLabelName(ref cursor, out Utf8String name)
                || Fails(ExemplarLabels.HasName(name) ? "each label of the exemplar once" : null, start)
                || !Expect(ref cursor, '=')
                || !Expect(ref cursor, '"')
                || !TakeToQuote(ref cursor, out Utf8String value))
            {
                return false;
            }
            characters += CharactersIn(name) + CharactersIn(value);
            bool isUtf8 = name.IsValidUtf8 && value.IsValidUtf8;
            if (Fails(isUtf8 ? null : "a label in UTF-8", start)
                || Fails(characters <= MaxExemplarCharacters ? null
                    : $"at most {MaxExemplarCharacters} characters in the labels of the exemplar", start))
            {
                return false;
            }
            ExemplarLabels.Add(new Label(name, value));
            hasLabels = cursor.Current == ',';
            if (hasLabels)
            {
                cursor.Skip();
            }
        }
        return Expect(ref cursor, '}');
    }

    private static int CharactersIn(Utf8String text)
    {
        int count = 0;
        foreach (byte value in text.Span)
        {
            // Ignores continuation bytes.
            count += (value & 0xc0) == 0x80 ? 0 : 1;
        }
        return count;
    }
}
