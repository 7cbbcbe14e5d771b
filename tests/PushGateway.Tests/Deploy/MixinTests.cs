using System.Text.Json.Nodes;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Deploy;

/// <summary>deploy/mixin has the alert rules and the dashboard, as jsonnet reads it.</summary>
public sealed class MixinTests
{
    private static readonly string Mixin = Repository.PathOf("deploy", "mixin", "mixin.libsonnet");

    [Fact]
    public async Task Alerts_OfTheMixin_AreThoseOfTheRules()
    {
        JsonNode alerts = await EvaluateAsync("prometheusAlerts");

        IEnumerable<string> names = alerts["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray())
            .Select(rule => rule!["alert"]!.GetValue<string>());
        string rules = await File.ReadAllTextAsync(
            Repository.PathOf("deploy", "prometheus", "pushgateway.rules.yml"), TestContext.Current.CancellationToken);
        Assert.Equal(16, names.Count());
        Assert.All(names, name => Assert.Contains($"- alert: {name}\n", rules, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dashboard_OfTheMixin_IsTheFile()
    {
        JsonNode dashboards = await EvaluateAsync("grafanaDashboards");

        Assert.Equal("pushgateway", dashboards["pushgateway.json"]!["uid"]!.GetValue<string>());
    }

    private static async Task<JsonNode> EvaluateAsync(string field)
    {
        ToolResult result = await ChildProcess.RunAsync(
            Tool.PathOrSkip("jsonnet", "jsonnet"), ["-e", $"(import '{Mixin}').{field}"]);
        return JsonNode.Parse(result.OutputOfSuccess())!;
    }
}
