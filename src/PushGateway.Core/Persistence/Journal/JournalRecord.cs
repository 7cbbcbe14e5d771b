using PushGateway.Core.Parsing;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Merging;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>
/// A change of the store in the journal. The records, applied in order to the state of the snapshot, restore the same
/// groups, values, push times and failures.
/// </summary>
/// <param name="At">Nanoseconds since 1970.</param>
public abstract record JournalRecord(long At);

/// <summary>An accepted push.</summary>
/// <param name="Body">The decompressed body.</param>
public sealed record PushRecord(
    GroupingKey Key, PushMode Mode, PushCheck Check, BodyFormat Format, ReadOnlyMemory<byte> Body, long At)
    : JournalRecord(At)
{
    /// <summary>The lifecycle terms that the push specified; null for none.</summary>
    public GroupTerms? Terms { get; init; }

    /// <inheritdoc cref="PushCommand.Merge"/>
    public MergeRule? Merge { get; init; }

    /// <inheritdoc cref="PushCommand.IdempotencyKey"/>
    public IdempotencyKey? IdempotencyKey { get; init; }
}

/// <summary>A rejected push. Without a body, since it changes only the group's failure time.</summary>
public sealed record FailureRecord(GroupingKey Key, long At) : JournalRecord(At);

/// <summary>The deletion of a group.</summary>
public sealed record DeleteRecord(GroupingKey Key, long At) : JournalRecord(At);

/// <summary>The deletion of a family of a group.</summary>
public sealed record DeleteFamilyRecord(GroupingKey Key, Utf8String Family, long At) : JournalRecord(At);

/// <summary>The deletion of several groups in one change.</summary>
public sealed record DeleteGroupsRecord(IReadOnlyList<GroupingKey> Keys, long At) : JournalRecord(At);

/// <summary>The deletion of all groups.</summary>
public sealed record WipeRecord(long At) : JournalRecord(At);
