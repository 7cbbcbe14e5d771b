using FsCheck;

namespace PushGateway.Core.Tests;

/// <summary>How properties are tried.</summary>
internal static class PropertyTests
{
    /// <summary>
    /// Other cases in each run. A failure names its seed; <c>Settings.WithReplay(seed, gamma)</c> has it again.
    /// </summary>
    public static readonly Config Settings = Config.QuickThrowOnFailure.WithMaxTest(200);
}
