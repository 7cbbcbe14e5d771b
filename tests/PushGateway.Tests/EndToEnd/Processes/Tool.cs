using Xunit;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>Programs that some tests need.</summary>
internal static class Tool
{
    /// <summary>The full path of a program. Skips the running test if it is not installed.</summary>
    public static string PathOrSkip(string program, string debianPackage)
    {
        IEnumerable<string> folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/bin", "/usr/sbin"]);
        string? found = folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, $"{program} is not installed (Debian package {debianPackage})");
        return found;
    }
}
