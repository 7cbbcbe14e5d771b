using System.Globalization;
using System.Text;
using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Exposition;

/// <summary>
/// Parses an OpenMetrics 1.0 exposition according to the specification, and fails at the first violation. Shares no code with
/// the writer.
/// </summary>
internal sealed class OpenMetricsChecker
{
    private static readonly Dictionary<string, string[]> SuffixesOf = new()
    {
        ["counter"] = ["_total", "_created"],
        ["gauge"] = [""],
        ["unknown"] = [""],
        ["summary"] = ["", "_count", "_sum", "_created"],
        ["histogram"] = ["_bucket", "_count", "_sum", "_created"],
        ["gaugehistogram"] = ["_bucket", "_gcount", "_gsum"],
    };

    private readonly Dictionary<string, string> _typeOf = [];
    private readonly HashSet<string> _claimed = [];
    private readonly bool _allowsQuotes;
    private readonly List<Sample> _samples = [];

    private string _family = "";
    private string _type = "";
    private string _lastComment = "";
    private string _line = "";
    private int _at;

    private OpenMetricsChecker(bool allowsQuotes) => _allowsQuotes = allowsQuotes;

    public sealed record Sample(string Name, Label[] Labels, string Number, string? Exemplar)
    {
        public double Value => Parse(Number);
    }

    /// <summary>The type of each family; fails if the text is not valid.</summary>
    public static IReadOnlyDictionary<string, string> Check(string text, bool allowsQuotes = false)
    {
        var checker = new OpenMetricsChecker(allowsQuotes);
        Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
        string[] lines = text.Split('\n')[..^1];
        foreach (string line in lines[..^1])
        {
            checker._line = line;
            checker._at = 0;
            if (line.StartsWith("# ", StringComparison.Ordinal))
            {
                checker.ReadComment();
            }
            else
            {
                checker.ReadSample();
            }
        }
        checker.EndFamily();
        return checker._typeOf;
    }

    private static double Parse(string number) => number switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private void Require(bool holds, string rule)
    {
        if (!holds)
        {
            Assert.Fail($"{rule}: {_line}");
        }
    }

    private void ReadComment()
    {
        string word = _line.Split(' ')[1];
        _at = "# ".Length + word.Length + 1;
        string name = ReadName(isLabel: false);
        Require(_at < _line.Length && _line[_at] == ' ', "a blank follows the name");
        string rest = _line[(_at + 1)..];
        if (name != _family || word == "HELP")
        {
            EndFamily();
            Require(word is "HELP" or "TYPE", "a family begins with HELP or TYPE");
            _family = name;
            _type = "";
        }
        Require(_samples.Count == 0, "comments stand before samples");
        Require(_lastComment != word, "each comment once");
        _lastComment = word;
        switch (word)
        {
            case "HELP":
                for (int i = 0; i < rest.Length; i++)
                {
                    Require(rest[i] != '"', "quotes are escaped");
                    Require(rest[i] != '\\' || "\\n\"".Contains(rest[++i]), "only three escapes");
                }
                break;
            case "TYPE":
                Require(SuffixesOf.ContainsKey(rest), "a known type");
                _type = rest;
                break;
            case "UNIT":
                Require(_type.Length > 0 && name.EndsWith("_" + rest, StringComparison.Ordinal) && rest.Length > 0, "the unit is a suffix");
                break;
            default:
                Require(false, "an unknown comment");
                break;
        }
    }

    private void ReadSample()
    {
        Require(_type.Length > 0, "each family has a type");
        string name = "";
        List<Label> labels = [];
        if (_line[0] != '{')
        {
            name = ReadName(isLabel: false);
        }
        if (_line[_at] == '{')
        {
            name = ReadLabels(labels, name);
        }
        Require(_line[_at] == ' ', "a blank before the number");
        string[] rest = _line[(_at + 1)..].Split(" # ", 2);
        Require(!rest[0].Contains(' '), "no timestamps");
        string suffix = name.StartsWith(_family, StringComparison.Ordinal) ? name[_family.Length..] : "?";
        Require(SuffixesOf[_type].Contains(suffix), $"a suffix of a {_type}");
        var sample = new Sample(name, [.. labels], rest[0], rest.Length > 1 ? rest[1] : null);
        CheckNumber(sample, suffix);
        if (sample.Exemplar is not null)
        {
            Require((_type, suffix) is ("counter", "_total") or ("histogram" or "gaugehistogram", "_bucket"), "an exemplar is allowed");
            CheckExemplar(sample.Exemplar);
        }
        _samples.Add(sample);
    }

    private void CheckNumber(Sample sample, string suffix)
    {
        double value = sample.Value;
        bool isCount = suffix is "_bucket" or "_count" or "_gcount";
        if (isCount)
        {
            Require(value >= 0 && Math.Floor(value) == value, "counts are whole");
            Require(sample.Number.All(char.IsAsciiDigit) || value > 1e19, "counts are written as such");
        }
        else
        {
            Require(_type == "unknown" || sample.Number.IndexOfAny(['.', 'e', 'N', 'f']) >= 0, "floats have a fraction");
        }
        Require(suffix is not ("_total" or "_sum") || value >= 0, "neither negative nor NaN");
        Require(suffix != "_gsum" || !double.IsNaN(value), "not NaN");
        Require(_type != "summary" || suffix.Length > 0 || !(value < 0), "quantiles are not negative");
    }

