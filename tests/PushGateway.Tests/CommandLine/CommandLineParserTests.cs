using PushGateway.CommandLine;
using PushGateway.Core.Persistence.Journal;
using Xunit;

namespace PushGateway.Tests.CommandLine;

public class CommandLineParserTests
{
    private static readonly BuildInfo Build = new("1.2.3", "r", "b", "u", "d", "10.0.0", "linux/amd64");

    [Fact]
    public void Parse_NoArguments_GivesDefaults() =>
        Assert.Equal(new GatewayOptions().ToFlagValues(), ParseOptions().ToFlagValues());

    [Fact]
    public void Parse_EveryFlag_IsTaken()
    {
        GatewayOptions options = ParseOptions(
            "--web.listen-address=:1", "--web.listen-address", "[::1]:2", "--web.systemd-socket", "--web.config.file=c",
            "--web.telemetry-path=/t", "--web.external-url=http://h/e", "--web.route-prefix=/r",
            "--web.enable-lifecycle", "--web.enable-admin-api", "--persistence.file=p",
            "--persistence.interval=1h30m5.5s", "--push.disable-consistency-check", "--push.enable-utf8-names",
            "--log.level=WARN", "--log.format=json");
        string[] expected =
        [
            "log.format=json", "log.level=warn", "persistence.file=p", "persistence.interval=1h30m5.5s",
            "push.disable-consistency-check=true", "push.enable-utf8-names=true", "web.config.file=c",
            "web.enable-admin-api=true", "web.enable-lifecycle=true", "web.external-url=http://h/e",
            "web.listen-address=:1,[::1]:2", "web.route-prefix=/r", "web.systemd-socket=true", "web.telemetry-path=/t",
        ];
        Assert.Equal(expected, options.ToFlagValues().Select(flag => $"{flag.Key}={flag.Value}"));
    }

    [Theory]
    [InlineData("/x", "--web.telemetry-path=/x")]
    [InlineData("/x", "--web.telemetry-path", "/x")]
    [InlineData("", "--web.telemetry-path=")]
    [InlineData("", "--web.telemetry-path", "")]
    [InlineData("/a=b:c", "--web.telemetry-path=/a=b:c")]
    [InlineData("\"/q\"", "--web.telemetry-path=\"/q\"")]
    [InlineData(" / ", "--web.telemetry-path= / ")]
    [InlineData("-x", "--web.telemetry-path=-x")]
    [InlineData("--help", "--web.telemetry-path=--help")]
    [InlineData("@file", "--web.telemetry-path=@file")]
    [InlineData("-x", "--web.telemetry-path", "--", "-x")]
    // One dash, as in the releases before 0.9.
    [InlineData("/x", "-web.telemetry-path=/x")]
    [InlineData("/x", "-web.telemetry-path", "/x")]
    public void Parse_Value_IsTakenToTheLetter(string value, params string[] args) =>
        Assert.Equal(value, ParseOptions(args).TelemetryPath);

    [Theory]
    [InlineData(true, "--web.enable-lifecycle")]
    [InlineData(true, "-web.enable-lifecycle")]
    [InlineData(true, "--web.enable-lifecycle", "--")]
    [InlineData(false, "--no-web.enable-lifecycle")]
    [InlineData(false, "-no-web.enable-lifecycle")]
    public void Parse_BooleanFlag_IsSetOrNegated(bool value, params string[] args) =>
        Assert.Equal(value, ParseOptions(args).EnableLifecycle);

