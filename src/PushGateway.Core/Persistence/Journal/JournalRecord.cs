using PushGateway.Core.Parsing;
using PushGateway.Core.Store;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>
/// A change of the store as the journal keeps it. The records of a journal, applied in their order to the state that
/// its snapshot holds, give the state that there was: the same groups, values, push times and failures.
/// </summary>
/// <param name="At">When, in nanoseconds since 1970.</param>
public abstract record JournalRecord(long At);

/// <summary>A push that was accepted.</summary>
/// <param name="Body">The body as it was parsed: without compression.</param>
public sealed record PushRecord(
    GroupingKey Key, PushMode Mode, PushCheck Check, BodyFormat Format, ReadOnlyMemory<byte> Body, long At)
    : JournalRecord(At);

/// <summary>
/// A push that was refused: all that it leaves behind is its group's time of failure, so that no body is kept.
/// </summary>
public sealed record FailureRecord(GroupingKey Key, long At) : JournalRecord(At);

/// <summary>A group that was removed.</summary>
public sealed record DeleteRecord(GroupingKey Key, long At) : JournalRecord(At);

/// <summary>Several groups, removed at once.</summary>
public sealed record DeleteGroupsRecord(IReadOnlyList<GroupingKey> Keys, long At) : JournalRecord(At);

/// <summary>All groups were removed.</summary>
public sealed record WipeRecord(long At) : JournalRecord(At);
