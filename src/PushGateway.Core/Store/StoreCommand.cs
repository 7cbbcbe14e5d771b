using System.Collections.Frozen;
using PushGateway.Core.Parsing;
using PushGateway.Core.Store.Merging;

namespace PushGateway.Core.Store;

/// <summary>A change of the store. Every change is a command, so that it can be checked, logged and replayed.</summary>
public abstract record StoreCommand
{
    /// <summary>The one group that it may change; null if it may change none or several.</summary>
    public virtual GroupingKey? Group => null;
}

/// <summary>What a push does to the other families of its group.</summary>
public enum PushMode
{
    /// <summary>POST: replaces families of the same names; the others stay.</summary>
    Merge,

    /// <summary>PUT: replaces all families except the push timestamps.</summary>
    Replace,
}

/// <summary>Whether the store rejects an inconsistent push.</summary>
public enum PushCheck
{
    Checked,

    /// <summary>The store accepts an inconsistent push, and scrapes fail while it is inconsistent.</summary>
    Unchecked,
}

/// <summary>Puts families into a group. Creates the group if necessary.</summary>
/// <param name="Families">The store takes ownership of them.</param>
/// <param name="At">Nanoseconds since 1970.</param>
public sealed record PushCommand(
    GroupingKey Key, PushMode Mode, PushCheck Check, IReadOnlyList<MetricFamily> Families, long At) : StoreCommand
{
    public override GroupingKey Group => Key;

    /// <summary>None for the replay of a push that was accepted before.</summary>
    public PushLimits Limits { get; init; } = PushLimits.None;

    /// <summary>Whether the push was accepted before a restart, so that there is nothing to report.</summary>
    public bool IsReplay { get; init; }

    /// <summary>Whether the push is a dry run, which changes nothing.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>The lifecycle terms that the push specifies; null for none.</summary>
    public GroupTerms? Terms { get; init; }

    /// <summary>
    /// How a POST is merged with the stored families of the same names; null if it replaces them, and for a PUT.
    /// </summary>
    public MergeRule? Merge { get; init; }

    /// <summary>
    /// For a day after an accepted push, further pushes with the same key change nothing. Null to accept repetitions.
    /// </summary>
    public IdempotencyKey? IdempotencyKey { get; init; }

    /// <summary>
    /// Whether there is a sample to store. The push times do not count, since the gateway sets them. Read it before the store
    /// takes ownership of the families.
    /// </summary>
    public bool HasSamples
    {
        get
        {
            // Usually the first metric has one. An enumerator would allocate for each push.
            for (int i = 0; i < Families.Count; i++)
            {
                if (!PushTimestamps.IsPushTime(Families[i].Name) && Families[i].Metrics.Exists(metric => metric.HasSample))
                {
                    return true;
                }
            }
            return false;
        }
    }

    /// <summary>The body that the families were parsed from. Only a write-ahead log reads it.</summary>
    public PushBody Body { get; init; }

    /// <summary>The result of <see cref="GroupStore.Prepare"/>; null to do its work when the command is applied.</summary>
    internal PreparedPush? Prepared { get; init; }
}

/// <summary>Restores a group from a snapshot file. Replaces the group of the same key.</summary>
/// <param name="Families">Sorted by name, each name once. The store takes ownership of them.</param>
/// <param name="Check">Whether the store rejects an inconsistent group, or a second one with the same key.</param>
public sealed record RestoreCommand(
    GroupingKey Key, StoredFamily[] Families, PushCheck Check = PushCheck.Unchecked) : StoreCommand
{
    /// <summary>What the last accepted push specified for its group; null for nothing.</summary>
    public GroupTerms? Terms { get; init; }
}

/// <summary>Replaces the idempotency keys by those of a snapshot file, in their order.</summary>
public sealed record RestoreKeysCommand(IReadOnlyList<RememberedKey> Keys) : StoreCommand;

/// <summary>
/// Applies the groups of another replica as one change: a scrape sees all of them or none. That replica accepted them, so
/// none is rejected.
/// </summary>
/// <param name="Groups">Groups with distinct keys.</param>
public sealed record ReplaceGroupsCommand(IReadOnlyList<GroupState> Groups) : StoreCommand;

/// <summary>A group of another replica.</summary>
/// <param name="Families">Sorted by name, each name once; null if there is no such group. The store takes ownership of them.</param>
public sealed record GroupState(GroupingKey Key, StoredFamily[]? Families)
{
    /// <inheritdoc cref="MetricGroup.Terms"/>
    public GroupTerms? Terms { get; init; }

    /// <inheritdoc cref="MetricGroup.LastRejection"/>
    public RejectedPush? Rejection { get; init; }
}

/// <summary>Adds the idempotency keys of pushes that another replica accepted, in their order.</summary>
public sealed record RememberKeysCommand(IReadOnlyList<RememberedKey> Keys) : StoreCommand;

