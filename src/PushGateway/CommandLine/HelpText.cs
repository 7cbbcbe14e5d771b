using System.CommandLine;
using System.Text;
using PushGateway.Tools;

namespace PushGateway.CommandLine;

/// <summary>The page --help prints: flags on the left, what they do on the right, no line beyond 80 columns.</summary>
internal static class HelpText
{
    private const int MaxColumns = 80;
    private const int DescriptionColumn = 33;

    public static string Render(FlagDefinitions flags, string programName)
    {
        StringBuilder page = new StringBuilder()
            .Append("usage: ").Append(programName).Append(" [<flags>]\n\n")
            .Append(flags.Command.Description).Append("\n\n")
            .Append("Write --no-<flag> to turn off a flag that takes no value, @<file> to read\n")
            .Append("arguments from a file, one a line.\n\n")
            .Append("Flags:\n");
        foreach (Option flag in flags.Command.Options.Where(flag => !flag.Hidden))
        {
            AppendFlag(page, flag);
        }

        page.Append("\nCommands, which end without serving anything; their flags are those above:\n");
        foreach (CliCommand tool in CliCommand.All)
        {
            AppendEntry(page, $"  {tool.Name} {tool.Arguments}", tool.Description);
        }

        return page.ToString();
    }

    private static void AppendFlag(StringBuilder page, Option flag)
    {
        string head = "  " + (flag.Aliases.Count > 0 ? flag.Aliases.First() + ", " : "    ") + flag.Name;
        if (flag.ValueType != typeof(bool))
        {
            head += $"=\"{FlagDefinitions.DefaultText(flag)}\"{(flag.Arity.MaximumNumberOfValues > 1 ? " ..." : "")}";
        }

        AppendEntry(page, head, flag.Description ?? "");
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
