using System.Globalization;
using PushGateway.Tests.EndToEnd;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Attack;

/// <summary>
/// Attacks on the published binary. Each test limits the peak memory of the process, and has a good client that must be
/// served all the time.
/// </summary>
public abstract class AttackTests : GatewayTests
{
    /// <summary>More than the memory of an idle gateway plus uncollected garbage.</summary>
    private protected const long Base = 100_000_000;

    /// <summary>The default of --push.max-body-size.</summary>
    private protected const long MaxBody = 64 << 20;

    private protected static async Task AttackAsync(
        GatewayProcess gateway, long mostResident, Func<Task> attack, HttpClient? goodClient = null)
    {
        await GoodClient.DuringAsync(goodClient ?? gateway.Client, attack);

        Assert.False(gateway.HasExited);
        long peak = ResidentMemory.PeakOf(gateway.ProcessId);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"peak {peak / 1e6:F0} MB of {mostResident / 1e6:F0} MB"));
        Assert.InRange(peak, 1, mostResident);
        Assert.DoesNotContain("xception", gateway.Log, StringComparison.Ordinal);
    }
}
