using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>A change of the store. Every change is one of these, so that all can be checked, logged and replayed.</summary>
public abstract record StoreCommand;

/// <summary>What a push does to the families that its group holds already.</summary>
public enum PushMode
{
    /// <summary>POST: those of the same names are replaced, the others stay.</summary>
    Merge,

    /// <summary>PUT: all are replaced, but for the push times.</summary>
    Replace,
}

/// <summary>Whether a push that does not fit is refused.</summary>
public enum PushCheck
{
    Checked,

    /// <summary>It is stored, and scrapes fail as long as it does not fit.</summary>
    Unchecked,
}

/// <summary>Puts families into a group, which is made if there is none.</summary>
/// <param name="At">When, in nanoseconds since 1970.</param>
public sealed record PushCommand(
    GroupingKey Key, PushMode Mode, PushCheck Check, IReadOnlyList<MetricFamily> Families, long At) : StoreCommand
{
    /// <summary>None for what was accepted before, and is made again.</summary>
    public PushLimits Limits { get; init; } = PushLimits.None;
}

/// <summary>Puts a group back as it was stored, in place of the one of its key; nothing of it is checked or refused.</summary>
/// <param name="Families">Sorted by name, no name twice; taken over.</param>
public sealed record RestoreCommand(GroupingKey Key, StoredFamily[] Families) : StoreCommand;

/// <summary>Notes that a push at a time was refused. Nanoseconds since 1970.</summary>
public sealed record RecordFailureCommand(GroupingKey Key, long At) : StoreCommand;

/// <summary>Notes why the body of a push could not be read, in its group if there is one. Not for a restart.</summary>
public sealed record RecordParseErrorCommand(GroupingKey Key, string Message, long At) : StoreCommand;

/// <summary>Removes a group, if there is one.</summary>
/// <param name="ExpectedGroup">Leaves a group alone that is not this one any more; null removes any.</param>
public sealed record DeleteCommand(GroupingKey Key, MetricGroup? ExpectedGroup = null) : StoreCommand;

/// <summary>Removes all groups.</summary>
public sealed record WipeCommand : StoreCommand;

/// <summary>What a command is about to do to the store.</summary>
public enum WriteKind
{
    /// <summary>What it says.</summary>
    Applied,

    /// <summary>Nothing but noting that it was refused.</summary>
    FailureRecorded,
}

/// <summary>
/// Is asked before a change is made, under the store's lock, and so in the order of the changes: whoever keeps them
/// for a restart takes them here. If it says no, the change is not made. It must not wait for anything.
/// </summary>
public delegate bool WriteAheadHook(WriteKind kind);

/// <summary>What came of a command.</summary>
/// <param name="Error">Why a push was refused, null if it was not; its group then has a new failure time.</param>
/// <param name="HelpConflicts">Families that now have several helps, where they had one before.</param>
/// <param name="IsLogged">False: nothing was changed, since the change could not be kept.</param>
public sealed record CommandResult(PushError? Error, IReadOnlyList<HelpConflict> HelpConflicts, bool IsLogged = true)
{
    public static readonly CommandResult Done = new(null, []);

    public static readonly CommandResult NotLogged = new(null, [], IsLogged: false);

    /// <summary>Other groups that have what a refused push clashed with. A few; none may be named where many clash.</summary>
    public IReadOnlyList<GroupingKey> ConflictingGroups { get; init; } = [];

    /// <summary>A line that names them, to be put behind the error; empty where there are none.</summary>
    public string ConflictHint => ConflictingGroups.Count == 0 ? "" : $"\nclashes with {string.Join(" and ", ConflictingGroups)}";
}

/// <summary>A pushed help that differs from the one that other groups have for the same family.</summary>
public sealed record HelpConflict(Utf8String Family, Utf8String Pushed, Utf8String Present);
