using System.Collections.Frozen;
using PushGateway.Core.Parsing;
using PushGateway.Core.Store.Merging;

namespace PushGateway.Core.Store;

/// <summary>A change of the store. Every change is one of these, so that all can be checked, logged and replayed.</summary>
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

    /// <summary>The store accepts it, and scrapes fail while it is inconsistent.</summary>
    Unchecked,
}

/// <summary>Puts families into a group, which it creates if there is none.</summary>
/// <param name="Families">The store takes ownership of them.</param>
/// <param name="At">Nanoseconds since 1970.</param>
public sealed record PushCommand(
    GroupingKey Key, PushMode Mode, PushCheck Check, IReadOnlyList<MetricFamily> Families, long At) : StoreCommand
{
    public override GroupingKey Group => Key;

    /// <summary>None for the replay of a push that was accepted before.</summary>
    public PushLimits Limits { get; init; } = PushLimits.None;

    /// <summary>Whether the push was accepted before a restart, so that what there was to report has been reported.</summary>
    public bool IsReplay { get; init; }

    /// <summary>Whether the push only asks what it would be answered, and changes nothing.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>What the push says of the life of its group; null for nothing.</summary>
    public GroupTerms? Terms { get; init; }

    /// <summary>
    /// How a POST is merged with the stored families of the same names; null if it replaces them, and for a PUT.
    /// </summary>
    public MergeRule? Merge { get; init; }

    /// <summary>
    /// A push of the same key changes nothing once one was accepted, for a day; null if the push may not be recognized.
    /// </summary>
    public IdempotencyKey? IdempotencyKey { get; init; }

    /// <summary>
    /// Whether there is a sample to store. The push times do not count: the gateway sets them. Ask before the store takes
    /// the families.
    /// </summary>
    public bool HasSamples
    {
        get
        {
            // Mostly the first metric has one. An enumerator would be an object for each push.
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

    /// <summary>What the families were parsed from. Only a write-ahead log reads it.</summary>
    public PushBody Body { get; init; }

    /// <summary>What <see cref="GroupStore.Prepare"/> made of the push; null if applying it does the work.</summary>
    internal PreparedPush? Prepared { get; init; }
}

/// <summary>Puts a group back as a snapshot file has it, replacing the group of its key.</summary>
/// <param name="Families">Sorted by name, each name once. The store takes ownership of them.</param>
/// <param name="Check">Whether the store rejects an inconsistent group, or a second one of the same key.</param>
public sealed record RestoreCommand(
    GroupingKey Key, StoredFamily[] Families, PushCheck Check = PushCheck.Unchecked) : StoreCommand
{
    /// <summary>What the last accepted push said of the life of the group; null for nothing.</summary>
    public GroupTerms? Terms { get; init; }
}

/// <summary>Replaces the idempotency keys by those that a snapshot file has, in their order.</summary>
public sealed record RestoreKeysCommand(IReadOnlyList<RememberedKey> Keys) : StoreCommand;

/// <summary>
/// Puts groups as another replica has them, as one change: a scrape sees all of them or none. They were accepted there, so
/// nothing is rejected.
/// </summary>
/// <param name="Groups">No key twice.</param>
public sealed record ReplaceGroupsCommand(IReadOnlyList<GroupState> Groups) : StoreCommand;

/// <summary>A group as another replica has it.</summary>
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

/// <summary>Records why a body could not be parsed, in its group if there is one. A restart forgets it.</summary>
public sealed record RecordParseErrorCommand(GroupingKey Key, string Message, long At) : StoreCommand
{
    public override GroupingKey Group => Key;

    /// <summary>The same in fields, with the hint.</summary>
    public RejectionCause Cause { get; init; } = new(Kind: null);
}

/// <summary>Removes a group, if there is one.</summary>
/// <param name="ExpectedGroup">Compare-and-delete: does nothing unless this is still the group; null removes any.</param>
public sealed record DeleteCommand(GroupingKey Key, MetricGroup? ExpectedGroup = null) : StoreCommand
{
    public override GroupingKey Group => Key;
}

/// <summary>Removes a family of a group, if there is one. The push times stay.</summary>
public sealed record DeleteFamilyCommand(GroupingKey Key, Utf8String Family) : StoreCommand
{
    public override GroupingKey Group => Key;
}

/// <summary>Removes several groups as one change, except those that are no longer as expected.</summary>
public sealed record DeleteGroupsCommand(IReadOnlyList<DeleteCommand> Deletions) : StoreCommand;

/// <summary>Removes all groups.</summary>
public sealed record WipeCommand : StoreCommand;

/// <summary>What a command is about to do to the store.</summary>
public enum WriteKind
{
    /// <summary>What it says.</summary>
    Applied,

    /// <summary>Only to record the time of a rejected push.</summary>
    FailureRecorded,
}

/// <summary>
/// The store calls this before each change, under its lock and so in the order of the changes. If it returns false, the
/// store changes nothing. It must not block.
/// </summary>
/// <param name="spared">The groups that a <see cref="DeleteGroupsCommand"/> leaves, since they changed; null for none.</param>
public delegate bool WriteAheadHook(WriteKind kind, IReadOnlySet<GroupingKey>? spared = null);

/// <summary>What came of a command.</summary>
/// <param name="Error">Why a push was rejected; null if it was accepted. Its group then has a new failure time.</param>
/// <param name="HelpConflicts">Families that now have several help texts, where they had one before.</param>
/// <param name="IsLogged">False if the <see cref="WriteAheadHook"/> declined, so that nothing changed.</param>
public sealed record CommandResult(PushError? Error, IReadOnlyList<HelpConflict> HelpConflicts, bool IsLogged = true)
{
    public static readonly CommandResult Done = new(null, []);

    public static readonly CommandResult NotLogged = new(null, [], IsLogged: false);

    /// <summary>For a push whose <see cref="PushCommand.IdempotencyKey"/> an accepted push had.</summary>
    public static readonly CommandResult Repeated = new(null, []) { IsRepeated = true };

    /// <summary>Whether nothing changed, since the push was accepted before.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>Why a push was rejected, without the hint; null if it was accepted.</summary>
    public RejectionCause? Cause { get; init; }

    /// <summary>Some of the other groups that a rejected push conflicts with; empty where too many do.</summary>
    public IReadOnlyList<GroupingKey> ConflictingGroups => Cause?.Groups ?? [];

    /// <summary>
    /// The groups of a <see cref="DeleteGroupsCommand"/> that were no longer as expected, and were not deleted.
    /// </summary>
    public IReadOnlySet<GroupingKey> SparedGroups { get; init; } = FrozenSet<GroupingKey>.Empty;

    /// <summary>Whether a rejected push conflicts with the gateway's own metrics.</summary>
    public bool ConflictsWithOwn { get; init; }

    /// <summary>A line that names what the push conflicts with, to follow the error; empty if it is unknown.</summary>
    public string ConflictHint => HintOf(ConflictingGroups.Select(key => key.ToString()));

    /// <summary>The same without the names of groups, for who may not see them.</summary>
    public string AnonymousConflictHint => HintOf(ConflictingGroups.Count > 0 ? ["another group"] : []);

    /// <summary>Why a push was rejected, with the hint of the error and one of those on conflicts.</summary>
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

/// <summary>A pushed help text that differs from the one that other groups have for the same family.</summary>
public sealed record HelpConflict(Utf8String Family, Utf8String Pushed, Utf8String Present);
