using PushGateway.Core.Store;
using PushGateway.Core.Store.Merging;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>
/// What a record of a push says beyond its body, as named texts. A version that does not know a name ignores it, so a new
/// name must not change what the body means to an older version.
/// </summary>
/// <remarks>
/// The rule of a merge changes what the body means. A push with one is a kind of record of its own, so that an older
/// version discards it and says so, instead of replacing what is to be added to.
/// </remarks>
internal static class PushProperties
{
    private static readonly Utf8String MergeName = new("merge");

    /// <summary>Empty for a push that says no more than its body.</summary>
    public static IReadOnlyList<Label> Of(PushRecord push) => [.. GroupTerms.ToProperties(push.Terms), .. Merge(push.Merge)];

    /// <summary>The record with what the properties say.</summary>
    public static PushRecord Apply(PushRecord push, IReadOnlyList<Label> properties) =>
        push with { Terms = GroupTerms.FromProperties(properties) };

    /// <summary>Reads the rule of a merge. Null if this version does not know it.</summary>
    public static MergeRule? MergeOf(IReadOnlyList<Label> properties)
    {
        foreach (Label property in properties)
        {
            if (property.Name == MergeName && MergeRule.TryParse(property.Value.ToString(), out MergeRule? rule))
            {
                return rule;
            }
        }
        return null;
    }

    private static Label[] Merge(MergeRule? rule) =>
        rule is null ? [] : [new Label(MergeName, new Utf8String(rule.ToString()))];
}