    [Theory]
    // Unknown flags.
    [InlineData("unknown long flag '--no-such-flag'", "--no-such-flag")]
    [InlineData("unknown long flag '--no.such'", "--no.such=1")]
    [InlineData("unknown long flag '--web.listen'", "--web.listen=:0")]
    [InlineData("unknown long flag '--no-log.level'", "--no-log.level=info")]
    [InlineData("unknown long flag '--no-no-web.enable-lifecycle'", "--no-no-web.enable-lifecycle")]
    [InlineData("unknown long flag '---x'", "---x")]
    [InlineData("unknown long flag '--'", "--=x")]
    [InlineData("unknown short flag '-x'", "-x")]
    [InlineData("unknown short flag '-x'", "-hx")]
    [InlineData("unknown short flag '-='", "-h=1")]
    [InlineData("unknown short flag '-'", "-")]
    [InlineData("unknown short flag '-é'", "-é")]
    [InlineData("unknown short flag '-w'", "-web.listen")]
    // Values in excess or missing.
    [InlineData("unexpected extra", "extra")]
    [InlineData("unexpected one", "--web.enable-lifecycle", "one", "two")]
    [InlineData("unexpected ", "")]
    [InlineData("unexpected true", "--web.enable-lifecycle=true")]
    [InlineData("unexpected ", "--web.enable-lifecycle=")]
    [InlineData("unexpected 1", "--help=1")]
    [InlineData("unexpected --help", "--", "--help")]
    [InlineData("unexpected @file", "--", "@file")]
    [InlineData("expected argument for flag '--log.level'", "--log.level")]
    [InlineData("expected argument for flag '--log.level'", "--log.level", "-x")]
    [InlineData("expected argument for flag '--log.level'", "--log.level", "--log.format")]
    [InlineData("expected argument for flag '--log.level'", "-log.level")]
    // Repeated flags.
    [InlineData("flag 'web.telemetry-path' cannot be repeated", "--web.telemetry-path=/a", "--web.telemetry-path=/b")]
    [InlineData("flag 'web.enable-lifecycle' cannot be repeated", "--web.enable-lifecycle", "--web.enable-lifecycle")]
    [InlineData("flag 'web.enable-lifecycle' cannot be repeated", "--no-web.enable-lifecycle", "-web.enable-lifecycle")]
    // Wrong values.
    [InlineData("unrecognized log level loud", "--log.level=loud")]
    [InlineData("unrecognized log level warning", "--log.level=warning")]
    [InlineData("unrecognized log level ", "--log.level=")]
    [InlineData("unrecognized log format xml", "--log.format=xml")]
    [InlineData("unrecognized log format JSON", "--log.format=JSON")]
    [InlineData("time: invalid duration \"soon\"", "--persistence.interval=soon")]
    [InlineData(
        "invalid size \"much\": must be a number of bytes, such as 1024, 64MB or 256MiB",
        "--persistence.journal-max-size=much")]
    [InlineData("must be always, interval or never, not often", "--persistence.fsync=often")]
    [InlineData("invalid URL: parse \":bad\": missing protocol scheme", "--web.external-url=:bad")]
    // The first of several: unknown flags before values, and those in their order.
    [InlineData("unknown long flag '--nope'", "--log.level=loud", "--nope")]
    [InlineData("unknown long flag '--nope'", "--help", "--nope")]
    [InlineData("unrecognized log level loud", "--log.level=loud", "--log.format=xml")]
    [InlineData("unrecognized log format xml", "--log.format=xml", "--log.level=loud")]
    [InlineData("unrecognized log level loud", "--log.level=loud", "--log.level=info")]
    [InlineData("flag 'log.level' cannot be repeated", "--log.level=info", "--log.level=loud")]
    [InlineData("flag 'log.level' cannot be repeated", "--log.level=info", "--log.level=info", "--log.format=xml")]
    // Argument files.
    [InlineData("expected @ file to expand arguments from", "@")]
    [InlineData(
        "failed to open arguments file \"no/such\": open no/such: no such file or directory", "@no/such")]
    [InlineData("failed to read arguments from \"/\": read /: is a directory", "@/")]
    public void Parse_Wrong_PrintsUpstreamsError(string error, params string[] args)
    {
        var expected = new CommandLineResult.Print(
            $"prog: error: {error}, try --help\n", OutputStream.StandardError, ExitCode: 1);
        Assert.Equal(expected, CommandLineParser.Parse(args, "prog", Build));
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("-version")]
    [InlineData("--no-version")]
    [InlineData("--version", "--nope")]
    [InlineData("--log.level=loud", "--version")]
    [InlineData("--help", "--version")]
    [InlineData("--version=x")]
    public void Parse_VersionAskedFor_PrintsIt(params string[] args)
    {
        const string Text =
            """
            pushgateway, version 1.2.3 (branch: b, revision: r)
              build user:       u
              build date:       d
              dotnet version:   10.0.0
              platform:         linux/amd64
              tags:             unknown

            """;
        var expected = new CommandLineResult.Print(Text, OutputStream.StandardOutput, ExitCode: 0);
        Assert.Equal(expected, CommandLineParser.Parse(args, "prog", Build));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-hh")]
    [InlineData("-help")]
    [InlineData("--no-help")]
    [InlineData("--help-long")]
    [InlineData("--help-long", "--nope")]
    [InlineData("-h", "--log.level=loud")]
    public void Parse_HelpAskedFor_PrintsIt(params string[] args)
    {
        CommandLineResult.Print help = Assert.IsType<CommandLineResult.Print>(CommandLineParser.Parse(args, "prog", Build));
        Assert.StartsWith("usage: prog [<flags>]\n", help.Text);
        Assert.Equal((OutputStream.StandardOutput, 0), (help.Stream, help.ExitCode));
    }

    [Fact]
    public void Parse_HelpMan_PrintsTheManualPage()
    {
        CommandLineResult.Print page = Assert.IsType<CommandLineResult.Print>(CommandLineParser.Parse(["--help-man"], "prog", Build));
        Assert.Equal(ManPage.Render("prog", Build), page.Text);
        Assert.Equal((OutputStream.StandardOutput, 0), (page.Stream, page.ExitCode));
    }

    [Fact]
    public void Parse_Help_NamesEveryFlagWithin80Columns()
    {
        string help = ((CommandLineResult.Print)CommandLineParser.Parse(["--help"], "prog", Build)).Text;
        Assert.All(new GatewayOptions().ToFlagValues(), flag => Assert.Contains($"      --{flag.Key}", help));
        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 80, line));
        Assert.Contains("--web.listen-address=\":9091\" ...\n", help);
        Assert.Contains("--persistence.interval=\"5m0s\"\n", help);
        Assert.Contains("--log.level=\"info\" ", help);
        Assert.Contains("--persistence.journal-max-size=\"256MiB\"\n", help);
        Assert.DoesNotContain("--help-man", help);
    }

    [Fact]
    public void Parse_ArgumentsFile_StandsForItsLines()
    {
        string inner = Path.GetTempFileName();
        string outer = Path.GetTempFileName();
        try
        {
            File.WriteAllText(inner, "--web.telemetry-path\n/t\n");
            File.WriteAllText(outer, $"# comment\n@{inner}\n--log.level=debug\n");
            GatewayOptions options = ParseOptions($"@{outer}", "--log.format=json");
            Assert.Equal("/t", options.TelemetryPath);
            Assert.Equal(LogSeverity.Debug, options.LogLevel);
            Assert.Equal(LogFormat.Json, options.LogFormat);
        }
        finally
        {
            File.Delete(inner);
            File.Delete(outer);
        }
    }

    [Fact]
    public void Parse_ArgumentsFileNamingItself_IsAnError()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, $"@{file}\n");
            CommandLineResult.Print error = Assert.IsType<CommandLineResult.Print>(CommandLineParser.Parse([$"@{file}"], "prog", Build));
            Assert.Contains("too many arguments files", error.Text);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Parse_JournalFlags_AreTaken()
    {
        GatewayOptions options = ParseOptions(
            "--no-persistence.journal", "--persistence.journal-max-size=64MB", "--persistence.fsync=never");

        Assert.Equal(
            (false, 64_000_000, FsyncPolicy.Never),
            (options.EnableJournal, options.JournalMaxSize.Bytes, options.Fsync));
        Assert.Equal(256 * 1024 * 1024, ParseOptions().JournalMaxSize.Bytes);
    }

    private static GatewayOptions ParseOptions(params string[] args) =>
        Assert.IsType<CommandLineResult.Run>(CommandLineParser.Parse(args, "prog", Build)).Options;
}
