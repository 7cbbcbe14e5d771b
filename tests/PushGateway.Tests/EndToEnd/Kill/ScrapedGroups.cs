using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Kill;

/// <summary>What a scrape shows of the clients' groups.</summary>
internal sealed partial class ScrapedGroups
{
    private readonly Dictionary<(int Client, int Group), GroupState> _groups = [];
    private readonly Dictionary<(int Client, int Group), int> _expiring;

    public ScrapedGroups(string scrape)
    {
        _expiring = Expiring().Matches(scrape).ToDictionary(
            match => (Number(match, "client"), Number(match, "instance")), match => (int)Value(match));
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

    /// <summary>The value of an <see cref="ExpiringGroup"/>; null if it is not stored.</summary>
    public int? ExpiringValue(int client, int group) =>
        _expiring.TryGetValue((client, group), out int value) ? value : null;

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

    [GeneratedRegex(
        """^expiring\{client="(?<client>\d+)",instance="(?<instance>\d+)",job="expiring"\} (?<value>\S+)$""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Expiring();
}
