using System.Text.RegularExpressions;
using PushGateway.Core.Persistence.Disk;

namespace PushGateway.Durability;

/// <summary>
/// Why changes are not accepted, in a form for all clients: with the names of files, but without their folders, which
/// are in the log and the status.
/// </summary>
internal static partial class PublicReason
{
    /// <param name="file">The persistence file as in the flag; empty for none.</param>
    public static string Of(string reason, string file)
    {
        if (!reason.Contains('/', StringComparison.Ordinal))
        {
            return reason;
        }
        if (file.Length == 0)
        {
            return Folders.Replace(reason, "");
        }
        reason = reason.Replace(file, Path.GetFileName(file), StringComparison.Ordinal);

        // A link may be in a folder above that of its target.
        foreach (string path in FullPathsOf(file).OrderByDescending(path => path.Length))
        {
            // Names of folders may contain blanks, which the pattern below does not match.
            if (Path.GetDirectoryName(path) is { Length: > 1 } folder)
            {
                reason = reason.Replace(folder + "/", "", StringComparison.Ordinal)
                    .Replace(folder, "the folder", StringComparison.Ordinal);
            }
        }
        return Folders.Replace(reason, "");
    }

    private static string[] FullPathsOf(string file)
    {
        string full = Path.GetFullPath(file);
        try
        {
            return [full, FileLock.RealPath(file)];
        }
        catch (IOException)
        {
            return [full];
        }
    }

    /// <summary>The folders of an absolute path.</summary>
    [GeneratedRegex("""(?<![^\s'"(])/(?:[^\s'":/]+/)+""")]
    private static partial Regex Folders { get; }
}
