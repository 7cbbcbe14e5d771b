namespace PushGateway.Tools;

/// <summary>A unit in the name of a metric.</summary>
/// <param name="Name">The unit in the metric's name: <c>milliseconds</c>.</param>
/// <param name="Base">The unit to use: <c>seconds</c>.</param>
internal readonly record struct MetricUnit(string Name, string Base)
{
    /// <summary>The base unit of each unit, including base units. Temperature and length have two base units each.</summary>
    private static readonly Dictionary<string, string> BaseOf = new[]
    {
        ("seconds", "seconds minutes hours days weeks"),
        ("bytes", "bytes bits"),
        ("celsius", "celsius fahrenheit rankine"),
        ("kelvin", "kelvin kelvins"),
        ("meters", "meters inches yards miles"),
        ("metres", "metres"),
        ("grams", "grams pounds ounces"),
        ("joules", "joules calories"),
        ("amperes", "amperes"),
        ("volts", "volts"),
    }.SelectMany(units => units.Item2.Split(' '), (units, name) => (name, units.Item1)).ToDictionary(StringComparer.Ordinal);

    private static readonly string[] Prefixes =
    [
        "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "mega", "giga", "tera", "peta",
        "kibi", "mebi", "gibi", "tebi", "pebi",
    ];

    public static IReadOnlyList<string> Abbreviations { get; } =
        ["s", "ms", "us", "ns", "sec", "m", "h", "d", "b", "kb", "mb", "gb", "tb", "pb"];

    /// <summary>The first word of a name that is a unit; null if none is.</summary>
    public static MetricUnit? FindIn(string name)
    {
        foreach (string word in name.Split('_'))
        {
            if (FindBase(word) is { } known)
            {
                return new MetricUnit(word, known);
            }
        }
        return null;
    }

    private static string? FindBase(string word)
    {
        if (BaseOf.TryGetValue(word, out string? known))
        {
            return known;
        }
        string? prefix = Array.Find(
            Prefixes,
            prefix => word.StartsWith(prefix, StringComparison.Ordinal) && BaseOf.ContainsKey(word[prefix.Length..]));
        return prefix is null ? null : BaseOf[word[prefix.Length..]];
    }
}
