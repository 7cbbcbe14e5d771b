using System.Text;

namespace PushGateway.CommandLine;

/// <summary>The output of --help-man: a manual page for section 1, in the macros of man(7).</summary>
internal static class ManPage
{
    public static string Render(string programName, BuildInfo build)
    {
        var page = new StringBuilder();
        page.Append(".TH ").Append(Escape(programName)).Append(" 1 \"\" \"").Append(Escape($"pushgateway {build.Version}")).Append("\" \"User Commands\"\n");
        Section(page, "NAME", $"{Escape(programName)} \\- {Escape(HelpText.About.TrimEnd('.'))}");
        Section(page, "SYNOPSIS", $".B {Escape(programName)}\n[\\fIflags\\fR]\n.br\n.B {Escape(programName)}\n\\fIcommand\\fR [\\fIarguments\\fR]");
        Section(
            page,
            "DESCRIPTION",
            Escape(
                "Jobs that end before Prometheus can scrape them push their metrics to the gateway, and Prometheus scrapes the gateway. It is a"
                + " drop-in replacement for the Go Pushgateway."));
        Section(
            page,
            "OPTIONS",
            Escape(
                "A flag without a value is a switch: --no-FLAG turns it off. @FILE reads arguments from a file, one per line."));
        foreach (Flag flag in FlagTable.All.Where(flag => !flag.IsHidden))
        {
            string name = $"\\fB{Escape(flag.ShortName is { } letter ? $"{letter}, {flag.Name}" : flag.Name)}\\fR";
            Entry(page, flag.IsSwitch ? name : $"{name}=\\fI{Escape(ValueOf(flag))}\\fR", DescriptionOf(flag));
        }
        Section(page, "COMMANDS", "A command does something else than serve, and exits.");
        foreach (CliCommand command in CliCommand.All)
        {
            Entry(page, $"\\fB{Escape(command.Name)}\\fR {Escape(command.Arguments)}", command.Description);
        }
        Section(
            page,
            "SIGNALS",
            Escape(
                "SIGTERM, SIGINT and SIGQUIT stop the gateway: it finishes open requests and writes the persistence file. A second one exits"
                + " immediately. SIGHUP reloads the config files."));
        Section(
            page,
            "EXIT STATUS",
            "0 after a stop; 1 for a wrong flag, a failed start, or a persistence file that could not be written; 128 and the signal's number after"
            + " a second signal.");
        Section(page, "SEE ALSO", "\\fBprometheus\\fR(1), \\fBpromtool\\fR(1)");
        return page.ToString();
    }

    private static string ValueOf(Flag flag) =>
        flag.Choices.Count > 0 ? string.Join('|', flag.Choices) : flag.IsRepeatable ? "VALUE ..." : "VALUE";

    private static string DescriptionOf(Flag flag)
    {
        string value = FlagTable.IsSetting(flag) ? flag.Format(new GatewayOptions()) : "";
        return value.Length == 0 || (flag.IsSwitch && value == "false") ? flag.Help : $"{flag.Help} Default: {value}";
    }

    private static void Section(StringBuilder page, string title, string text) =>
        page.Append(".SH ").Append(title).Append('\n').Append(text).Append('\n');

    private static void Entry(StringBuilder page, string head, string description) =>
        page.Append(".TP\n").Append(head).Append('\n').Append(Escape(description)).Append('\n');

    /// <summary>Escapes text for roff, including dashes and a control character at its start.</summary>
    private static string Escape(string text)
    {
        string escaped = text.Replace("\\", "\\e").Replace("-", "\\-").Replace("…", "...");
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? "\\&" + escaped : escaped;
    }
}
