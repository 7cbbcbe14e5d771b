using PushGateway.Tests.Framework;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>The published executable that the end-to-end tests run.</summary>
internal static class GatewayBinary
{
    private const string Variable = "PUSHGATEWAY_BINARY";

    /// <summary>Its path. Skips the running test if no binary was published, and fails a test that is not slow.</summary>
    public static string PathOrSkip()
    {
        Assert.True(
            TestContext.Current.TestCase?.Traits.ContainsKey("Category") ?? true,
            $"a test of the published binary belongs in one of {string.Join(", ", GatewayTestFramework.SlowFolders)}");
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            Assert.True(File.Exists(named), $"{Variable} names {named}, which is not there");
            return named;
        }

        string published = Repository.PathOf("artifacts", "pushgateway", "pushgateway");
        Assert.SkipUnless(File.Exists(published), $"no binary: {Variable} is not set and {published} is not there");
        return published;
    }
}
