using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace PushGateway.ConfigFiles;

/// <summary>A config file as YAML.</summary>
internal static class ConfigYaml
{
    private const int MaxDepth = 20;

    /// <param name="root">Null for a file without anything in it.</param>
    /// <returns>False if it is not YAML; the errors have why.</returns>
    public static bool TryRead(string text, ConfigErrors errors, out YamlNode? root)
    {
        root = null;
        var yaml = new YamlStream();
        try
        {
            if (IsTooDeep(text, out long line))
            {
                errors.Add(line, "nested too deep");
                return false;
            }
            yaml.Load(new StringReader(text));
        }
        catch (YamlException exception)
        {
            errors.Add(exception.End.Line, $"not YAML: {exception.Message}");
            return false;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // The library's scanner runs into these where text ends within what it looks ahead for.
            errors.Add(1, $"not YAML: {exception.Message}");
            return false;
        }
        if (yaml.Documents.Count > 1)
        {
            errors.Add(yaml.Documents[1].RootNode.Start.Line, "there is a second YAML document");
        }
        root = yaml.Documents is [{ } first, ..] ? first.RootNode : null;
        return true;
    }

    /// <summary>Whether to read it would take more stack than there may be.</summary>
    private static bool IsTooDeep(string text, out long line)
    {
        var parser = new Parser(new StringReader(text));
        int depth = 0;
        line = 0;
        while (depth <= MaxDepth && parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            line = parser.Current.Start.Line;
        }
        return depth > MaxDepth;
    }
}
