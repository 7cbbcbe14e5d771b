using System.Globalization;
using System.Text.RegularExpressions;
using PushGateway.Tests.Deploy;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>The commands of docs/high-availability.md work, and the files and names that it mentions exist.</summary>
public sealed partial class HighAvailabilityPageTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const string Password = "change-me";

    private static string Text => File.ReadAllText(Repository.PathOf("docs", "high-availability.md"));

    [Fact]
    public async Task QuickStartAndBackup_RunInOrder_ShowThePushesOfEachReplica()
    {
        PostgresServer.BinaryOrSkip("postgres");
        Tool.PathOrSkip("psql", "postgresql-client");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("high-availability-");
        try
        {
            File.CreateSymbolicLink(Path.Combine(folder.FullName, "pushgateway"), GatewayBinary.PathOrSkip());
            string script = string.Join('\n', SectionOf("## Quick start").Concat(SectionOf("## Backup")))
                .Replace("postgres@localhost:5432", $"{PostgresServer.User}:{PostgresServer.Password}@127.0.0.1:5432/postgres", StringComparison.Ordinal)
                .Replace("pushgateway@localhost:5432", $"pushgateway:{Password}@127.0.0.1:5432", StringComparison.Ordinal)
                .Replace("localhost:5432", "127.0.0.1:5432", StringComparison.Ordinal)
                .Replace("5432", postgres.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            foreach (string port in (string[])["9091", "9092", "9093"])
            {
                script = script.Replace(
                    port, LoopbackPort.Next().ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            }

            ToolResult result = await ChildProcess.RunAsync(
                "/bin/bash",
                ["-euc", $"cd {folder.FullName}; PATH=$PWD:$PATH; trap 'kill $(jobs -p)' EXIT\n{script}\nhead -1 pushgateway.sql\n"]);

            string[] shown = [.. result.OutputOfSuccess().Split('\n').Where(line => line.StartsWith("some_metric{", StringComparison.Ordinal))];
            Assert.Equal(["some_metric{instance=\"\",job=\"nightly\"} 3.14", "some_metric{instance=\"\",job=\"nightly\"} 42"], shown);
            Assert.Contains("CREATE TABLE pushgateway.groups", await File.ReadAllTextAsync(
                Path.Combine(folder.FullName, "pushgateway.sql"), TestContext.Current.CancellationToken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task NginxBlock_OfThePage_IsValid()
    {
        string block = NginxBlock().Match(Text).Groups["text"].Value;
        Assert.Contains("hash $pushed_job", block, StringComparison.Ordinal);

        ToolResult result = await LoadBalancer.CheckNginxAsync(HostName().Replace(block, "127.0.0.1"));

        result.OutputOfSuccess();
    }

    [Fact]
    public void Alerts_OfThePage_AreTheRulesOfTheGroup()
    {
        string rules = File.ReadAllText(Repository.PathOf("deploy", "prometheus", "pushgateway.rules.yml"));
        string group = rules[rules.IndexOf("- name: pushgateway-cluster", StringComparison.Ordinal)..rules.IndexOf("- name: pushes", StringComparison.Ordinal)];

        Assert.Equal(
            AlertOfRule().Matches(group).Select(match => match.Groups["name"].Value),
            AlertOfTable().Matches(Text).Select(match => match.Groups["name"].Value));
    }

    [Fact]
    public void Answers_OfThePage_AreMessagesOfTheProgram()
    {
        string source = string.Concat(
            Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        string[] messages = [.. Answer().Matches(Text).SelectMany(match => match.Groups["text"].Value.Split("`, `"))];

        Assert.True(messages.Length >= 5);
        Assert.All(messages, message => Assert.Contains(message.Split('…')[0].Trim(' ', ';', ':'), source, StringComparison.Ordinal));
    }

    private static IEnumerable<string> SectionOf(string heading)
    {
        int start = Text.IndexOf(heading + "\n", StringComparison.Ordinal);
        int end = Text.IndexOf("\n## ", start, StringComparison.Ordinal);
        return ShellBlock().Matches(Text[start..end]).Select(match => match.Groups["script"].Value);
    }

    [GeneratedRegex("^```sh\n(?<script>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("^```nginx\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex NginxBlock();

    [GeneratedRegex(@"pushgateway-\d\.example")]
    private static partial Regex HostName();

    [GeneratedRegex(@"(?m)^ +- alert: (?<name>\w+)$")]
    private static partial Regex AlertOfRule();

    [GeneratedRegex(@"(?m)^\| `(?<name>Pushgateway\w+)` \|")]
    private static partial Regex AlertOfTable();

    [GeneratedRegex(@"(?m)^\| 503 `(?<text>[^|]+)` \|")]
    private static partial Regex Answer();
}
