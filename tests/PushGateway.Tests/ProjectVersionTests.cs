using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests;

/// <summary>Directory.Build.props has the version; all other places agree with it. The badges of the README are true.</summary>
public sealed partial class ProjectVersionTests
{
    public static string Version { get; } = PropsVersion().Match(TextOf("Directory.Build.props")).Groups["version"].Value;

    public static TheoryData<string, string> Places() => new()
    {
        { "CHANGELOG.md", $"\n## [{Version}] - 20" },
        { "README.md", $"[![Version {Version}]" },
        { "docs/images/version.svg", $"version: {Version}<" },
        { "deploy/helm/prometheus-pushgateway/Chart.yaml", $"\nversion: {Version}\n" },
        { "deploy/helm/prometheus-pushgateway/Chart.yaml", $"\nappVersion: \"{Version}\"\n" },
        { "deploy/kubernetes/pushgateway.yaml", $"image: pushgateway:{Version}\n" },
        { "deploy/kubernetes/cluster.yaml", $"image: pushgateway:{Version}\n" },
        { "SECURITY.md", $"({Version[..Version.LastIndexOf('.')]})" },
    };

    [Fact]
    public void Version_OfTheSource_IsThatOfTheBuild()
    {
        Assert.Matches(@"^\d+\.\d+\.\d+$", Version);
        Assert.StartsWith(Version, BuildInfo.Current.Version, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void Version_InAnotherPlace_IsTheSame(string file, string expected) =>
        Assert.Contains(expected, TextOf(file), StringComparison.Ordinal);

    [Theory]
    [InlineData("README.md", "{0} recorded answers")]
    [InlineData("CONFORMANCE.md", "{0} cases")]
    [InlineData("docs/migrating.md", "{0} recorded answers")]
    [InlineData("docs/tested.md", "{0} recorded answers")]
    [InlineData("docs/images/conformance.svg", "recorded answers: {0}<")]
    public void NumberOfRecordedAnswers_InAPage_IsTrue(string file, string form)
    {
        int recordings = Directory.EnumerateFiles(
            Repository.PathOf("tests", "conformance", "public", "recordings"), "*.json", SearchOption.AllDirectories)
            .Sum(file => CaseInRecording().Count(File.ReadAllText(file)));

        string unwrapped = TextOf(file).Replace('\n', ' ');
        Assert.Contains(form.Replace("{0}", $"{recordings}", StringComparison.Ordinal), unwrapped, StringComparison.Ordinal);
    }

    private static string TextOf(string file) => File.ReadAllText(Repository.PathOf(file));

    [GeneratedRegex("<VersionPrefix>(?<version>[^<]+)</VersionPrefix>")]
    private static partial Regex PropsVersion();

    /// <summary>A line for each.</summary>
    [GeneratedRegex("(?m)^\"[^\"]+\": \\{\"digest\"")]
    private static partial Regex CaseInRecording();
}
