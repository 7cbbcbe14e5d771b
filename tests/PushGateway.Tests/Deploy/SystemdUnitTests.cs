using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Deploy;

/// <summary>The results of systemd's own tool for the unit. It does not need a running systemd.</summary>
public sealed class SystemdUnitTests
{
    /// <summary>In tenths. The remaining exposure is network access and writing to the disk.</summary>
    private const int MostExposure = 15;

    private static string Unit => Repository.PathOf("deploy", "systemd", "pushgateway.service");

    [Fact]
    public async Task Verify_Unit_HasNothingToComplainAbout()
    {
        string analyze = Tool.PathOrSkip("systemd-analyze", "systemd");
        string binary = GatewayBinary.PathOrSkip();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("systemd-test-");
        try
        {
            const string installed = "/usr/bin/pushgateway";
            string text = await File.ReadAllTextAsync(Unit, TestContext.Current.CancellationToken);
            string copy = Path.Combine(folder.FullName, "pushgateway.service");
            await File.WriteAllTextAsync(
                copy,
                text.Replace($"ExecStart={installed}", $"ExecStart={binary}", StringComparison.Ordinal),
                TestContext.Current.CancellationToken);

            ToolResult result = await ChildProcess.RunAsync(analyze, ["verify", "--man=no", copy]);

            Assert.Equal("", result.OutputOfSuccess() + result.Errors);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Security_Unit_IsHardened()
    {
        string analyze = Tool.PathOrSkip("systemd-analyze", "systemd");

        ToolResult result = await ChildProcess.RunAsync(
            analyze, ["security", "--no-pager", "--offline=true", $"--threshold={MostExposure}", Unit]);

        Assert.Contains("Overall exposure level for pushgateway.service", result.OutputOfSuccess());
    }
}
