using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Deploy;

/// <summary>Prometheus's own tool accepts deploy/prometheus, and its unit tests of the alert rules pass.</summary>
public sealed class PromtoolTests
{
    [Theory]
    [InlineData("check", "config", "prometheus.yml")]
    [InlineData("check", "rules", "pushgateway.rules.yml")]
    [InlineData("test", "rules", "pushgateway.rules.test.yml")]
    public async Task Promtool_DeployedFile_IsGood(string verb, string kind, string file)
    {
        string promtool = Tool.PathOrSkip("promtool", "prometheus");

        ToolResult result = await ChildProcess.RunAsync(
            promtool, [verb, kind, Repository.PathOf("deploy", "prometheus", file)]);

        Assert.Contains("SUCCESS", result.OutputOfSuccess() + result.Errors);
    }

    [Fact]
    public void RuleTests_EachAlert_IsExpectedToFire()
    {
        string rules = File.ReadAllText(Repository.PathOf("deploy", "prometheus", "pushgateway.rules.yml"));
        string tests = File.ReadAllText(Repository.PathOf("deploy", "prometheus", "pushgateway.rules.test.yml"));
        string[] alerts = [.. Names(rules, "- alert: ")];

        Assert.Equal(16, alerts.Length);
        Assert.Equal(alerts.Order(StringComparer.Ordinal), Fired(tests).Distinct().Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Names(string text, string prefix) => text.Split('\n')
        .Select(line => line.Trim())
        .Where(line => line.StartsWith(prefix, StringComparison.Ordinal))
        .Select(line => line[prefix.Length..]);

    /// <summary>The alerts that some test expects with labels, and not only to be silent.</summary>
    private static IEnumerable<string> Fired(string tests) => tests.Split("- alertname: ").Skip(1)
        .Where(test => test.Contains("exp_labels", StringComparison.Ordinal))
        .Select(test => test[..test.IndexOf('\n', StringComparison.Ordinal)]);
}
