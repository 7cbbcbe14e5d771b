using System.Globalization;

namespace PushGateway.Tests.Attack;

/// <summary>The resident memory of a process, as reported by the kernel.</summary>
internal static class ResidentMemory
{
    private const int Kibibyte = 1024;

    /// <summary>The most that it ever had, in bytes.</summary>
    public static long PeakOf(int processId) => Read(processId, "VmHWM:");

    public static long Of(int processId) => Read(processId, "VmRSS:");

    private static long Read(int processId, string name)
    {
        string line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return Kibibyte * long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
