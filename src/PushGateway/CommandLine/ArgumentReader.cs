using System.CommandLine;

namespace PushGateway.CommandLine;

/// <summary>
/// Finds the flags in the arguments by the rules of kingpin, the library behind the Go Pushgateway's command line.
/// System.CommandLine's own tokenizer cannot follow them: it takes <c>--flag=true</c> for a boolean but not
/// <c>--no-flag</c>, lets a value start with a dash, and words its errors differently. So it is handed only
/// <see cref="Occurrences"/>, one unmistakable <c>--flag=value</c> each.
/// </summary>
internal sealed class ArgumentReader
{
    /// <summary>An arguments file may name another one, even itself; this is deeper than anybody means.</summary>
    private const int MaxArgumentFiles = 100;

    private readonly Dictionary<string, Option> _flags;
    private readonly Stack<string> _rest;
    private readonly List<FlagOccurrence> _occurrences = [];
    private bool _onlyValuesFollow;
    private int _argumentFiles;

    private ArgumentReader(IEnumerable<string> arguments, IEnumerable<Option> flags)
    {
        _flags = flags.SelectMany(flag => flag.Aliases.Append(flag.Name), (flag, name) => (flag, name))
            .ToDictionary(entry => entry.name, entry => entry.flag);
        _rest = new Stack<string>(arguments.Reverse());
    }

    /// <summary>In the order given, up to the first error.</summary>
    public IReadOnlyList<FlagOccurrence> Occurrences => _occurrences;

    /// <summary>The first error of the form; null if there is none. Values are not looked at.</summary>
    public string? Error { get; private set; }

    public static ArgumentReader Read(IEnumerable<string> arguments, IEnumerable<Option> flags)
    {
        var reader = new ArgumentReader(arguments, flags);
        while (reader.Error is null && reader.TryTake(out string argument))
        {
            reader.Error = reader.ReadArgument(argument);
        }

        return reader;
    }

    private string? ReadArgument(string argument)
    {
        if (_onlyValuesFollow || !argument.StartsWith('-'))
        {
            return $"unexpected {argument}";
        }

        if (argument.StartsWith("--", StringComparison.Ordinal))
        {
            return ReadLongFlag(argument);
        }

        // The releases before 0.9 had flags with one dash; scripts of that time go on working.
        return TryFindLongFlag("-" + argument.Split('=')[0], out _, out _)
            ? ReadLongFlag("-" + argument)
            : ReadShortFlag(argument);
    }

    private string? ReadLongFlag(string argument)
    {
        int equals = argument.IndexOf('=');
        string name = equals < 0 ? argument : argument[..equals];
        string? value = equals < 0 ? null : argument[(equals + 1)..];
        if (!TryFindLongFlag(name, out Option flag, out bool isNegated))
        {
            return $"unknown long flag '{name}'";
        }

        if (IsBoolean(flag))
        {
            _occurrences.Add(new FlagOccurrence(flag, isNegated ? "false" : "true"));
            return value is null ? null : $"unexpected {value}";
        }

        if (value is null && (!TryTake(out value) || (!_onlyValuesFollow && value.StartsWith('-'))))
        {
            return Error ?? $"expected argument for flag '{name}'";
        }

        _occurrences.Add(new FlagOccurrence(flag, value));
        return null;
    }

    /// <summary>Reads the first letter; the letters behind it are one more argument of short flags.</summary>
    private string? ReadShortFlag(string argument)
    {
        string name = "-" + string.Concat(argument.EnumerateRunes().Skip(1).Take(1));
        if (!_flags.TryGetValue(name, out Option? flag))
        {
            return $"unknown short flag '{name}'";
        }

        _occurrences.Add(new FlagOccurrence(flag, "true"));
        if (argument.Length > name.Length)
        {
            _rest.Push("-" + argument[name.Length..]);
        }

        return null;
    }

    private bool TryFindLongFlag(string name, out Option flag, out bool isNegated)
    {
        isNegated = false;
        if (_flags.TryGetValue(name, out flag!))
        {
            return true;
        }

        isNegated = name.StartsWith("--no-", StringComparison.Ordinal)
            && _flags.TryGetValue("--" + name["--no-".Length..], out flag!)
            && IsBoolean(flag);
        return isNegated;
    }

    /// <summary>The next argument, once "--" is behind us and arguments files are replaced by what they hold.</summary>
    private bool TryTake(out string argument)
    {
        while (_rest.TryPop(out argument!))
        {
            if (_onlyValuesFollow)
            {
                return true;
            }

            if (argument == "--")
            {
                _onlyValuesFollow = true;
            }
            else if (!argument.StartsWith('@'))
            {
                return true;
            }
            else if ((Error = ExpandFile(argument[1..])) is not null)
            {
                return false;
            }
        }

        return false;
    }

    private string? ExpandFile(string path)
    {
        if (path.Length == 0)
        {
            return "expected @ file to expand arguments from";
        }

        if (++_argumentFiles > MaxArgumentFiles)
        {
            return $"failed to read arguments from \"{path}\": too many arguments files";
        }

        if (Directory.Exists(path))
        {
            return $"failed to read arguments from \"{path}\": read {path}: is a directory";
        }

        try
        {
            foreach (string line in File.ReadAllLines(path).Reverse().Where(line => !line.StartsWith('#')))
            {
                _rest.Push(line);
            }

            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"failed to open arguments file \"{path}\": open {path}: no such file or directory";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"failed to read arguments from \"{path}\": {e.Message}";
        }
    }

    private static bool IsBoolean(Option flag) => flag.ValueType == typeof(bool);
}

/// <summary>One use of a flag. The value of a boolean flag is <c>true</c> or <c>false</c>.</summary>
internal readonly record struct FlagOccurrence(Option Flag, string Value);
