using System.Runtime.InteropServices;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

[assembly: AssemblyFixture(typeof(PushGateway.Tests.Deploy.Release))]

namespace PushGateway.Tests.Deploy;

/// <summary>The output of deploy/pack.sh for the published binary. Packed once, for the first test that needs it.</summary>
public sealed class Release : IDisposable
{
    public const string Version = "1.2.3-rc.1";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("release-test-");
    private readonly Lock _gate = new();
    private Task? _packing;

    /// <summary>The architecture, with its name in Debian and Go.</summary>
    public static string Architecture { get; } =
        RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    public static string TarballName => $"pushgateway-{Version}.linux-{Architecture}.tar.gz";

    public static string PackageName => $"pushgateway_1.2.3~rc.1_{Architecture}.deb";

    public static string RpmName => $"pushgateway-1.2.3~rc.1-1.{(Architecture == "arm64" ? "aarch64" : "x86_64")}.rpm";

    /// <summary>The folder with all that was packed. Skips the running test where nothing was published.</summary>
    public async Task<string> FolderAsync()
    {
        string binary = GatewayBinary.PathOrSkip();
        Task packing;
        lock (_gate)
        {
            packing = _packing ??= PackAsync(binary, _folder.FullName);
        }
        await packing;
        return _folder.FullName;
    }

    public static async Task PackAsync(string binary, string folder)
    {
        ToolResult result = await ChildProcess.RunAsync(
            Repository.PathOf("deploy", "pack.sh"), [binary, Version, Architecture, folder]);
        result.OutputOfSuccess();
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
