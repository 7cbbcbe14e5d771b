using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Kill;

/// <summary>What a scrape shows of the clients' groups.</summary>
internal sealed partial class ScrapedGroups
{
    private readonly Dictionary<(int Client, int Group), GroupState> _groups = [];

    public ScrapedGroups(string scrape)
    {
        IEnumerable<IGrouping<(int Client, int Group, string Name), Match>> samples = Sample().Matches(scrape).GroupBy(match => (
            Client: Number(match, "client"), Group: Number(match, "instance"), Name: match.Groups["name"].Value));
        foreach (IGrouping<(int Client, int Group, string Name), Match> family in samples)
        {
            (int client, int group, string name) = family.Key;
            GroupState state = _groups.GetValueOrDefault((client, group), GroupState.Empty);
            double value = Assert.Single(family.Select(match => Value(match)).Distinct());
            _groups[(client, group)] = name switch
            {
                "push_time_seconds" => state with { Pushed = Moment.At(value) },
                "push_failure_time_seconds" => state with { Failed = Moment.At(value) },
                _ => state with { Values = state.Values.Add(name, Whole(name, family.Count(), value)) },
            };
        }
    }

    /// <summary>Null if the group is not stored.</summary>
    public GroupState? this[int client, int group] => _groups.GetValueOrDefault((client, group));

    private static int Whole(string name, int series, double value)
    {
        Assert.Equal(Family.All.Single(family => family.Name == name).Series, series);
        return (int)value;
    }

    private static int Number(Match match, string label) =>
        int.Parse(match.Groups[label].Value, CultureInfo.InvariantCulture);

    private static double Value(Match match) =>
        double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        """^(?<name>\w+)\{client="(?<client>\d+)",(i="\d+",)?instance="(?<instance>\d+)",job="kill"\} (?<value>\S+)$""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Sample();
}
