using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>
/// The commands in docs/, run as they stand there. Those of pushing.md, examples.md, high-availability.md, tls-and-users.md, backup.md
/// and tutorial.md have their own tests.
/// </summary>
public sealed partial class DocsTests : GatewayTests
{
    private const string AddressInDocs = "http://localhost:9091";
    private const string Group = "/metrics/job/nightly/instance/a";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-docs-");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("api.md", 7)]
    [InlineData("lifecycle.md", 2)]
    [InlineData("aggregation.md", 2)]
    [InlineData("monitoring.md", 1)]
    public async Task Curl_EachExample_AnswersAsOnThePage(string page, int fewest)
    {
        GatewayProcess gateway = await StartGatewayAsync("--web.enable-admin-api");
        List<string> scripts = ScriptsOf(page).FindAll(script => script.Contains("curl", StringComparison.Ordinal));
        Assert.True(scripts.Count >= fewest, $"{scripts.Count} examples");

        foreach (string script in scripts)
        {
            await gateway.ShellAsync($"echo 'some_metric 3.14' | curl -s --data-binary @- $GATEWAY{Group}");
            string? error = ErrorAnswer().Match(script) is { Success: true } shown ? shown.Groups["answer"].Value : null;
            string fails = error is null ? "--fail-with-body" : "";

            string answer = await gateway.ShellAsync(
                $"curl() {{ command curl --silent --show-error {fails} \"$@\"; }}\n"
                + script.Replace(AddressInDocs, gateway.Address, StringComparison.Ordinal));

            Assert.True(error is null || answer == error, $"{script}\nanswers {answer}");
        }
    }

    public static TheoryData<string> PagesWithCommands() =>
    [
        .. Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md").Select(page => Path.GetFileName(page))
            .Where(page => page != "high-availability.md" && CommandsOf(page).Count > 0),
    ];

    [Fact]
    public void PagesWithCommands_AreFound() => Assert.True(PagesWithCommands().Count >= 9);

    [Theory]
    [MemberData(nameof(PagesWithCommands))]
    public async Task Commands_OfThePage_AllSucceed(string page)
    {
        GatewayProcess gateway = await StartGatewayAsync($"--persistence.file={PathOf("metrics")}", "--persistence.interval=10ms");
        await gateway.ShellAsync($"echo 'some_metric 3.14' | curl -s --data-binary @- $GATEWAY{Group}");
        await File.WriteAllTextAsync(PathOf("web.yml"), "basic_auth_users: {}\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            PathOf("metrics.txt"),
            "# HELP some_metric Any.\n# TYPE some_metric gauge\nsome_metric 3.14\n",
            TestContext.Current.CancellationToken);
        string rules = YamlBlock().Match(await File.ReadAllTextAsync(
            Repository.PathOf("docs", "lifecycle.md"), TestContext.Current.CancellationToken)).Groups["text"].Value;
        Assert.StartsWith("rules:", rules, StringComparison.Ordinal);
        await File.WriteAllTextAsync(PathOf("lifecycle.yml"), rules, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(PathOf("access.yml"), "roles: {}\n", TestContext.Current.CancellationToken);
        await Deadline.UntilAsync(
            Deadline.Change, "the file is written", _ => Task.FromResult(File.Exists(PathOf("metrics"))), () => gateway.Log);
        File.Copy(PathOf("metrics"), PathOf("metrics.backup"));

        foreach (string command in CommandsOf(page))
        {
            // Each test starts a server; here its flags only have to be accepted. ClusterToolTests run the commands of a cluster.
            string[] words = command.Split(' ');
            bool isServer = !command.StartsWith("pushgateway inspect", StringComparison.Ordinal)
                && !command.StartsWith("pushgateway check", StringComparison.Ordinal)
                && !command.Contains("--healthcheck", StringComparison.Ordinal)
                && words[1] != "cluster";
            await gateway.ShellAsync(
                $"pushgateway() {{ '{GatewayBinary.PathOrSkip()}' \"$@\" {(isServer ? "--help" : "")}; }}\ncd '{_folder.FullName}'\n"
                + (words[1] == "cluster" ? $"pushgateway cluster {words[2]} --help" : command)
                    .Replace("/var/lib/pushgateway/", PathOf(""), StringComparison.Ordinal)
                    .Replace("/etc/pushgateway/", PathOf(""), StringComparison.Ordinal)
                    .Replace(":9091", $"127.0.0.1:{gateway.Port}", StringComparison.Ordinal));
        }
    }

    private static List<string> CommandsOf(string page) =>
        [.. ScriptsOf(page).SelectMany(script => script.Split('\n'))
            .Where(line => line.StartsWith("pushgateway ", StringComparison.Ordinal))];

    private static List<string> ScriptsOf(string page) =>
        [.. ShellBlock().Matches(File.ReadAllText(Repository.PathOf("docs", page)))
            .Select(match => match.Groups["script"].Value)];

    private string PathOf(string name) => $"{_folder.FullName}/{name}";

    [GeneratedRegex("^```sh\n(?<script>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("^```yaml\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex("""^# (?<answer>\{"status":"error".*)$""", RegexOptions.Multiline)]
    private static partial Regex ErrorAnswer();
}
