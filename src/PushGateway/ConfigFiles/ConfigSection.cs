using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace PushGateway.ConfigFiles;

/// <summary>
/// One mapping of a config file. Reading a value by its key marks the key as known, and adds an error if the value is invalid.
/// <see cref="RejectOthers"/> adds an error for each unknown key. A key without a value counts as absent.
/// </summary>
internal sealed class ConfigSection
{
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lines = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly string _name;
    private readonly ConfigErrors _errors;
    private readonly long _line;

    /// <param name="name">For errors; empty for the whole file.</param>
    public ConfigSection(YamlNode? node, string name, ConfigErrors errors)
    {
        _name = name;
        _errors = errors;
        _line = node?.Start.Line ?? 1;
        if (node is YamlMappingNode mapping)
        {
            foreach ((YamlNode key, YamlNode value) in mapping)
            {
                string text = (key as YamlScalarNode)?.Value ?? "";
                _values[text] = value;
                _lines[text] = key.Start.Line;
            }
        }
        else if (node is not null && !IsNull(node))
        {
            errors.Add(node.Start.Line, $"{(name.Length > 0 ? name : "the file")} has to hold keys and values");
        }
    }

    public IEnumerable<string> Keys => _values.Keys;

    /// <summary>Adds an error at the key.</summary>
    public void Reject(string key, string error) =>
        _errors.Add(_lines.TryGetValue(key, out long line) ? line : 1, $"{key} {error}");

    /// <summary>Adds an error at an item of the key's list.</summary>
    public void Reject(string key, ConfigItem item, string error) => _errors.Add(item.Line, $"{key} {error}");

    /// <summary>Adds an error at the start of the section.</summary>
    public void Reject(string error) => _errors.Add(_line, error);

    /// <summary>Adds an error for each key that was not read.</summary>
    public void RejectOthers()
    {
        foreach (string key in _values.Keys.Where(key => !_known.Contains(key)))
        {
            _errors.Add(_lines[key], $"unknown key \"{key}\"{(_name.Length > 0 ? $" in {_name}" : "")}");
        }
    }

    public ConfigSection Section(string key) => new(Find(key), key, _errors);

    /// <summary>The mappings of a list; empty if absent.</summary>
    public IReadOnlyList<ConfigSection> Sections(string key)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case YamlSequenceNode sequence:
                return [.. sequence.Select(item => new ConfigSection(item, key, _errors))];
            default:
                Reject(key, "has to be a list");
                return [];
        }
    }

    /// <summary>Empty if absent.</summary>
    public string Text(string key)
    {
        switch (Find(key))
        {
            case null:
                return "";
            case YamlScalarNode scalar:
                return scalar.Value ?? "";
            default:
                Reject(key, "has to be a text");
                return "";
        }
    }

    /// <summary>Null if absent.</summary>
    public IReadOnlyList<string>? Texts(string key) => Items(key) is { } items ? [.. items.Select(item => item.Text)] : null;

    /// <summary>The texts of a list with their lines; null if absent.</summary>
    public IReadOnlyList<ConfigItem>? Items(string key)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case YamlSequenceNode sequence when sequence.All(item => item is YamlScalarNode):
                return [.. sequence.Select(item => new ConfigItem(((YamlScalarNode)item).Value ?? "", item.Start.Line))];
            default:
                Reject(key, "has to be a list of texts");
                return null;
        }
    }

    public bool Flag(string key, bool absent)
    {
        string text = Text(key);
        switch (text)
        {
            case "":
                return absent;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON":
                return true;
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF":
                return false;
            default:
                Reject(key, $"has to be true or false, not \"{text}\"");
                return absent;
        }
    }

    private static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    private YamlNode? Find(string key)
    {
        _known.Add(key);
        return _values.TryGetValue(key, out YamlNode? node) && !IsNull(node) ? node : null;
    }
}

/// <summary>An item of a list.</summary>
/// <param name="Line">Counted from 1.</param>
internal readonly record struct ConfigItem(string Text, long Line);
