using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests;

/// <summary>Links of the pages of this repository lead to existing files and headings. Does not use the network.</summary>
public sealed partial class LinkTests
{
    private static readonly string[] NotOurs = ["artifacts", "bin", "obj", "node_modules", ".git", "packages"];

    public static TheoryData<string> Pages()
    {
        var pages = new TheoryData<string>();
        foreach (string page in Directory.EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(Repository.Root, page);
            if (!relative.Split(Path.DirectorySeparatorChar).Intersect(NotOurs).Any())
            {
                pages.Add(relative);
            }
        }
        return pages;
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_OfAPage_LeadSomewhere(string page)
    {
        Assert.Empty(Broken(Repository.PathOf(page), File.ReadAllText(Repository.PathOf(page))));
    }

    [Fact]
    public void Pages_AreFound() => Assert.True(Pages().Count >= 40);

    [Theory]
    [InlineData("[a](README.md)", true)]
    [InlineData("[a](README.md#quick-start)", true)]
    [InlineData("[a](#here-and-there)", true)]
    [InlineData("[a](docs/)", true)]
    [InlineData("![a](docs/images/groups.png)", true)]
    [InlineData("[a](https://example.org/x#y)", true)]
    [InlineData("`[a](nowhere.md)`", true)]
    [InlineData("```\n[a](nowhere.md)\n```", true)]
    [InlineData("<http://localhost:9091/>", true)]
    [InlineData("<img src=\"docs/images/groups.png\">", true)]
    [InlineData("<img src=\"docs/images/nowhere.png\">", false)]
    [InlineData("<source srcset=\"docs/images/nowhere.png\">", false)]
    [InlineData("[a](nowhere.md)", false)]
    [InlineData("[a](../README.md)", false)]
    [InlineData("[a](README.md#nowhere)", false)]
    [InlineData("[a](#nowhere)", false)]
    [InlineData("[a](https://)", false)]
    [InlineData("[a](htp://example.org)", false)]
    [InlineData("[a](/README.md)", false)] // of the site, not of the repository
    public void Broken_Link_IsTold(string text, bool isGood) =>
        Assert.Equal(isGood, !Broken(Repository.PathOf("PAGE.md"), text + "\n\n## Here, and `there`\n").Any());

    private static IEnumerable<string> Broken(string page, string text)
    {
        string prose = Code().Replace(text, "");
        IEnumerable<string> targets = InlineLink().Matches(prose)
            .Concat(AutoLink().Matches(prose)).Concat(ImageSource().Matches(prose)).Select(match => match.Groups["target"].Value);
        return targets.Where(target => !Leads(page, text, target));
    }

    private static bool Leads(string page, string text, string target)
    {
        if (target.Contains("://", StringComparison.Ordinal))
        {
            return Uri.TryCreate(target, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0;
        }
        string[] parts = target.Split('#', 2);
        string file = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0]);
        bool isThere = parts[0].Length == 0 || (!parts[0].StartsWith('/') && Path.Exists(file));
        return isThere && (parts.Length == 1 || Anchors(parts[0].Length == 0 ? text : File.ReadAllText(file)).Contains(parts[1]));
    }

    /// <summary>As GitHub makes them of headings.</summary>
    private static IEnumerable<string> Anchors(string text)
    {
        var seen = new Dictionary<string, int>();
        foreach (Match heading in Heading().Matches(Fence().Replace(text, "")))
        {
            string name = NotInAnchor().Replace(heading.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-');
            int before = seen.GetValueOrDefault(name);
            seen[name] = before + 1;
            yield return before == 0 ? name : $"{name}-{before}";
        }
    }

    [GeneratedRegex("(?ms)^ *```.*?^ *```|`[^`\n]+`")]
    private static partial Regex Code();

    [GeneratedRegex("(?ms)^ *```.*?^ *```")]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\((?<target>[^()\s]+(\([^()\s]*\))?[^()\s]*)\)")]
    private static partial Regex InlineLink();

    [GeneratedRegex(@"<(?<target>[a-z]+://[^>\s]*)>")]
    private static partial Regex AutoLink();

    [GeneratedRegex("<(img|source) [^>]*src(set)?=\"(?<target>[^\"]+)\"")]
    private static partial Regex ImageSource();

    [GeneratedRegex("(?m)^#{1,6} (?<text>.+)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchor();
}
