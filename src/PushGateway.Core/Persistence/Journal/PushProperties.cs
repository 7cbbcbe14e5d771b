using PushGateway.Core.Store;
using PushGateway.Core.Store.Merging;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>
/// The named properties that a record of a push has besides its body. A version ignores names that it does not know, so a
/// new name must not change the meaning of the body.
/// </summary>
/// <remarks>
/// The rule of a merge does change the meaning of the body. A push with such a rule is a separate kind of record, so that an
/// older version discards and reports it, instead of replacing the stored values.
/// </remarks>
internal static class PushProperties
{
    private static readonly Utf8String MergeName = new("merge");
    private static readonly Utf8String IdempotencyKeyName = new("idempotency_key");

    /// <summary>The properties of a push; empty if it has only a body.</summary>
    public static IReadOnlyList<Label> Of(PushRecord push) => push is { Terms: null, Merge: null, IdempotencyKey: null }
        ? []
        :
        [
            .. GroupTerms.ToProperties(push.Terms),
            .. Property(MergeName, push.Merge is { } rule ? new Utf8String(rule.ToString()) : null),
            .. Property(IdempotencyKeyName, push.IdempotencyKey?.Text),
        ];

    /// <summary>The record with the values of its properties, except the rule of a merge.</summary>
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
