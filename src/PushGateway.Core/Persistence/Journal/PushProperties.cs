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
    private static readonly Utf8String IdempotencyKeyName = new("idempotency_key");

    /// <summary>Empty for a push that says no more than its body.</summary>
    public static IReadOnlyList<Label> Of(PushRecord push) => push is { Terms: null, Merge: null, IdempotencyKey: null }
        ? []
        :
        [
            .. GroupTerms.ToProperties(push.Terms),
            .. Property(MergeName, push.Merge is { } rule ? new Utf8String(rule.ToString()) : null),
            .. Property(IdempotencyKeyName, push.IdempotencyKey?.Text),
        ];

    /// <summary>The record with what the properties say, except the rule of a merge.</summary>
    public static PushRecord Apply(PushRecord push, IReadOnlyList<Label> properties) =>
        push with
        {
            Terms = GroupTerms.FromProperties(properties),
            IdempotencyKey = Find(properties, IdempotencyKeyName) is { } text ? new IdempotencyKey(push.Key, text) : null,
        };

    /// <summary>Reads the rule of a merge. Null if this version does not know it.</summary>
    public static MergeRule? MergeOf(IReadOnlyList<Label> properties) =>
        Find(properties, MergeName) is { } text && MergeRule.TryParse(text.ToString(), out MergeRule? rule) ? rule : null;

    private static Utf8String? Find(IReadOnlyList<Label> properties, Utf8String name)
    {
        foreach (Label property in properties)
        {
            if (property.Name == name)
            {
                return property.Value;
            }
        }
        return null;
    }

    private static Label[] Property(Utf8String name, Utf8String? value) => value is { } text ? [new Label(name, text)] : [];
}
