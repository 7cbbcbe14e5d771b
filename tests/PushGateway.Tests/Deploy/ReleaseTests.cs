using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Deploy;

/// <summary>The files of a release that a user downloads.</summary>
public sealed partial class ReleaseTests(Release release)
{
    private const long MaxBinaryBytes = 45L << 20;

    [Fact]
    public async Task Tarball_List_IsWhatOneExpects()
    {
        string list = await ShellAsync($"tar tzf {Release.TarballName}");

        string[] names =
        [
            "", "CHANGELOG.md", "LICENSE", "README.md", "THIRD-PARTY-NOTICES.md", "completions/", "completions/_pushgateway",
            "completions/pushgateway.bash", "completions/pushgateway.fish", "pushgateway", "pushgateway.1", "pushgateway.default",
            "pushgateway.service",
        ];
        Assert.Equal(
            names.Select(name => $"pushgateway-{Release.Version}.linux-{Release.Architecture}/{name}"),
            list.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Tarball_Binary_RunsAndIsSmall()
    {
        string output = await ShellAsync(
            $"""
            out=$(mktemp -d)
            trap 'rm -r "$out"' EXIT
            tar xzf {Release.TarballName} -C "$out" --strip-components=1
            stat -c %s "$out/pushgateway"
            "$out/pushgateway" --version
            """);

        Assert.InRange(long.Parse(output.Split('\n')[0], null), 1 << 20, MaxBinaryBytes);
        Assert.Contains("pushgateway, version ", output);
    }

    [Fact]
    public async Task Sums_Checked_AreThoseOfAllFiles()
    {
        string output = await ShellAsync("sha256sum --check --strict SHA256SUMS");

        string[] expected =
        [
            Release.TarballName,
            .. File.Exists("/usr/bin/dpkg-deb") ? [Release.PackageName] : Array.Empty<string>(),
            .. File.Exists("/usr/bin/rpmbuild") ? [Release.RpmName] : Array.Empty<string>(),
        ];
        Assert.Equal(
            expected.Select(file => $"{file}: OK").Order(StringComparer.Ordinal),
            output.TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task RpmPackage_Query_HasBinaryUnitAndManualPage()
    {
        string rpm = Tool.PathOrSkip("rpm", "rpm");
        Tool.PathOrSkip("rpmbuild", "rpm");

        string files = await ShellAsync($"{rpm} --query --package --list {Release.RpmName}");

        Assert.All(
            ["/usr/bin/pushgateway", "/usr/lib/systemd/system/pushgateway.service", "/etc/default/pushgateway", "/usr/share/man/man1/pushgateway.1.gz"],
            file => Assert.Contains(file + "\n", files, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ManualPage_ByGroff_HasNoWarning()
    {
        string groff = Tool.PathOrSkip("groff", "groff-base");
        string binary = GatewayBinary.PathOrSkip();

        string warnings = await ShellAsync($"'{binary}' --help-man | {groff} -man -ww -z 2>&1");

        Assert.Equal("", warnings);
    }

    [Fact]
    public async Task BillOfMaterials_OfTheSource_HasEachPackageInTheBinary()
    {
        Tool.PathOrSkip("python3", "python3");
        string file = Path.Combine(Path.GetTempPath(), $"bom-{Guid.NewGuid():N}", "pushgateway.cdx.json");
        ToolResult result = await ChildProcess.RunAsync(Repository.PathOf("deploy", "sbom.sh"), [Release.Version, file]);
        Assert.SkipUnless(result.ExitCode == 0, $"no CycloneDX here: {result.Errors}");

        JsonNode bom = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);

        Assert.Equal("CycloneDX", bom["bomFormat"]!.GetValue<string>());
        Assert.Equal(Release.Version, bom["metadata"]!["component"]!["version"]!.GetValue<string>());
        string[] components = [.. bom["components"]!.AsArray().Select(component => component!["name"]!.GetValue<string>())];
        Assert.All([.. PackagesOfTheBinary(), "Microsoft.NETCore.App", "Microsoft.AspNetCore.App"], name => Assert.Contains(name, components));
        Assert.DoesNotContain(components, name => name.Contains("Analyzers", StringComparison.Ordinal) || name.Contains("xunit", StringComparison.Ordinal));
        Assert.All(bom["components"]!.AsArray(), component => Assert.NotEmpty(component!["licenses"]!.AsArray()));
    }

    [Fact]
    public async Task Pack_AgainFromAnotherCopy_GivesTheSameBytes()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("release-test-");
        try
        {
            string[] sums = new string[2];
            for (int i = 0; i < sums.Length; i++)
            {
                string binary = Path.Combine(folder.FullName, $"binary-{i}");
                await File.WriteAllTextAsync(binary, "GLIBC_2.17", TestContext.Current.CancellationToken);
                File.SetLastWriteTimeUtc(binary, DateTime.UnixEpoch.AddDays(i));
                string output = folder.CreateSubdirectory($"out-{i}").FullName;
                await Release.PackAsync(binary, output);
                sums[i] = await File.ReadAllTextAsync(
                    Path.Combine(output, "SHA256SUMS"), TestContext.Current.CancellationToken);
            }

            Assert.Equal(sums[0], sums[1]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Notices_EachPackageInTheBinary_IsNamed()
    {
        string notices = File.ReadAllText(Repository.PathOf("THIRD-PARTY-NOTICES.md"));
        string[] packages = PackagesOfTheBinary();

        Assert.True(packages.Length >= 6);
        Assert.All(packages, package => Assert.Matches($@"\| [^|]*\b{Regex.Escape(package)}\b[^|]* \|", notices));
    }

    private static string[] PackagesOfTheBinary() =>
    [
        .. Directory.EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(project => PackageReference().Matches(File.ReadAllText(project)))
            .Select(match => match.Groups["name"].Value),
    ];

    private async Task<string> ShellAsync(string script)
    {
        ToolResult result = await ChildProcess.RunAsync(
            "/bin/sh", ["-euc", $"cd '{await release.FolderAsync()}'\n{script}"]);
        return result.OutputOfSuccess();
    }

    [GeneratedRegex("<PackageReference Include=\"(?<name>[^\"]+)\"")]
    private static partial Regex PackageReference();
}
