using System.Text.RegularExpressions;
using PushGateway.CommandLine;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests;

/// <summary>Pages, files in deploy/, help texts and comments use the words of the field: accept, reject, persist, report.</summary>
public sealed partial class ProseTests
{
    /// <summary>Results are records of their time; golden files come from templates.</summary>
    private static readonly string[] NotOurs = ["artifacts", "bin", "obj", "node_modules", ".git", "results", "golden"];

    public static TheoryData<string> Files()
    {
        string[] forms = [".md", ".yml", ".yaml", ".conf", ".cfg", ".default", ".service", ".sh", ".tpl", ".txt"];
        string[] folders = ["docs", "deploy", ".github"];
        return
        [
            .. Directory.EnumerateFiles(Repository.Root, "*.md")
                .Concat(folders.SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*", SearchOption.AllDirectories)))
                .Select(file => Path.GetRelativePath(Repository.Root, file))
                .Where(file => forms.Contains(Path.GetExtension(file)) && !file.Split('/').Intersect(NotOurs).Any()),
        ];
    }

    [Fact]
    public void Files_AreFound() => Assert.True(Files().Count > 70);

    [Theory]
    [MemberData(nameof(Files))]
    public void File_Words_AreThoseOfTheField(string file)
    {
        string text = Code().Replace(File.ReadAllText(Repository.PathOf(file)), "");

        Assert.Empty(Stilted().Matches(text).Select(match => match.Value));
    }

    [Fact]
    public void HelpTexts_Words_AreThoseOfTheField()
    {
        string text = string.Join('\n', [.. FlagTable.All.Select(flag => flag.Help), .. CliCommand.All.Select(command => command.Description)]);

        Assert.Empty(Stilted().Matches(text).Select(match => match.Value));
    }

    [Fact]
    public void Comments_Words_AreThoseOfTheField()
    {
        string[] folders = ["src", "tests", "bench"];
        IEnumerable<string> stilted =
            from folder in folders
            from file in Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
            where !file.Split('/').Intersect(NotOurs).Any()
            from comment in Comment().Matches(File.ReadAllText(file))
            where Stilted().IsMatch(comment.Value)
            select $"{Path.GetFileName(file)}: {comment.Value}";

        Assert.Empty(stilted);
    }

    [Theory]
    [InlineData("A push is refused.", true)]
    [InlineData("as the Go one does", true)]
    [InlineData("a file that is kept", true)]
    [InlineData("all but for one", true)]
    [InlineData("It waits for ever", true)]
    [InlineData("for every group", false)]
    [InlineData("`connection refused`", false)]
    [InlineData("A push is rejected, and the file stays.", false)]
    public void Stilted_Sentence_IsFound(string sentence, bool isFound) =>
        Assert.Equal(isFound, Stilted().IsMatch(Code().Replace(sentence, "")));

    [GeneratedRegex("(?ms)^ *```.*?^ *```|`[^`\n]+`")]
    private static partial Regex Code();

    [GeneratedRegex(@"(?m)^[ \t]*///?.*$|(?<=[;{]\s*)//.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(
        @"\bthe Go one\b|\bmend(s|ed|ing)?\b|\blest\b|\bbut for\b|\bin vain\b|\brefus(ed|al|als)\b|\btold\b|\bkept\b|\btaken for\b|\b(is|are|was|were) taken\b"
        + @"|\bfor ever\b|\bonce more\b|\bwhoever\b|\bto the letter\b|\bnobody knows\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Stilted();
}
