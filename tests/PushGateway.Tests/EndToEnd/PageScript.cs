using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;

namespace PushGateway.Tests.EndToEnd;

/// <summary>A shell block of a page in docs/, with the output that the page shows after it, if any.</summary>
internal sealed partial record PageScript(string Script, string? Output)
{
    public static IReadOnlyList<PageScript> Of(string page) =>
    [
        .. Block().Matches(File.ReadAllText(Repository.PathOf("docs", page))).Select(match => new PageScript(
            match.Groups["script"].Value, match.Groups["output"] is { Success: true } output ? output.Value : null)),
    ];

    /// <summary>The text of the first block in a language other than the shell's.</summary>
    public static string BlockOf(string page, string language)
    {
        string text = File.ReadAllText(Repository.PathOf("docs", page));
        string fence = $"\n```{language}\n";
        int start = text.IndexOf(fence, StringComparison.Ordinal) + fence.Length;
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
    }

    /// <summary>Whether the text has all parts of the shown output in their order; "…" is anything.</summary>
    public bool IsShownBy(string text)
    {
        int at = 0;
        foreach (string part in (Output ?? "").TrimEnd('\n').Split('…'))
        {
            int found = text.IndexOf(part, at, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }
            at = found + part.Length;
        }
        return true;
    }

    [GeneratedRegex("^```sh\n(?<script>.*?)^```$(\n\n```text\n(?<output>.*?)^```$)?", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