/// <summary>Records the time of a rejected push. Nanoseconds since 1970.</summary>
public sealed record RecordFailureCommand(GroupingKey Key, long At) : StoreCommand
{
    public override GroupingKey Group => Key;
}

/// <summary>Records why a body could not be parsed, if its group exists. A restart forgets it.</summary>
public sealed record RecordParseErrorCommand(GroupingKey Key, string Message, long At) : StoreCommand
{
    public override GroupingKey Group => Key;

    /// <summary>The reason in fields, with the hint.</summary>
    public RejectionCause Cause { get; init; } = new(Kind: null);
}

/// <summary>Removes a group, if there is one.</summary>
/// <param name="ExpectedGroup">Compare-and-delete: does nothing unless this is still the group. Null removes any group.</param>
public sealed record DeleteCommand(GroupingKey Key, MetricGroup? ExpectedGroup = null) : StoreCommand
{
    public override GroupingKey Group => Key;
}

/// <summary>Removes a family of a group, if it exists. The push times stay.</summary>
public sealed record DeleteFamilyCommand(GroupingKey Key, Utf8String Family) : StoreCommand
{
    public override GroupingKey Group => Key;
}

/// <summary>Removes several groups as one change, except those that have changed.</summary>
public sealed record DeleteGroupsCommand(IReadOnlyList<DeleteCommand> Deletions) : StoreCommand;

/// <summary>Removes all groups.</summary>
public sealed record WipeCommand : StoreCommand;

/// <summary>The kind of change that a command is about to make.</summary>
public enum WriteKind
{
    /// <summary>The change of the command.</summary>
    Applied,

    /// <summary>Only records the time of a rejected push.</summary>
    FailureRecorded,
}

/// <summary>
/// The store calls this before each change, under its lock and thus in the order of the changes. If it returns false, the
/// store changes nothing. It must not block.
/// </summary>
/// <param name="spared">The groups that a <see cref="DeleteGroupsCommand"/> does not delete, since they changed; null for none.</param>
public delegate bool WriteAheadHook(WriteKind kind, IReadOnlySet<GroupingKey>? spared = null);

/// <summary>The result of a command.</summary>
/// <param name="Error">Why a push was rejected; null if it was accepted. Its group then has a new failure time.</param>
/// <param name="HelpConflicts">Families that had one help text before and now have several.</param>
/// <param name="IsLogged">False if the <see cref="WriteAheadHook"/> declined, so that nothing changed.</param>
public sealed record CommandResult(PushError? Error, IReadOnlyList<HelpConflict> HelpConflicts, bool IsLogged = true)
{
    public static readonly CommandResult Done = new(null, []);

    public static readonly CommandResult NotLogged = new(null, [], IsLogged: false);

    /// <summary>The outcome of a push whose <see cref="PushCommand.IdempotencyKey"/> was accepted before.</summary>
    public static readonly CommandResult Repeated = new(null, []) { IsRepeated = true };

    /// <summary>Whether nothing changed because the push was accepted before.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>Why a push was rejected, without the hint; null if it was accepted.</summary>
    public RejectionCause? Cause { get; init; }

    /// <summary>Some of the other groups that a rejected push conflicts with; may be empty under load.</summary>
    public IReadOnlyList<GroupingKey> ConflictingGroups => Cause?.Groups ?? [];

    /// <summary>
    /// The groups of a <see cref="DeleteGroupsCommand"/> that were not deleted, since they had changed.
    /// </summary>
    public IReadOnlySet<GroupingKey> SparedGroups { get; init; } = FrozenSet<GroupingKey>.Empty;

    /// <summary>Whether a rejected push conflicts with the gateway's own metrics.</summary>
    public bool ConflictsWithOwn { get; init; }

    /// <summary>A line after the error that names what the push conflicts with; empty if it is unknown.</summary>
    public string ConflictHint => HintOf(ConflictingGroups.Select(key => key.ToString()));

    /// <summary>The same line without the names of groups, for clients that may not see them.</summary>
    public string AnonymousConflictHint => HintOf(ConflictingGroups.Count > 0 ? ["another group"] : []);

    /// <summary>Why a push was rejected, with the hint of the error and a hint about conflicts.</summary>
    public RejectionCause CauseWith(string conflictHint) => (Cause ?? new RejectionCause(Kind: null)) with
    {
        Hint = $"{Error?.Hint}{conflictHint}".TrimStart('\n'),
    };

    private string HintOf(IEnumerable<string> groups)
    {
        string[] all = [.. groups, .. ConflictsWithOwn ? ["the gateway's own metrics"] : Array.Empty<string>()];
        return all.Length == 0 ? "" : $"\nclashes with {string.Join(" and ", all)}";
    }
}

/// <summary>A pushed help text that differs from that of other groups for the same family.</summary>
public sealed record HelpConflict(Utf8String Family, Utf8String Pushed, Utf8String Present);
