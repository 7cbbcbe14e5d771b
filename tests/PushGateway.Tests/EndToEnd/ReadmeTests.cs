using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>What README.md tells a newcomer to type works, and its table of flags is the program's.</summary>
public sealed partial class ReadmeTests : GatewayTests
{
    private const string AddressInReadme = "http://localhost:9091";

    private static string Text => File.ReadAllText(Repository.PathOf("README.md"));

    [Fact]
    public async Task Commands_RunInOrder_AllSucceed()
    {
        GatewayProcess gateway = await StartGatewayAsync("--web.enable-admin-api", "--web.enable-lifecycle");
        var blocks = ShellBlock().Matches(Text).Select(match => match.Groups["script"].Value)
            .Where(script => script.Contains(AddressInReadme, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(blocks);

        foreach (string? block in blocks)
        {
            // A refusal is an exit code here, and only here: the reader sees the answer itself.
            await gateway.ShellAsync(
                "curl() { command curl --fail-with-body --silent --show-error \"$@\"; }\n" +
                block.Replace(AddressInReadme, gateway.Address, StringComparison.Ordinal));
        }

        // The last command is the quit.
        Assert.Equal(0, await gateway.WaitForExitAsync());
    }

    [Fact]
    public async Task FlagTable_ComparedWithHelp_NamesTheSameFlags()
    {
        ToolResult help = await ChildProcess.RunAsync(GatewayBinary.PathOrSkip(), ["--help"]);

        IEnumerable<string> inHelp = FlagInHelp().Matches(help.Output + help.Errors).Select(match => match.Groups["flag"].Value);
        IEnumerable<string> inReadme = FlagInReadme().Matches(Text).Select(match => match.Groups["flag"].Value);

        Assert.Equal(inHelp.Order(StringComparer.Ordinal), inReadme.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("^```sh\n(?<script>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"^ {2,6}(-h, )?--(\[no-\])?(?<flag>[a-z0-9.-]+)", RegexOptions.Multiline)]
    private static partial Regex FlagInHelp();

    [GeneratedRegex(@"^\| `--(?<flag>[a-z0-9.-]+)", RegexOptions.Multiline)]
    private static partial Regex FlagInReadme();
}
