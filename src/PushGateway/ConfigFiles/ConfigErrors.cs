using System.Text.RegularExpressions;

namespace PushGateway.ConfigFiles;

/// <summary>The errors of a config file, one a line of the file.</summary>
internal sealed partial class ConfigErrors
{
    private readonly SortedDictionary<long, string> _byLine = [];

    public bool Any => _byLine.Count > 0;

    /// <summary>Keeps only the first error of a line: others there usually follow from it.</summary>
    /// <param name="line">Counted from 1.</param>
    public void Add(long line, string error) => _byLine.TryAdd(line, error);

    /// <summary>All errors, for one line of the log.</summary>
    public override string ToString() => string.Join("; ", _byLine.Select(error => $"line {error.Key}: {error.Value}"));

    /// <summary>Splits what <see cref="ToString"/> has joined.</summary>
    public static string[] Split(string text) => Border().Split(text);

    [GeneratedRegex("; (?=line [0-9]+: )")]
    private static partial Regex Border();
}
