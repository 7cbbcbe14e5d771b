using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store;

namespace PushGateway.Fuzz.Targets;

/// <summary>Selectors with their regular expressions, parsed and matched against a few groups.</summary>
internal sealed class SelectorTarget : FuzzTarget
{
    private static readonly MetricGroup[] Groups = [.. StoredGroups()];

    public override string Name => "selector";

    public override IReadOnlyList<byte[]> Seeds { get; } = SeedFile.Texts("selectors.json");

    public override IReadOnlyList<byte[]> Words { get; } = SeedFile.Words(
        "{", "}", "=", "!=", "=~", "!~", "\"", "'", "`", ",", "job=\"a\"", "l=~\"", "__name__", "\\", "\\x41", "\\u00e9", "\\U0001F600",
        "(?i)", "(?:", "(?P<n>", "(", ")", "[", "]", "[^", "[[:alpha:]]", "{1000}", "{2,}", "{0,1}", "*", "+", "?", "|", "^", "$", ".",
        ".*", ".+", "\\\\d", "\\\\pL", "\\\\p{Greek}", "\\\\b", "\\\\Q", "\\\\E", "é", "😀", "x", "job", "(a|b)*c", "(x+x+)+y");

    /// <summary>A repetition of a few bytes stands for up to 5,000 states, which the regular expression's automaton has each of.</summary>
    public override int BytesBesides => 64 << 20;

    public override int BytesPerByte => 10_000;

    public override void Read(byte[] input)
    {
        if (SelectorParser.TryParse(Encoding.UTF8.GetString(input), out Selector? selector, out _))
        {
            var scan = new SelectorScan(selector);
            _ = Groups.Count(scan.Matches);
        }
    }

    public override void Check(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        if (!SelectorParser.TryParse(text, out Selector? selector, out SelectorError? error))
        {
            if (error.Line < 1 || error.Column < 1 || error.Line > 1 + text.Count(c => c == '\n') || error.Column > text.Length + 1)
            {
                throw new OracleException($"an error outside of the text: {error}");
            }
            return;
        }
        if (selector.Matchers.All(matcher => NameRules.IsLegacyLabelName(matcher.Name.Span)))
        {
            string shown = selector.ToString();
            _ = SelectorParser.TryParse(shown, out Selector? again, out error);
            OracleException.ThrowIfDifferent($"a selector that was written is read differently ({error})", shown, $"{again}");
        }
        var scan = new SelectorScan(selector);
        OracleException.ThrowIfDifferent(
            "the scan selects other groups than its matchers do",
            string.Join(' ', Groups.Select(group => Selects(selector, group))),
            string.Join(' ', Groups.Select(scan.Matches)));
    }

    /// <summary>Whether one of the group's series satisfies all matchers, by the slow method.</summary>
    private static bool Selects(Selector selector, MetricGroup group)
    {
        var buffer = new CharBuffer();
        foreach (StoredFamily stored in group.Families)
        {
            MetricFamily family = stored.Decode();
            bool isSelected = family.Metrics.Exists(metric => selector.Matchers.All(matcher =>
                matcher.Matches(ValueOf(matcher.Name, family, metric).Span, buffer)));
            if (isSelected)
            {
                return true;
            }
        }
        return false;
    }

    private static Utf8String ValueOf(Utf8String name, MetricFamily family, Metric metric) =>
        name == Selector.NameLabel
            ? family.Name
            : metric.Labels.FirstOrDefault(label => label.Name == name).Value;

    private static IEnumerable<MetricGroup> StoredGroups()
    {
        (string Job, string Body)[] pushes =
        [
            ("a", "up 1\nx{l=\"1\"} 1\n"),
            ("b", "x{l=\"é😀\",a=\"b\"} 2\na:b 3\n"),
            ("nightly_1", "y{l=\"a\\\"b\\\\c\\nd\"} 1\nx{c=\"d\",a=\"" + new string('a', 1000) + "\"} 1\n"),
            ("", "z 1\n"),
        ];
        var store = new GroupStore([]);
        foreach ((string job, string body) in pushes)
        {
            _ = TextParser.TryParse(Encoding.UTF8.GetBytes(body), NameValidation.Legacy, out List<MetricFamily>? families, out _);
            store.Apply(new PushCommand(
                new GroupingKey([new Label("job", job)]), PushMode.Replace, PushCheck.Checked, families!, At: 1));
        }
        return store.Snapshot.Groups;
    }
}
