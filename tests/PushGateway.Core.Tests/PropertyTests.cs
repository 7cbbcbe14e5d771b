using FsCheck;

namespace PushGateway.Core.Tests;

/// <summary>How property tests run.</summary>
internal static class PropertyTests
{
    /// <summary>
    /// Each run has other cases. A failure shows its seed; <c>Settings.WithReplay(seed, gamma)</c> repeats it.
    /// </summary>
    public static readonly Config Settings = Config.QuickThrowOnFailure.WithMaxTest(200);
}
