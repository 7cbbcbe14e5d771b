using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Clients;

/// <summary>The unchanged examples of docs/pushing.md all have the same effect.</summary>
public sealed partial class PushingPageTests : GatewayTests
{
    private const string AddressOnThePage = "http://localhost:9091";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-page-");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Shell_AsOnThePage_Pushes()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        string[] examples = [.. ExamplesIn("sh", gateway).Where(example => !IsOpenMetrics(example))];
        Assert.Equal(2, examples.Length);
        foreach (string example in examples)
        {
            await gateway.ShellAsync(example);
            await AssertPushedAsync(gateway);
            await gateway.ShellAsync("curl -s -X DELETE $GATEWAY/metrics/job/nightly/instance/db-1");
        }
    }

    [Fact]
    public async Task OpenMetrics_AsOnThePage_IsACounterWithAnExemplar()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await gateway.ShellAsync(Assert.Single(ExamplesIn("sh", gateway), IsOpenMetrics));

        Assert.Contains(
            "# TYPE backup_errors_total counter\nbackup_errors_total{instance=\"\",job=\"nightly\"} 1\n",
            await gateway.ScrapeAsync(),
            StringComparison.Ordinal);
        Assert.Contains(
            "\"exemplars\":[{\"labels\":{\"trace_id\":\"4bf9\"},\"value\":\"1\"}]",
            await gateway.Client.GetStringAsync("/api/v1/groups/job/nightly", TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    private static bool IsOpenMetrics(string example) => example.Contains("openmetrics-text", StringComparison.Ordinal);

    [Fact]
    public async Task Python_AsOnThePage_Pushes()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await ClientPrograms.RunPythonAsync(FileOf("python", "push.py", gateway));
        await AssertPushedAsync(gateway);
    }

    [Fact]
    public async Task Go_AsOnThePage_Pushes()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        string program = await ClientPrograms.BuildGoAsync(FileOf("go", "push.go", gateway), _folder.FullName);
        await ClientPrograms.RunAsync(program, []);
        await AssertPushedAsync(gateway);
    }

    [Fact]
    public async Task Node_AsOnThePage_Pushes()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await ClientPrograms.RunNodeAsync(FileOf("js", "push.js", gateway));
        await AssertPushedAsync(gateway);
    }

    [Fact]
    public async Task Ruby_AsOnThePage_Pushes()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        await ClientPrograms.RunRubyAsync(FileOf("ruby", "push.rb", gateway));
        await AssertPushedAsync(gateway);
    }

    [Fact]
    public async Task CSharp_AsOnThePage_Pushes()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        string example = string.Join('\n', ExampleIn("csharp", gateway).TrimEnd().Split('\n').Select(line => $"        {line}"));
        Assert.Contains(
            $"\n    {{\n{example}\n    }}\n",
            await File.ReadAllTextAsync(
                Repository.PathOf("tests", "PushGateway.Tests", "EndToEnd", "Clients", "PushExample.cs"),
                TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        await PushExample.RunAsync(gateway.Client);
        await AssertPushedAsync(gateway);
    }

    /// <summary>Every example is in a language that is run here, or said not to be.</summary>
    [Fact]
    public void Page_Examples_AreAllKnown() => Assert.Equal(
        ["csharp", "go", "javascript", "js", "powershell", "python", "ruby", "sh"],
        Examples().Select(match => match.Groups["language"].Value).Distinct().Order(StringComparer.Ordinal));

    private static async Task AssertPushedAsync(GatewayProcess gateway)
    {
        StoredGroup group = await gateway.GroupAsync();
        Assert.Equal("instance=db-1,job=nightly", group.LabelText());
        Assert.Equal(["backup_bytes"], group.Families);
        Assert.Equal("42", group.ValueOf("backup_bytes"));
        Assert.Contains(
            "\nbackup_bytes{instance=\"db-1\",job=\"nightly\"} 42\n", await gateway.ScrapeAsync(), StringComparison.Ordinal);
    }

    private string FileOf(string language, string name, GatewayProcess gateway)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, ExampleIn(language, gateway));
        return path;
    }

    private static string ExampleIn(string language, GatewayProcess gateway) =>
        Assert.Single(ExamplesIn(language, gateway));

    private static string[] ExamplesIn(string language, GatewayProcess gateway) =>
    [
        .. Examples().Where(match => match.Groups["language"].Value == language).Select(match =>
            match.Groups["text"].Value.Replace(AddressOnThePage, gateway.Address, StringComparison.Ordinal)),
    ];

    private static MatchCollection Examples() =>
        Example().Matches(File.ReadAllText(Repository.PathOf("docs", "pushing.md")));

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}
