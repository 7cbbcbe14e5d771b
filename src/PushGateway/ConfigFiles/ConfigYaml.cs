using System.Diagnostics.CodeAnalysis;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace PushGateway.ConfigFiles;

/// <summary>Reads config files, which are YAML.</summary>
internal static class ConfigYaml
{
    private const int MaxDepth = 20;

    /// <param name="read">Creates the document from the file's root. Unread keys of the root are then rejected.</param>
    /// <param name="error">All errors, by line.</param>
    public static bool TryParse<T>(
        string text,
        Func<ConfigSection, T> read,
        [NotNullWhen(true)] out T? document,
        [NotNullWhen(false)] out string? error)
        where T : class
    {
        var errors = new ConfigErrors();
        document = null;
        if (TryRead(text, errors, out YamlNode? root))
        {
            var file = new ConfigSection(root, "", errors);
            document = read(file);
            file.RejectOthers();
        }
        error = errors.Any ? errors.ToString() : null;
        document = errors.Any ? null : document;
        return document is not null;
    }

    /// <param name="root">Null for an empty file.</param>
    /// <returns>False for text that is not YAML, which is then among the errors.</returns>
    private static bool TryRead(string text, ConfigErrors errors, out YamlNode? root)
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
            // The library's scanner throws these if the text ends within its lookahead.
            errors.Add(1, $"not YAML: {exception.Message}");
            return false;
        }
        if (yaml.Documents.Count > 1)
        {
            errors.Add(yaml.Documents[1].RootNode.Start.Line, "the file has a second YAML document");
        }
        root = yaml.Documents is [{ } first, ..] ? first.RootNode : null;
        return true;
    }

    /// <summary>Whether the recursive reader could overflow the stack.</summary>
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
