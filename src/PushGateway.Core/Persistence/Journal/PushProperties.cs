using PushGateway.Core.Store;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>
/// What a record of a push says beyond its body, as named texts. A version that does not know a name ignores it, so a new
/// name must not change what the body means to an older version.
/// </summary>
internal static class PushProperties
{
    /// <summary>Empty for a push that says no more than its body.</summary>
    public static IReadOnlyList<Label> Of(PushRecord push) => [.. GroupTerms.ToProperties(push.Terms)];

    /// <summary>The record with what the properties say.</summary>
    public static PushRecord Apply(PushRecord push, IReadOnlyList<Label> properties) =>
        push with { Terms = GroupTerms.FromProperties(properties) };
}
