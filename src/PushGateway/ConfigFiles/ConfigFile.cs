using System.Diagnostics.CodeAnalysis;
using System.Text;
using PushGateway.Core.Persistence.Disk;

namespace PushGateway.ConfigFiles;

/// <summary>Parses the text of a config file.</summary>
/// <param name="error">All errors, by line.</param>
internal delegate bool ConfigParser<T>(
    string text, [NotNullWhen(true)] out T? document, [NotNullWhen(false)] out string? error)
    where T : class;

/// <summary>The contents of a config file and the files that it names at one moment. Immutable.</summary>
/// <param name="Text">The text of the config file.</param>
/// <param name="Document">Null if there is an error.</param>
/// <param name="Error">Why the file cannot be read or parsed.</param>
/// <param name="NamedFiles">The texts of the other files, by their names in the config file.</param>
/// <param name="Statuses">The statuses of the config file and the other files; empty if the file cannot be read or parsed.</param>
internal sealed record ConfigFile<T>(
    string Text,
    T? Document,
    string? Error,
    IReadOnlyDictionary<string, string> NamedFiles,
    IReadOnlyList<FileStatus?> Statuses)
    where T : class
{
    private static readonly Dictionary<string, string> NoFiles = [];

    /// <param name="filesOf">The files that a document names, relative to the folder of the config file.</param>
    /// <param name="last">
    /// The previous read, if any. An unchanged text is not parsed again, and a file that is not regular is not read again, since
    /// a pipe would be empty or block.
    /// </param>
    public static ConfigFile<T> Read(
        string path, ConfigParser<T> parse, Func<T, IEnumerable<string>>? filesOf = null, ConfigFile<T>? last = null)
    {
        string text = "";
        try
        {
            FileStatus? status = FileStatus.Of(path);
            text = ReadText(path, status, last, last?.IsRegular == false ? last.Text : null);
            T? document = text == last?.Text ? last.Document : null;
            if (document is null && !parse(text, out document, out string? error))
            {
                return new ConfigFile<T>(text, null, $"{path}: {error}", NoFiles, []);
            }
            var files = new Dictionary<string, string>(StringComparer.Ordinal);
            List<FileStatus?> statuses = [status];
            foreach (string name in (filesOf?.Invoke(document) ?? []).Distinct())
            {
                string file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name);
                FileStatus? fileStatus = FileStatus.Of(file);
                statuses.Add(fileStatus);
                files.Add(name, ReadText(file, fileStatus, last, last?.NamedFiles.GetValueOrDefault(name)));
            }
            return new ConfigFile<T>(text, document, null, files, statuses);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new ConfigFile<T>(text, null, $"{path}: {exception.Message}", NoFiles, []);
        }
    }

    /// <summary>Whether the config file is a regular file; null if it could not be read or parsed.</summary>
    public bool? IsRegular => Statuses is [{ } status, ..] ? status.IsRegular : null;

    /// <summary>Whether nobody wrote the files between the two reads.</summary>
    public bool IsSameAs(ConfigFile<T> other) => HasContentOf(other) && Statuses.SequenceEqual(other.Statuses);

    /// <summary>Whether the contents of the files are the same.</summary>
    public bool HasContentOf(ConfigFile<T> other) =>
        Text == other.Text && Error == other.Error
        && NamedFiles.All(file => other.NamedFiles.GetValueOrDefault(file.Key) == file.Value);

    /// <param name="lastText">The text of a file that is not regular, if it was read before.</param>
    private static string ReadText(string path, FileStatus? status, ConfigFile<T>? last, string? lastText)
    {
        if (last is not null && status is { IsRegular: false })
        {
            return lastText ?? throw new IOException("not a regular file any more, so it is not read");
        }
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            // The runtime's message would be that access to the path is denied.
            throw new IOException($"{path} is a directory");
        }
    }
}
