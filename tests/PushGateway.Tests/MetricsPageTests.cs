using System.Text.RegularExpressions;
using PushGateway.Core.Model;
using PushGateway.Http.Responses;
using PushGateway.Metrics.Process;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests;

/// <summary>docs/metrics.md has the gateway's own metrics, and no others.</summary>
public sealed partial class MetricsPageTests
{
    private static string Page => File.ReadAllText(Repository.PathOf("docs", "metrics.md"));

    [Fact]
    public void Page_ComparedWithTheCode_HasEachMetric()
    {
        string source = File.ReadAllText(Repository.PathOf("src", "PushGateway", "Metrics", "GatewayMetrics.cs"));
        string[] inCode =
        [
            .. OwnName().Matches(source).Select(name => name.Groups["name"].Value),
            .. ProcessFamilies.Reserved.Select(family => family.Name.ToString()),
            "push_time_seconds", "push_failure_time_seconds", "push_up", "push_expected_interval_seconds",
        ];

        IEnumerable<string> onPage = Row().Matches(Page)
            .SelectMany(row => Name().Matches(row.Groups["names"].Value)).Select(name => name.Groups["name"].Value);

        Assert.True(inCode.Length > 45);
        Assert.Equal(inCode.Order(StringComparer.Ordinal), onPage.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Page_ReasonsOfRejection_HaveEachLimit() => Assert.All(
        Enum.GetValues<LimitKind>().Except([LimitKind.None]),
        limit => Assert.Contains($"`{LimitResponse.Of(limit).Name}`", Page[Page.IndexOf("## Reasons", StringComparison.Ordinal)..], StringComparison.Ordinal));

    [GeneratedRegex("\"(?<name>pushgateway_[a-z_]+)\"")]
    private static partial Regex OwnName();

    [GeneratedRegex(@"(?m)^\| (?<names>`(push|process)[a-z_]+`[^|]*) \|")]
    private static partial Regex Row();

    [GeneratedRegex("`(?<name>[a-z_]+)`")]
    private static partial Regex Name();
}
