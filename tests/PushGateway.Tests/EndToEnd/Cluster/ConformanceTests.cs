using System.Globalization;
using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Cluster;

/// <summary>A replica also gives the recorded answers of the Go Pushgateway, except in cases with a persistence file.</summary>
public sealed partial class ConformanceTests(PostgresServer postgres) : IClassFixture<PostgresServer>, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(12);

    /// <summary>Each gateway of the suite has a cluster of its own.</summary>
    private const string Start = "exec \"$0\" --cluster.name=conformance_$$ \"$@\"";

    private readonly string _skipFile = Path.GetTempFileName();

    public void Dispose() => File.Delete(_skipFile);

    [Fact]
    public async Task Answers_OfAReplica_AreThoseOfTheGoPushgateway()
    {
        PostgresServer.BinaryOrSkip("postgres");
        string python = Tool.PathOrSkip("python3", "python3");
        await File.WriteAllLinesAsync(_skipFile, SkippedLines(), TestContext.Current.CancellationToken);

        await using var suite = ChildProcess.Start(
            python,
            [
                "tests/conformance/run.py", "--server", $"bash -c '{Start}' '{GatewayBinary.PathOrSkip()}' {{args}}",
                "--skip-file", _skipFile, "--jobs", "2",
            ],
            Repository.PathOf(),
            ("PUSHGATEWAY_CLUSTER_POSTGRES", postgres.Url));
        int exitCode = await suite.WaitForExitAsync(Limit);

        TestContext.Current.TestOutputHelper!.WriteLine(suite.Output);
        Assert.True(exitCode == 0, suite.Output + suite.Errors);
        Match totals = Totals().Match(suite.Output);
        Assert.True(int.Parse(totals.Groups[1].ValueSpan, CultureInfo.InvariantCulture) > 500, suite.Output);
    }

    /// <summary>The lines of both files. They have no case in common.</summary>
    private static IEnumerable<string> SkippedLines()
    {
        string[] replica = File.ReadAllLines(Repository.PathOf("tests", "conformance", "skip-replica.txt"));
        string[] names = [.. replica.Select(line => NameIn(line).TrimEnd('*')).Where(name => name.Length > 0)];
        return File.ReadLines(Repository.PathOf("tests", "conformance", "skip.txt"))
            .Where(line => !names.Any(name => NameIn(line).StartsWith(name, StringComparison.Ordinal)))
            .Concat(replica);
    }

    /// <summary>The case that a line names; empty for none.</summary>
    private static string NameIn(string line) => line.Split('#')[0].TrimStart('!', ' ').TrimEnd();

    [GeneratedRegex("""^(\d+) passed, 0 failed, \d+ skipped$""", RegexOptions.Multiline)]
    private static partial Regex Totals();
}
