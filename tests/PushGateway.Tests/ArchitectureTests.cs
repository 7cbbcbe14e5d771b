using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests;

/// <summary>The permitted dependencies among the folders of the host, checked by the <c>using</c> lines and qualified names in the source.</summary>
/// <remarks>
/// A folder depends only on folders above it in the table, so the host has no cycles. A subfolder belongs to its folder unless
/// it has its own row, like Http/Responses, which everything that answers requests uses.
/// </remarks>
public partial class ArchitectureTests
{
    private static readonly (string Part, string[] Sees)[] MaySee =
    [
        ("CommandLine", []),
        ("ConfigFiles", []),
        ("Logging", ["CommandLine"]),
        ("Metrics", ["CommandLine"]),
        ("Durability", ["CommandLine", "Logging", "Metrics"]),
        ("Lifecycle", ["CommandLine", "ConfigFiles", "Logging", "Metrics", "Durability"]),
        ("Http.Responses", ["CommandLine", "Durability"]),
        ("WebConfig", ["CommandLine", "ConfigFiles", "Logging", "Metrics", "Http.Responses"]),
        ("Access", ["CommandLine", "ConfigFiles", "Logging", "Metrics", "Http.Responses", "WebConfig"]),
        ("Ui", ["CommandLine", "Metrics", "Http.Responses", "Access"]),
        ("Http",
        [
            "CommandLine", "Logging", "Metrics", "Durability", "Lifecycle", "Http.Responses", "WebConfig", "Access", "Ui",
        ]),
        ("Hosting",
        [
            "CommandLine", "ConfigFiles", "Logging", "Metrics", "Durability", "Lifecycle", "Http.Responses", "WebConfig", "Access",
            "Ui", "Http",
        ]),
        ("Tools",
        [
            "CommandLine", "ConfigFiles", "Metrics", "Durability", "Lifecycle", "Http.Responses", "WebConfig", "Access", "Http",
        ]),
    ];

    [Fact]
    public void Table_HasNoCircles()
    {
        var above = new HashSet<string>();
        foreach ((string part, string[] sees) in MaySee)
        {
            Assert.All(sees, other => Assert.True(above.Contains(other), $"{part} sees {other}, which is not above it"));
            Assert.True(above.Add(part), $"{part} has two rows");
        }
    }

    [Fact]
    public void Folders_OfTheHost_SeeOnlyWhatTheTableSays()
    {
        string host = Path.Combine(Repository.Root, "src", "PushGateway");
        var seen = new HashSet<(string, string)>();
        var wrong = new List<string>();
        foreach (string file in Directory.EnumerateFiles(host, "*.cs", SearchOption.AllDirectories))
        {
            string folder = Path.GetRelativePath(host, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.');
            if (folder == "." || folder.Split('.')[0] is "bin" or "obj")
            {
                continue;
            }
            string source = File.ReadAllText(file);
            Assert.Contains($"\nnamespace PushGateway.{folder};\n", "\n" + source, StringComparison.Ordinal);
            string part = PartOf(folder) ?? throw new InvalidOperationException($"{file}: {folder} has no row in the table");
            string[] sees = MaySee.Single(row => row.Part == part).Sees;
            IEnumerable<string> names = QualifiedName().Matches(source).Select(match => match.Groups["name"].Value);
            foreach (string other in names.Select(PartOf).OfType<string>())
            {
                seen.Add((part, other));
                if (other != part && !sees.Contains(other))
                {
                    wrong.Add($"{Path.GetRelativePath(host, file)}: {part} must not see {other}");
                }
            }
        }
        Assert.Empty(wrong);
        Assert.Contains(("Http", "Durability"), seen);
        Assert.Contains(("WebConfig", "Http.Responses"), seen);
    }

    /// <summary>The row of the table for a namespace, without <c>PushGateway.</c>; null for none of the host's folders.</summary>
    private static string? PartOf(string name) => MaySee.Select(row => row.Part)
        .Where(part => name == part || name.StartsWith(part + ".", StringComparison.Ordinal))
        .MaxBy(part => part.Length);

    /// <summary>A qualified name, from the root or relative to the namespace <c>PushGateway</c>, in which all files are.</summary>
    [GeneratedRegex(
        @"\bPushGateway\.(?<name>\w+(\.\w+)*)"
        + @"|(?<![\w.])(?<name>(CommandLine|ConfigFiles|Logging|Metrics|Durability|WebConfig|Access|Ui|Http|Hosting|Tools)\.[A-Z]\w*)",
        RegexOptions.ExplicitCapture)]
    private static partial Regex QualifiedName();
}
