using System.Text;

namespace PushGateway.CommandLine;

/// <summary>The output of --help: flags on the left, their descriptions on the right, in 80 columns.</summary>
internal static class HelpText
{
    public const string About = "Stores what short-lived jobs push, for Prometheus to scrape.";
    private const int MaxColumns = 80;
    private const int DescriptionColumn = 33;

    public static string Render(string programName)
    {
        StringBuilder page = new StringBuilder()
            .Append("usage: ").Append(programName).Append(" [<flags>]\n\n")
            .Append(About).Append("\n\n")
            .Append("--no-<flag> turns off a flag without a value. @<file> reads arguments from a\n")
            .Append("file, one per line.\n\n")
            .Append("Flags:\n");
        foreach (Flag flag in FlagTable.All.Where(flag => !flag.IsHidden))
        {
            AppendEntry(page, Head(flag), flag.Help);
        }

        page.Append("\nCommands, which use the flags above:\n");
        foreach (CliCommand command in CliCommand.All)
        {
            AppendEntry(page, $"  {command.Name} {command.Arguments}", command.Description);
        }
        return page.ToString();
    }

    private static string Head(Flag flag)
    {
        string names = $"  {(flag.ShortName is { } letter ? $"{letter}, " : "    ")}{flag.Name}";
        return flag.IsSwitch
            ? names
            : $"{names}=\"{flag.Format(new GatewayOptions())}\"{(flag.IsRepeatable ? " ..." : "")}";
    }

    private static void AppendEntry(StringBuilder page, string head, string description)
    {
        string margin = new(' ', DescriptionColumn);
        bool fits = head.Length + 2 <= DescriptionColumn;
        page.Append(fits ? head.PadRight(DescriptionColumn) : head + "\n" + margin);
        page.AppendJoin("\n" + margin, Wrap(description, MaxColumns - DescriptionColumn)).Append('\n');
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }
            line.Append(line.Length > 0 ? " " : "").Append(word);
        }
        yield return line.ToString();
    }
}
