using Xunit;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>The published executable that the end-to-end tests run.</summary>
internal static class GatewayBinary
{
    private const string Variable = "PUSHGATEWAY_BINARY";

    /// <summary>Its path. Skips the running test where nothing was published.</summary>
    public static string PathOrSkip()
    {
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
