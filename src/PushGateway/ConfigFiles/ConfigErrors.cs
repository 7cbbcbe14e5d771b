using System.Text.RegularExpressions;

namespace PushGateway.ConfigFiles;

/// <summary>What is wrong with a config file.</summary>
internal sealed partial class ConfigErrors
{
    private readonly SortedDictionary<long, string> _byLine = [];

    public bool Any => _byLine.Count > 0;

    /// <summary>The first of a line stays: others there follow from it more often than not.</summary>
    /// <param name="line">Counted from 1.</param>
    public void Add(long line, string error) => _byLine.TryAdd(line, error);

    /// <summary>All of them, for one line of the log.</summary>
    public override string ToString() => string.Join("; ", _byLine.Select(error => $"line {error.Key}: {error.Value}"));

    /// <summary>The single errors of such a text.</summary>
    public static string[] Split(string text) => Border().Split(text);

    [GeneratedRegex("; (?=line [0-9]+: )")]
    private static partial Regex Border();
}
