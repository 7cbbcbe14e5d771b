using System.Reflection;
using System.Runtime.InteropServices;

namespace PushGateway;

/// <summary>
/// The build, from the metadata that BuildInfo.targets writes into the assembly. A missing value is <c>unknown</c>.
/// BuildDate is the date of the commit in UTC, such as 20261121-11:15:27. Platform is in Go's form, such as linux/amd64.
/// </summary>
internal sealed record BuildInfo(
    string Version,
    string Revision,
    string Branch,
    string BuildUser,
    string BuildDate,
    string RuntimeVersion,
    string Platform)
{
    public static readonly BuildInfo Current = FromAssembly(typeof(BuildInfo).Assembly);

    /// <summary>The lines of --version.</summary>
    public string ToVersionText() =>
        $"""
        pushgateway, version {Version} (branch: {Branch}, revision: {Revision})
          build user:       {BuildUser}
          build date:       {BuildDate}
          dotnet version:   {RuntimeVersion}
          platform:         {Platform}
          tags:             unknown

        """;

    /// <summary>For the first line of the log.</summary>
    public string ToVersionSummary() => $"(version={Version}, branch={Branch}, revision={Revision})";

    /// <summary>For the second line of the log.</summary>
    public string ToBuildSummary() =>
        $"(dotnet={RuntimeVersion}, platform={Platform}, user={BuildUser}, date={BuildDate}, tags=unknown)";

    private static BuildInfo FromAssembly(Assembly assembly)
    {
        var metadata = assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .ToDictionary(attribute => attribute.Key, attribute => attribute.Value);
        string Find(string key) => metadata.GetValueOrDefault(key) is { Length: > 0 } value ? value : "unknown";
        return new BuildInfo(
            Find("BuildVersion"),
            Find("BuildRevision"),
            Find("BuildBranch"),
            Find("BuildUser"),
            Find("BuildDate"),
            Environment.Version.ToString(),
            $"{GoOperatingSystem()}/{GoArchitecture()}");
    }

    private static string GoOperatingSystem() =>
        OperatingSystem.IsLinux() ? "linux"
        : OperatingSystem.IsMacOS() ? "darwin"
        : OperatingSystem.IsWindows() ? "windows"
        : OperatingSystem.IsFreeBSD() ? "freebsd"
        : "unknown";

    private static string GoArchitecture() => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.X86 => "386",
        var other => other.ToString().ToLowerInvariant(),
    };
}
