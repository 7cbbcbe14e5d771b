namespace PushGateway.CommandLine;

/// <summary>
/// Tokenizes the arguments by the rules of kingpin, the library behind the Go Pushgateway's command line.
/// System.CommandLine's tokenizer differs: it accepts <c>--flag=true</c>, <c>--flag:value</c> and values that start with
/// a dash, and supports neither <c>--no-flag</c> nor a flag's value after <c>--</c>.
/// </summary>
internal sealed class ArgumentReader
{
    /// <summary>The maximum depth of arguments files that name another one, or even themselves. Real files are less deep.</summary>
    private const int MaxArgumentFiles = 100;

    /// <summary>Each spelling of a flag, with the value that it implies; null if the value is an argument.</summary>
    private static readonly Dictionary<string, (Flag Flag, string? Value)> Spellings = FlagTable.All
        .SelectMany(SpellingsOf).ToDictionary(spelling => spelling.Text, spelling => (spelling.Flag, spelling.Value));

    private readonly Stack<string> _rest;
    private readonly List<FlagOccurrence> _occurrences = [];
    private bool _onlyValuesFollow;
    private int _argumentFiles;

    private ArgumentReader(IEnumerable<string> arguments) => _rest = new Stack<string>(arguments.Reverse());

    /// <summary>In the order given, up to the first error.</summary>
    public IReadOnlyList<FlagOccurrence> Occurrences => _occurrences;

    /// <summary>The first syntax error; null if there is none. Values are not checked.</summary>
    public string? Error { get; private set; }

    public static ArgumentReader Read(IEnumerable<string> arguments)
    {
        var reader = new ArgumentReader(arguments);
        while (reader.Error is null && reader.TryTake(out string argument))
        {
            reader.Error = reader.ReadArgument(argument);
        }
        return reader;
    }

    private static IEnumerable<(string Text, Flag Flag, string? Value)> SpellingsOf(Flag flag)
    {
        yield return (flag.Name, flag, flag.IsSwitch ? "true" : null);
        if (flag.IsSwitch)
        {
            yield return ($"--no-{flag.Name[2..]}", flag, "false");
        }
        if (flag.ShortName is { } letter)
        {
            yield return (letter, flag, "true");
        }
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
        // Releases of the Go Pushgateway before 0.9 had flags with one dash.
        return Spellings.ContainsKey("-" + argument.Split('=')[0]) ? ReadLongFlag("-" + argument) : ReadShortFlag(argument);
    }

    private string? ReadLongFlag(string argument)
    {
        int equals = argument.IndexOf('=');
        string name = equals < 0 ? argument : argument[..equals];
        string? value = equals < 0 ? null : argument[(equals + 1)..];
        if (!Spellings.TryGetValue(name, out (Flag Flag, string? Value) spelling))
        {
            return $"unknown long flag '{name}'";
        }
        if (spelling.Value is { } implied)
        {
            _occurrences.Add(new FlagOccurrence(spelling.Flag, implied));
            return value is null ? null : $"unexpected {value}";
        }
        if (value is null && (!TryTake(out value) || (!_onlyValuesFollow && value.StartsWith('-'))))
        {
            return Error ?? $"expected argument for flag '{name}'";
        }
        _occurrences.Add(new FlagOccurrence(spelling.Flag, value));
        return null;
    }

    /// <summary>Reads the first letter. The following letters form another argument of short flags.</summary>
    private string? ReadShortFlag(string argument)
    {
        string name = "-" + string.Concat(argument.EnumerateRunes().Skip(1).Take(1));
        if (!Spellings.TryGetValue(name, out (Flag Flag, string? Value) spelling))
        {
            return $"unknown short flag '{name}'";
        }
        _occurrences.Add(new FlagOccurrence(spelling.Flag, spelling.Value!));
        if (argument.Length > name.Length)
        {
            _rest.Push("-" + argument[name.Length..]);
        }
        return null;
    }

    /// <summary>Returns the next argument. Skips "--", and replaces an arguments file by its lines.</summary>
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
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            return $"failed to read arguments from \"{path}\": read {path}: is a directory";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"failed to read arguments from \"{path}\": {e.Message}";
        }
    }
}

/// <summary>One use of a flag. The value of a switch is <c>true</c> or <c>false</c>.</summary>
internal readonly record struct FlagOccurrence(Flag Flag, string Value);
