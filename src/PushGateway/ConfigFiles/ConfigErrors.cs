using System.Text.RegularExpressions;

namespace PushGateway.ConfigFiles;

/// <summary>The errors of a config file, at most one for each line of the file.</summary>
internal sealed partial class ConfigErrors
{
    private readonly SortedDictionary<long, string> _byLine = [];

    public bool Any => _byLine.Count > 0;

    /// <summary>Records only the first error of a line, since further ones usually follow from it.</summary>
    /// <param name="line">Counted from 1.</param>
    public void Add(long line, string error) => _byLine.TryAdd(line, error);

    /// <summary>All errors in one line, for the log.</summary>
    public override string ToString() => string.Join("; ", _byLine.Select(error => $"line {error.Key}: {error.Value}"));

    /// <summary>Splits the result of <see cref="ToString"/>.</summary>
    public static string[] Split(string text) => Border().Split(text);

    [GeneratedRegex("; (?=line [0-9]+: )")]
    private static partial Regex Border();
}
