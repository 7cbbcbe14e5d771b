using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace PushGateway.ConfigFiles;

/// <summary>
/// One mapping of the file. Values are asked for by key; what is wrong with them, and keys that nobody has asked for,
/// become errors. A key without a value is as if it were not there.
/// </summary>
internal sealed class ConfigSection
{
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lines = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly string _name;
    private readonly ConfigErrors _errors;

    /// <param name="name">For errors; empty for the whole file.</param>
    public ConfigSection(YamlNode? node, string name, ConfigErrors errors)
    {
        _name = name;
        _errors = errors;
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

    public void Refuse(string key, string error) =>
        _errors.Add(_lines.TryGetValue(key, out long line) ? line : 1, $"{key} {error}");

    /// <summary>Refuses an item of the list that the key has.</summary>
    public void Refuse(string key, ConfigItem item, string error) => _errors.Add(item.Line, $"{key} {error}");

    /// <summary>Refuses each key that was not asked for.</summary>
    public void RefuseOthers()
    {
        foreach (string key in _values.Keys.Where(key => !_known.Contains(key)))
        {
            _errors.Add(_lines[key], $"there is no key \"{key}\"{(_name.Length > 0 ? $" in {_name}" : "")}");
        }
    }

    public ConfigSection Section(string key) => new(Find(key), key, _errors);

    /// <summary>Empty if it is not there.</summary>
    public string Text(string key)
    {
        switch (Find(key))
        {
            case null:
                return "";
            case YamlScalarNode scalar:
                return scalar.Value ?? "";
            default:
                Refuse(key, "has to be a text");
                return "";
        }
    }

    /// <summary>Null if it is not there.</summary>
    public IReadOnlyList<string>? Texts(string key) => Items(key) is { } items ? [.. items.Select(item => item.Text)] : null;

    /// <summary>The same, with their lines.</summary>
    public IReadOnlyList<ConfigItem>? Items(string key)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case YamlSequenceNode sequence when sequence.All(item => item is YamlScalarNode):
                return [.. sequence.Select(item => new ConfigItem(((YamlScalarNode)item).Value ?? "", item.Start.Line))];
            default:
                Refuse(key, "has to be a list of texts");
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
                Refuse(key, $"has to be true or false, not \"{text}\"");
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
/// <param name="Line">Where it stands, from 1.</param>
internal readonly record struct ConfigItem(string Text, long Line);
