using System.Collections.Immutable;

namespace PushGateway.Core.Store;

/// <summary>What is wrong with a rejected push.</summary>
public enum RejectionKind
{
    /// <summary>The family has another type elsewhere.</summary>
    Type,

    /// <summary>The series already exists, in the push or in another group.</summary>
    Duplicate,

    /// <summary>A pushed or stored histogram or summary reserves the name of another family.</summary>
    Name,

    /// <summary>The gateway itself has a family of that name.</summary>
    Reserved,

    /// <summary>A metric is invalid by itself.</summary>
    Invalid,
    Timestamp,

    /// <summary>The push cannot be merged with the stored families.</summary>
    Merge,
    Limit,

    /// <summary>The body does not parse.</summary>
    Syntax,

    /// <summary>The body cannot be decompressed, or did not arrive as a whole.</summary>
    Encoding,
    ContentType,
    Header,
    Url,
}

/// <summary>Why a push was rejected, in fields for programs; of several errors, the first one.</summary>
/// <param name="Kind">Null if it is unknown.</param>
public sealed record RejectionCause(RejectionKind? Kind)
{
    public const int MaxGroups = 5;

    /// <summary>A longer key is omitted, since it can be as long as a URL.</summary>
    private const int MaxKeyBytes = RejectedPush.MaxLength;

    /// <summary>The family with the error; null if it concerns none.</summary>
    public string? Family { get; init; }

    /// <summary>The type that the push gave the family; null unless types are the cause.</summary>
    public MetricType? Here { get; init; }

    /// <summary>The type of the family elsewhere.</summary>
    public MetricType? There { get; init; }

    /// <summary>Some of the other groups that the push conflicts with. Show them only to readers.</summary>
    public ImmutableArray<GroupingKey> Groups { get; init; } = [];

    /// <summary>The invalid line of the body, from 1; null if the error does not concern a line.</summary>
    public int? Line { get; init; }

    /// <summary>What to do, or what the push conflicts with; may be empty.</summary>
    public string Hint { get; init; } = "";

    /// <summary>A copy of a few kilobytes at most, for storage.</summary>
    public RejectionCause Bounded() => this with
    {
        Family = Family is null ? null : RejectedPush.Cut(Family),
        Groups = [.. Groups.Where(key => key.ByteCount <= MaxKeyBytes).Take(MaxGroups)],
        Hint = RejectedPush.Cut(Hint),
    };
}

/// <summary>The words for kinds, in the JSON API and in the rows of a cluster.</summary>
public static class RejectionKinds
{
    private static readonly string[] Words =
        [.. Enum.GetNames<RejectionKind>().Select(name => name == nameof(RejectionKind.ContentType) ? "content_type" : name.ToLowerInvariant())];

    public static string Word(this RejectionKind kind) => Words[(int)kind];

    /// <summary>Null for the word of another version.</summary>
    public static RejectionKind? Find(string? word) =>
        Array.IndexOf(Words, word) is >= 0 and int place ? (RejectionKind)place : null;
}
