using System.Globalization;

namespace PushGateway.Core.Persistence.Snapshot;

/// <summary>The names of the files, all made of the persistence file's.</summary>
/// <param name="Snapshot">The persistence file itself, without its folder.</param>
internal sealed record FileNames(string Snapshot)
{
    /// <summary>The part of the journal that is being written.</summary>
    public string Journal => Snapshot + ".journal";

    /// <summary>
    /// A snapshot that is not finished. Always this name, so that what a crash leaves is known as ours.
    /// </summary>
    public string Unfinished => Snapshot + ".snapshot-in-progress";

    /// <summary>A part of the journal that is complete, until a snapshot has taken it in.</summary>
    public string Complete(long generation) => string.Create(CultureInfo.InvariantCulture, $"{Journal}.{generation}");

    /// <summary>Whether it is a part of the journal, and none that was kept aside.</summary>
    public bool IsJournal(string name) =>
        name == Journal
        || (name.StartsWith(Journal + ".", StringComparison.Ordinal)
            && name.AsSpan(Journal.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0
            && name.Length > Journal.Length + 1);

    /// <summary>
    /// A free name for a file that is kept though it is not used: <c>NAME.corrupt-20250131T235959Z</c>.
    /// </summary>
    public static string PreservedName(string name, string why, DateTimeOffset at, IReadOnlyCollection<string> taken)
    {
        string free = string.Create(
            CultureInfo.InvariantCulture, $"{name}.{why}-{at.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
        string candidate = free;
        for (int i = 2; taken.Contains(candidate); i++)
        {
            candidate = string.Create(CultureInfo.InvariantCulture, $"{free}-{i}");
        }
        return candidate;
    }
}
