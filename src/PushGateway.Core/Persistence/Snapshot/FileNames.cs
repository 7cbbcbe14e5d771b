using System.Globalization;

namespace PushGateway.Core.Persistence.Snapshot;

/// <summary>The names of the files, derived from the name of the persistence file.</summary>
/// <param name="Snapshot">The persistence file, without its folder.</param>
internal sealed record FileNames(string Snapshot)
{
    /// <summary>The current segment.</summary>
    public string Journal => Snapshot + ".journal";

    /// <summary>
    /// A snapshot being written. The name is fixed, so that the gateway can delete what a crash leaves.
    /// </summary>
    public string UnfinishedSnapshot => Snapshot + ".snapshot-in-progress";

    /// <summary>A completed segment.</summary>
    public string CompletedSegment(long generation) =>
        string.Create(CultureInfo.InvariantCulture, $"{Journal}.{generation}");

    /// <summary>Whether the file is a segment in use; false for preserved ones.</summary>
    public bool IsSegment(string name) =>
        name == Journal
        || (name.StartsWith(Journal + ".", StringComparison.Ordinal)
            && name.AsSpan(Journal.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0
            && name.Length > Journal.Length + 1);

    /// <summary>An unused name for a preserved file: <c>NAME.corrupt-20250131T235959Z</c>.</summary>
    public static string PreservedName(string name, string cause, DateTimeOffset at, IReadOnlyCollection<string> used)
    {
        string preferred = string.Create(
            CultureInfo.InvariantCulture, $"{name}.{cause}-{at.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
        string candidate = preferred;
        for (int i = 2; used.Contains(candidate); i++)
        {
            candidate = string.Create(CultureInfo.InvariantCulture, $"{preferred}-{i}");
        }
        return candidate;
    }
}