    /// <summary>{labels} number [timestamp]</summary>
    private void CheckExemplar(string exemplar)
    {
        string line = _line;
        (_line, _at) = (exemplar, 0);
        List<Label> labels = [];
        Require(_line[0] == '{', "an exemplar has labels");
        ReadLabels(labels, name: "exemplar");
        Require(labels.Sum(label => Runes(label.Name) + Runes(label.Value)) <= 128, "128 characters");
        string[] numbers = _line[_at..].Split(' ');
        Require(numbers is ["", _] or ["", _, _], "a number, and perhaps a timestamp");
        Parse(numbers[1]);
        Require(numbers.Length == 2 || Parse(numbers[2]) >= 0, "a timestamp");
        _line = line;
    }

    private static int Runes(Utf8String text) => text.ToString().EnumerateRunes().Count();

    private string ReadLabels(List<Label> labels, string name)
    {
        _at++;
        while (_line[_at] != '}')
        {
            if (labels.Count > 0 || (name.Length > 0 && _line[0] == '{' && name != "exemplar"))
            {
                Require(_line[_at++] == ',', "a comma between labels");
            }
            bool isQuoted = _line[_at] == '"';
            string text = ReadName(isLabel: true);
            if (isQuoted && _line[_at] != '=')
            {
                Require(name.Length == 0, "one name");
                name = text;
                continue;
            }
            Require(_line[_at++] == '=', "an equals sign");
            labels.Add(new Label(text, ReadQuoted()));
        }
        _at++;
        Require(labels.DistinctBy(label => label.Name).Count() == labels.Count, "each label once");
        return name;
    }

    private string ReadName(bool isLabel)
    {
        if (_line[_at] == '"')
        {
            Require(_allowsQuotes, "no quotes here");
            return ReadQuoted();
        }
        int start = _at;
        while (_at < _line.Length && (char.IsAsciiLetterOrDigit(_line[_at]) || _line[_at] == '_' || (!isLabel && _line[_at] == ':')))
        {
            _at++;
        }
        Require(_at > start && !char.IsAsciiDigit(_line[start]), "a name");
        return _line[start.._at];
    }

    private string ReadQuoted()
    {
        var text = new StringBuilder();
        Require(_line[_at++] == '"', "a quote");
        while (_line[_at] != '"')
        {
            char c = _line[_at++];
            if (c == '\\')
            {
                c = _line[_at++];
                Require(c is '\\' or '"' or 'n', "only three escapes");
                c = c == 'n' ? '\n' : c;
            }
            text.Append(c);
        }
        _at++;
        return text.ToString();
    }

    private void EndFamily()
    {
        if (_family.Length > 0)
        {
            Require(_type.Length > 0, "each family has a type");
            Require(_typeOf.TryAdd(_family, _type), $"the family {_family} stands once");
            foreach (string name in SuffixesOf[_type].Append("").Distinct().Select(suffix => _family + suffix))
            {
                Require(_claimed.Add(name), $"no two families have the name {name}");
            }
            CheckMetrics();
        }
        _samples.Clear();
        _family = "";
        _lastComment = "";
    }

    private void CheckMetrics()
    {
        var series = new HashSet<string>();
        var metrics = new HashSet<string>();
        string current = "";
        List<Sample> group = [];
        foreach (Sample sample in _samples)
        {
            string labels = Text(sample.Labels);
            Require(series.Add(sample.Name + labels), $"the series {sample.Name}{labels} stands once");
            string metric = Text([.. sample.Labels.Where(label => !IsBound(sample, label))]);
            if (metric != current || group.Count == 0)
            {
                CheckMetric(group);
                Require(metrics.Add(metric), $"the samples of a metric {metric} stand together");
                group = [];
                current = metric;
            }
            group.Add(sample);
        }
        CheckMetric(group);
    }

    private bool IsBound(Sample sample, Label label) => label.Name.ToString() switch
    {
        "le" => _type is "histogram" or "gaugehistogram" && sample.Name == _family + "_bucket",
        "quantile" => _type == "summary" && sample.Name == _family,
        _ => false,
    };

    private static string Text(Label[] labels) =>
        string.Concat(labels.OrderBy(label => label.Name).Select(label => $"{label.Name.Length}:{label.Name}{label.Value.Length}:{label.Value}"));

    private void CheckMetric(List<Sample> samples)
    {
        if (samples.Count == 0)
        {
            return;
        }
        double[] bounds = [.. samples.SelectMany(sample => sample.Labels.Where(label => IsBound(sample, label)))
            .Select(label => Parse(label.Value.ToString()))];
        if (_type == "summary")
        {
            Require(bounds.All(rank => rank is >= 0 and <= 1), "quantiles are from 0 to 1");
            return;
        }
        if (_type is not ("histogram" or "gaugehistogram"))
        {
            return;
        }
        Sample[] buckets = [.. samples.Where(sample => sample.Name == _family + "_bucket")];
        Require(buckets.Length == bounds.Length && bounds.Length > 0, "each bucket has a bound");
        Require(double.IsPositiveInfinity(bounds[^1]), "the last bucket is +Inf");
        Require(bounds.Zip(bounds.Skip(1)).All(pair => pair.First < pair.Second), "bounds ascend");
        Require(buckets.Zip(buckets.Skip(1)).All(pair => pair.First.Value <= pair.Second.Value), "counts are cumulative");
        string g = _type == "histogram" ? "" : "g";
        Sample count = Assert.Single(samples, sample => sample.Name == $"{_family}_{g}count");
        Sample sum = Assert.Single(samples, sample => sample.Name == $"{_family}_{g}sum");
        Require(count.Value == buckets[^1].Value, "the count is that of the last bucket");
        Require(g.Length > 0 || bounds[0] >= 0, "no sum with negative buckets");
        Require(sum.Value >= 0 || bounds[0] < 0, "no negative sum without negative buckets");
    }
}
