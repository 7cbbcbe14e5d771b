using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests;

/// <summary>docs/messages.md explains messages that exist.</summary>
public sealed partial class MessagesPageTests
{
    private static readonly string Source = string.Concat(
        Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

    public static TheoryData<string> Messages()
    {
        var messages = new TheoryData<string>();
        string page = File.ReadAllText(Repository.PathOf("docs", "messages.md"));
        foreach (Match row in MessageCell().Matches(page[page.IndexOf("| Message |", StringComparison.Ordinal)..]))
        {
            foreach (Match message in InCode().Matches(row.Groups["cell"].Value))
            {
                messages.Add(message.Groups["text"].Value);
            }
        }
        return messages;
    }

    [Fact]
    public void Messages_AreFound() => Assert.True(Messages().Count > 90);

    /// <summary>The fixed parts of a message. "…" represents the rest.</summary>
    [Theory]
    [MemberData(nameof(Messages))]
    public void Message_OfTheTable_IsInTheSource(string message) => Assert.All(
        message.Split('…', ',').Select(part => part.Trim(' ', '(', ')', '-', '\'')).Where(part => part.Length > 5),
        part => Assert.Contains(part, Source));

    /// <summary>The first cell; a path or a flag alone is no message.</summary>
    [GeneratedRegex(@"(?m)^\| (?<cell>(?!Message)(\d{3}|log|prints)[^|]*) \|")]
    private static partial Regex MessageCell();

    [GeneratedRegex("`(?<text>[^`]+)`")]
    private static partial Regex InCode();
}
