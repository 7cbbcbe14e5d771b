using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;
using YamlDotNet.Serialization;

namespace PushGateway.Tests.Deploy;

/// <summary>The table in the chart's README lists the values of values.yaml with their defaults.</summary>
public sealed partial class ChartReadmeTests
{
    private static readonly string Chart = Repository.PathOf("deploy", "helm", "prometheus-pushgateway");

    [Fact]
    public void Table_ComparedWithValues_HasEachWithItsDefault()
    {
        Dictionary<string, object?> values = new DeserializerBuilder().Build()
            .Deserialize<Dictionary<string, object?>>(File.ReadAllText(Path.Combine(Chart, "values.yaml")));
        var rows = Row().Matches(File.ReadAllText(Path.Combine(Chart, "README.md")))
            .SelectMany(row => Name().Matches(row.Groups["names"].Value), (row, name) => (Name: name.Groups["name"].Value, Default: row.Groups["default"].Value))
            .ToList();

        Assert.True(rows.Count > 70);
        Assert.All(rows.Where(row => row.Default.StartsWith('`')), row => Assert.Equal(row.Default.Trim('`'), TextOf(Find(values, row.Name))));
        Assert.All(values.Keys, key => Assert.Contains(rows, row => row.Name == key || row.Name.StartsWith(key + ".", StringComparison.Ordinal)));
    }

    private static object? Find(Dictionary<string, object?> values, string path)
    {
        string[] keys = path.Split('.');
        return keys[1..].Aggregate(values[keys[0]], (node, key) => ((Dictionary<object, object?>)node!)[key]);
    }

    private static string TextOf(object? value) => value switch
    {
        null or "" => "\"\"",
        Dictionary<object, object?> { Count: 0 } => "{}",
        List<object?> list => $"[{string.Join(", ", list)}]",
        _ => value.ToString()!,
    };

    [GeneratedRegex(@"(?m)^\| (?<names>`[^|]+) \| (?<default>[^|]+) \| ")]
    private static partial Regex Row();

    [GeneratedRegex("`(?<name>[A-Za-z.]+)`")]
    private static partial Regex Name();
}
