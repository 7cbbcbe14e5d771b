using System.Globalization;
using PushGateway.Tests.EndToEnd;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Deploy;

/// <summary>Installs, runs and removes the Debian package in a separate root folder with its own package database.</summary>
public sealed class DebianPackageTests(Release release) : GatewayTests
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("debian-test-");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _root.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Package_InstalledRunRemovedAndPurged_LeavesNothing()
    {
        Tool.PathOrSkip("dpkg-deb", "dpkg");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "dpkg installs as root only");
        string package = Path.Combine(await release.FolderAsync(), Release.PackageName);
        _root.CreateSubdirectory("var/lib/dpkg/info");
        _root.CreateSubdirectory("var/lib/dpkg/updates");
        await File.WriteAllTextAsync(PathOf("var/lib/dpkg/status"), "", TestContext.Current.CancellationToken);

        await DpkgAsync("--install", package);
        Assert.True(File.Exists(PathOf("usr/lib/systemd/system/pushgateway.service")));
        await RunAsync();
        await File.AppendAllTextAsync(
            PathOf("etc/default/pushgateway"), "# mine\n", TestContext.Current.CancellationToken);
        _root.CreateSubdirectory("var/lib/pushgateway");

        await DpkgAsync("--remove", "pushgateway");
        Assert.False(File.Exists(PathOf("usr/bin/pushgateway")));
        Assert.False(Directory.Exists(PathOf("usr/share/doc")));
        Assert.EndsWith("# mine\n", await File.ReadAllTextAsync(
            PathOf("etc/default/pushgateway"), TestContext.Current.CancellationToken));
        Assert.True(Directory.Exists(PathOf("var/lib/pushgateway")));

        await DpkgAsync("--purge", "pushgateway");
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_root.FullName, "*", SearchOption.AllDirectories),
            file => !file.StartsWith(PathOf("var/lib/dpkg"), StringComparison.Ordinal));
        Assert.False(Directory.Exists(PathOf("var/lib/pushgateway")));
    }

    [Fact]
    public async Task Package_Control_SaysWhatTheBinaryNeeds()
    {
        string dpkg = Tool.PathOrSkip("dpkg-deb", "dpkg");
        string package = Path.Combine(await release.FolderAsync(), Release.PackageName);

        ToolResult result = await ChildProcess.RunAsync(dpkg, ["--field", package, "Version", "Architecture", "Depends"]);

        Assert.Matches(
            $@"^Version: 1\.2\.3~rc\.1\nArchitecture: {Release.Architecture}\nDepends: libc6 \(>= 2\.\d+\)\n$",
            result.OutputOfSuccess());
    }

    /// <summary>With the command line of the unit, and the flags of the file that the unit reads.</summary>
    private async Task RunAsync()
    {
        string port = LoopbackPort.Next().ToString(CultureInfo.InvariantCulture);
        string[] unit = await File.ReadAllLinesAsync(
            PathOf("usr/lib/systemd/system/pushgateway.service"), TestContext.Current.CancellationToken);
        string command = unit.Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..];
        await File.WriteAllTextAsync(
            PathOf("etc/default/pushgateway"),
            $"ARGS=\"--web.listen-address=127.0.0.1:{port} --log.level=warn\"\n",
            TestContext.Current.CancellationToken);
        ChildProcess gateway = StoppedAtTheEnd(ChildProcess.Start(
            "/bin/sh", ["-euc", $". ./etc/default/pushgateway; exec .{command}"], _root.FullName));

        ToolResult? check = null;
        await Deadline.UntilAsync(
            Deadline.Start,
            "the installed gateway is ready",
            async _ => (check = await ChildProcess.RunAsync(
                PathOf("usr/bin/pushgateway"),
                [$"--web.listen-address=127.0.0.1:{port}", "--healthcheck"])).ExitCode == 0,
            () => check?.Errors + gateway.Errors);
        UnixSignal.Terminate.SendTo(gateway.Id);
        Assert.Equal(0, await gateway.WaitForExitAsync(Deadline.Stop));
    }

    private async Task DpkgAsync(params string[] arguments)
    {
        // Its dependencies are not in this database, and the root has no shell for chroot.
        string[] options = [$"--root={_root.FullName}", "--force-depends", "--force-script-chrootless"];
        ToolResult result = await ChildProcess.RunAsync(
            Tool.PathOrSkip("dpkg", "dpkg"), [.. options, .. arguments], ("DEBIAN_FRONTEND", "noninteractive"));
        result.OutputOfSuccess();
    }

    private string PathOf(string path) => Path.Combine(_root.FullName, path);
}
