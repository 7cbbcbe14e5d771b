using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Deploy;

/// <summary>The files of a release as a user downloads them.</summary>
public sealed partial class ReleaseTests(Release release)
{
    private const long MaxBinaryBytes = 45L << 20;

    [Fact]
    public async Task Tarball_List_IsWhatOneExpects()
    {
        string list = await ShellAsync($"tar tzf {Release.TarballName}");

        string[] names =
        [
            "", "LICENSE", "README.md", "THIRD-PARTY-NOTICES.md", "pushgateway", "pushgateway.default",
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

        string[] expected = [$"{Release.TarballName}: OK", .. HasDpkg ? [$"{Release.PackageName}: OK"] : Array.Empty<string>()];
        Assert.Equal(expected, output.TrimEnd('\n').Split('\n'));
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
        string[] packages =
        [
            .. Directory.EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
                .SelectMany(project => PackageReference().Matches(File.ReadAllText(project)))
                .Select(match => match.Groups["name"].Value),
        ];

        Assert.True(packages.Length >= 6);
        Assert.All(packages, package => Assert.Matches($@"\| [^|]*\b{Regex.Escape(package)}\b[^|]* \|", notices));
    }

    private static bool HasDpkg => File.Exists("/usr/bin/dpkg-deb");

    private async Task<string> ShellAsync(string script)
    {
        ToolResult result = await ChildProcess.RunAsync(
            "/bin/sh", ["-euc", $"cd '{await release.FolderAsync()}'\n{script}"]);
        return result.OutputOfSuccess();
    }

    [GeneratedRegex("<PackageReference Include=\"(?<name>[^\"]+)\"")]
    private static partial Regex PackageReference();
}
