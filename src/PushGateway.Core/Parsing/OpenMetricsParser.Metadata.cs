namespace PushGateway.Core.Parsing;

/// <content>Lines that start with a hash: TYPE, HELP and UNIT.</content>
public sealed partial class OpenMetricsParser
{
    /// <summary>metadata = "# " ("TYPE" | "HELP" | "UNIT") " " name " " text</summary>
    private bool ParseMetadata(ref LineCursor cursor)
    {
        bool isType = cursor.TryTake("# TYPE "u8);
        bool isHelp = !isType && cursor.TryTake("# HELP "u8);
        if (!isType && !isHelp && !cursor.TryTake("# UNIT "u8))
        {
            return Fail("\"# TYPE \", \"# HELP \", \"# UNIT \" or \"# EOF\"");
        }
        int start = cursor.Position;
        if (!TakeFamilyName(ref cursor, out Utf8String name)
            || Fails(_families.SetFamily(name), start)
            || !Expect(ref cursor, ' '))
        {
            return false;
        }
        start = cursor.Position;
        if (isType)
        {
            return ParseType(ref cursor, start);
        }
        return isHelp ? ParseHelp(ref cursor, start) : !Fails(_families.SetUnit(cursor.TakeRest()), start);
    }

    private bool TakeFamilyName(ref LineCursor cursor, out Utf8String name)
    {
        if (cursor.Current == '"')
        {
            return TakeQuoted(ref cursor, out name);
        }
        name = cursor.TakeName(NameRules.MetricNameBytes);
        return !name.IsEmpty || FailAt(cursor, "a metric name");
    }

    private bool ParseType(ref LineCursor cursor, int start)
    {
        Utf8String name = cursor.TakeRest();
        if (!OpenMetricsTypes.TryFind(name, out OpenMetricsType type))
        {
            string types = string.Join(", ", Enum.GetValues<OpenMetricsType>().Select(known => known.Name()));
            return !Fails($"a type of {types}; found {GoQuote.Quote(name.Span)}", start);
        }
        return !Fails(_families.SetType(type), start);
    }

    /// <summary>A quote needs no backslash: prom-client writes none, and Prometheus accepts that.</summary>
    private bool ParseHelp(ref LineCursor cursor, int start) =>
        cursor.TryTakeDocstring(out Utf8String help, out _)
            ? !Fails(_families.SetHelp(help), start)
            : FailAt(cursor, "a character after the backslash");
}
