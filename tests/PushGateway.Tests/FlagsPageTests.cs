using System.Text.RegularExpressions;
using PushGateway.CommandLine;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests;

/// <summary>docs/flags.md has the flags of <see cref="FlagTable"/>, with their defaults and choices.</summary>
public sealed partial class FlagsPageTests
{
    /// <summary>Defaults that the page describes, because the option is empty.</summary>
    private static readonly Dictionary<string, string> Described = new()
    {
        ["--web.route-prefix"] = "path of the external URL",
        ["--cluster.replica"] = "host and port",
    };

    [Fact]
    public void Table_ComparedWithTheCode_HasEachFlagWithItsDefault()
    {
        var inCode = FlagTable.All.Where(flag => !flag.IsHidden).ToDictionary(flag => flag.Name, DefaultOf);

        Assert.True(inCode.Count > 40);
        Assert.Equal(
            inCode.OrderBy(flag => flag.Key, StringComparer.Ordinal),
            Rows().ToDictionary(row => row.Groups["flag"].Value, row => row.Groups["default"].Value.Trim())
                .OrderBy(flag => flag.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Table_FlagWithChoices_NamesEach()
    {
        foreach (Flag flag in FlagTable.All.Where(flag => flag.Choices.Count > 0))
        {
            string row = Rows().Single(row => row.Groups["flag"].Value == flag.Name).Value;
            Assert.All(flag.Choices, choice => Assert.Contains($"`{choice}`", row, StringComparison.Ordinal));
        }
    }

    private static string DefaultOf(Flag flag)
    {
        if (!FlagTable.IsSetting(flag))
        {
            return "";
        }
        string value = flag.Format(new GatewayOptions());
        return flag.IsSwitch ? (value == "true" ? "on" : "off")
            : value.Length > 0 ? $"`{value}`"
            : Described.GetValueOrDefault(flag.Name, "none");
    }

    private static MatchCollection Rows() => Row().Matches(File.ReadAllText(Repository.PathOf("docs", "flags.md")));

    [GeneratedRegex(@"(?m)^\| `(?<flag>--[a-z0-9.-]+)` \| (?<default>[^|]*)\| .*$")]
    private static partial Regex Row();
}
