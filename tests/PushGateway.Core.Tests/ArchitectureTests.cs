using System.Reflection;
using System.Text.RegularExpressions;
using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests;

/// <summary>The permitted dependencies among the folders of Core, checked by the <c>using</c> lines and names in the source.</summary>
/// <remarks>
/// Model depends on nothing. Parsing and Exposition depend only on Model, not on each other. Store depends on all three: it
/// stores families as rendered text, and parses it again on demand.
/// </remarks>
public partial class ArchitectureTests
{
    private static readonly Assembly Core = typeof(GroupStore).Assembly;

    private static readonly Dictionary<string, string[]> MaySee = new()
    {
        ["Model"] = [],
        ["Parsing"] = ["Model"],
        ["Exposition"] = ["Model"],
        ["Store"] = ["Model", "Parsing", "Exposition"],
        ["Persistence"] = ["Model", "Parsing", "Exposition", "Store"],
        ["Query"] = ["Model", "Exposition", "Store"],
    };

    [Fact]
    public void Namespaces_OfCore_SeeOnlyWhatTheyStandOn()
    {
        string core = Path.Combine(RepositoryRoot(), "src", "PushGateway.Core");
        var seen = new List<string>();
        foreach (string file in Directory.EnumerateFiles(core, "*.cs", SearchOption.AllDirectories))
        {
            string part = Path.GetRelativePath(core, file).Split(Path.DirectorySeparatorChar)[0];
            if (part is "bin" or "obj")
            {
                continue;
            }
            string source = File.ReadAllText(file);
            string folder = Path.GetRelativePath(core, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.');
            Assert.Contains($"\nnamespace PushGateway.Core.{folder};\n", "\n" + source, StringComparison.Ordinal);
            Assert.True(MaySee.TryGetValue(part, out string[]? allowed), $"{file}: say here what {part} may see");
            foreach (Match mention in CoreNamespace().Matches(source))
            {
                string other = mention.Groups[1].Value;
                seen.Add($"{part} sees {other}");
                Assert.True(other == part || allowed.Contains(other), $"{file}: {part} must not see {other}");
            }
        }
        Assert.Contains("Store sees Parsing", seen);
        Assert.Contains("Exposition sees Model", seen);
    }

    [Fact]
    public void Namespaces_OfCore_AreThoseOfThePage() => Assert.All(
        Core.GetTypes().Select(type => type.Namespace ?? "")
            .Where(name => name.StartsWith("PushGateway.", StringComparison.Ordinal)),
        name => Assert.Contains(name.Split('.')[2], MaySee.Keys));

    [Fact]
    public void Core_References_NoWebFrameworkAndNoLogger()
    {
        string[] references = [.. Core.GetReferencedAssemblies().Select(assembly => assembly.Name!)];

        Assert.Contains("System.Runtime", references);
        Assert.All(references, name => Assert.StartsWith("System.", name, StringComparison.Ordinal));
        Assert.DoesNotContain(references, name => name.StartsWith("System.Net", StringComparison.Ordinal));
    }

    [Fact]
    public void Core_Interfaces_HaveTwoImplementations()
    {
        Type[] types = Core.GetTypes();

        Assert.All(types.Where(type => type.IsInterface), contract =>
        {
            int implementations = types.Count(type => type != contract && type.IsAssignableTo(contract));
            Assert.True(implementations >= 2, contract.FullName);
        });
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "PushGateway.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }
        return folder ?? throw new InvalidOperationException("no PushGateway.sln above the test binary");
    }

    [GeneratedRegex(@"\bPushGateway\.Core\.(\w+)")]
    private static partial Regex CoreNamespace();
}
