using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PushGateway.ConfigFiles;

/// <summary>Parses the text of a config file.</summary>
/// <param name="error">Everything that is wrong, by line.</param>
internal delegate bool ConfigParser<T>(
    string text, [NotNullWhen(true)] out T? document, [NotNullWhen(false)] out string? error)
    where T : class;

/// <summary>A config file and the files that it names, as read at one time. Immutable.</summary>
/// <param name="Text">The config file's own text.</param>
/// <param name="Document">Null if there is an error.</param>
/// <param name="Error">Why the file cannot be read or parsed.</param>
/// <param name="NamedFiles">The texts of the other files, by the names that the config file gives them.</param>
internal sealed record ConfigFile<T>(
    string Text, T? Document, string? Error, IReadOnlyDictionary<string, string> NamedFiles)
    where T : class
{
    private static readonly Dictionary<string, string> NoFiles = [];

    /// <param name="filesOf">The files that a document names, relative to the folder of the config file.</param>
    /// <param name="last">The previous read, if any: an unchanged text is not parsed again.</param>
    public static ConfigFile<T> Read(
        string path, ConfigParser<T> parse, Func<T, IEnumerable<string>>? filesOf = null, ConfigFile<T>? last = null)
    {
        string text = "";
        try
        {
            text = ReadText(path);
            T? document = text == last?.Text ? last.Document : null;
            if (document is null && !parse(text, out document, out string? error))
            {
                return new ConfigFile<T>(text, null, $"{path}: {error}", NoFiles);
            }
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            return new ConfigFile<T>(text, document, null, (filesOf?.Invoke(document) ?? []).Distinct().ToDictionary(
                name => name, name => ReadText(Path.Combine(folder, name)), StringComparer.Ordinal));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new ConfigFile<T>(text, null, $"{path}: {exception.Message}", NoFiles);
        }
    }

    /// <summary>Whether both were read from files with the same content.</summary>
    public bool HasContentOf(ConfigFile<T> other) =>
        Text == other.Text && Error == other.Error
        && NamedFiles.All(file => other.NamedFiles.GetValueOrDefault(file.Key) == file.Value);

    private static string ReadText(string path) => Encoding.UTF8.GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
}
