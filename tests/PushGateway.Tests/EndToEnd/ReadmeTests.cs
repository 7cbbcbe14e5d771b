using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>The commands of README.md and docs/examples.md work in their order, and docs/flags.md lists the program's flags.</summary>
public sealed partial class ReadmeTests : GatewayTests
{
    private const string AddressInPages = "http://localhost:9091";

    [Theory]
    [InlineData("README.md", 1)]
    [InlineData("docs/examples.md", 10)]
    public async Task Commands_RunInOrder_AllSucceed(string page, int fewest)
    {
        GatewayProcess gateway = await StartGatewayAsync("--web.enable-admin-api", "--web.enable-lifecycle");
        var blocks = ShellBlock().Matches(TextOf(page)).Select(match => match.Groups["script"].Value)
            .Where(script => script.Contains(AddressInPages, StringComparison.Ordinal)).ToList();
        Assert.True(blocks.Count >= fewest, $"{blocks.Count} examples");

        foreach (string? block in blocks)
        {
            // A rejection is an exit code here, and only here: the reader sees the answer itself.
            await gateway.ShellAsync(
                "curl() { command curl --fail-with-body --silent --show-error \"$@\"; }\n" +
                block.Replace(AddressInPages, gateway.Address, StringComparison.Ordinal));
        }

        if (page.StartsWith("docs", StringComparison.Ordinal))
        {
            // The last command is the quit.
            Assert.Equal(0, await gateway.WaitForExitAsync());
        }
    }

    /// <summary>CI and new users rely on these two commands: one starts the gateway, one runs all tests.</summary>
    [Fact]
    public void Readme_Blocks_HaveTheTwoCommands()
    {
        string[] commands = [.. ShellBlock().Matches(TextOf("README.md")).Select(match => match.Groups["script"].Value)];

        Assert.Contains("dotnet run -c Release --project src/PushGateway\n", commands);
        Assert.Contains("./test.sh\n", commands);
        Assert.Contains("./test.sh", File.ReadAllText(Repository.PathOf(".ci", "run")), StringComparison.Ordinal);
        Assert.InRange(TextOf("README.md").Split('\n').Length, 80, 160);
    }

    [Fact]
    public async Task FlagTable_ComparedWithHelp_NamesTheSameFlags()
    {
        ToolResult help = await ChildProcess.RunAsync(GatewayBinary.PathOrSkip(), ["--help"]);

        IEnumerable<string> inHelp = FlagInHelp().Matches(help.Output + help.Errors).Select(match => match.Groups["flag"].Value);
        IEnumerable<string> inTable = FlagInTable().Matches(TextOf("docs/flags.md")).Select(match => match.Groups["flag"].Value);

        Assert.Equal(inHelp.Order(StringComparer.Ordinal), inTable.Order(StringComparer.Ordinal));
    }

    private static string TextOf(string page) => File.ReadAllText(Repository.PathOf(page));

    [GeneratedRegex("^```sh\n(?<script>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"^ {2,6}(-h, )?--(\[no-\])?(?<flag>[a-z0-9.-]+)", RegexOptions.Multiline)]
    private static partial Regex FlagInHelp();

    [GeneratedRegex(@"^\| `--(?<flag>[a-z0-9.-]+)", RegexOptions.Multiline)]
    private static partial Regex FlagInTable();
}
