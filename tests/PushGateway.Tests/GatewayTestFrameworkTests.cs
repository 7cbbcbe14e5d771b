using System.Text.Json.Nodes;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.Framework;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace PushGateway.Tests;

/// <summary>What <see cref="GatewayTestFramework"/> gives a test outside the slow folders.</summary>
public sealed class GatewayTestFrameworkTests
{
    private readonly IXunitTestCase _self = (IXunitTestCase)TestContext.Current.TestCase!;

    [Fact]
    public async Task Timeout_OfAnAsynchronousTest_IsSet()
    {
        await Task.CompletedTask;

        Assert.InRange(_self.Timeout, 1, (int)TimeSpan.FromMinutes(5).TotalMilliseconds);
    }

    [Fact]
    public void PathOrSkip_InATestThatIsNotSlow_Fails()
    {
        Assert.Empty(_self.Traits);
        Assert.ThrowsAny<XunitException>(GatewayBinary.PathOrSkip);
    }

    /// <summary>With the runner that is the default, <c>dotnet test</c> finds no test, and ends with 0.</summary>
    [Fact]
    public void GlobalJson_RunnerOfDotnetTest_IsThatOfTheTests() => Assert.Equal(
        "Microsoft.Testing.Platform",
        JsonNode.Parse(File.ReadAllText(Repository.PathOf("global.json")))?["test"]?["runner"]?.GetValue<string>());
}
