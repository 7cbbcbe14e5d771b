using PushGateway.CommandLine;
using Xunit;

namespace PushGateway.Tests.CommandLine;

public sealed class ManPageTests
{
    private static readonly string Page = ManPage.Render("pushgateway", new BuildInfo("1.2.3", "r", "b", "u", "d", "10.0.0", "linux/amd64"));

    [Fact]
    public void Render_EveryFlagAndCommand_IsOnThePage()
    {
        string[] flags = [.. FlagTable.All.Where(flag => !flag.IsHidden).Select(flag => flag.Name)];

        Assert.True(flags.Length > 40);
        Assert.All(flags, flag => Assert.Contains($"{flag.Replace("-", "\\-", StringComparison.Ordinal)}\\fR", Page, StringComparison.Ordinal));
        Assert.All(CliCommand.All, command => Assert.Contains($"\\fB{command.Name}\\fR", Page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(".TH pushgateway 1 \"\" \"pushgateway 1.2.3\" \"User Commands\"\n")]
    [InlineData("\\fB\\-\\-log.level\\fR=\\fIdebug|info|warn|error\\fR\n")]
    [InlineData(" Default: 5m0s\n")]
    [InlineData("\\e.")]
    public void Render_Any_Has(string text) => Assert.Contains(text, Page, StringComparison.Ordinal);

    /// <summary>roff takes a line that begins with a dot or an apostrophe for a request.</summary>
    [Fact]
    public void Render_LineThatBeginsWithADot_IsARequest() => Assert.All(
        Page.Split('\n').Where(line => line.StartsWith('.') || line.StartsWith('\'')),
        line => Assert.Matches("^\\.(TH|SH|TP|B|br)( |$)", line));
}
