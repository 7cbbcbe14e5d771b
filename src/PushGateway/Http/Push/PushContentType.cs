using System.Buffers;

namespace PushGateway.Http.Push;

/// <summary>Parses the Content-Type of pushes.</summary>
internal static class PushContentType
{
    private const string Protobuf = "application/vnd.google.protobuf";

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>
    /// Whether a body consists of delimited io.prometheus.client.MetricFamily messages. Any other type, or an invalid one,
    /// means the text format.
    /// </summary>
    public static bool IsDelimitedProtobuf(string? contentType)
    {
        ReadOnlySpan<char> rest = contentType;
        int semicolon = rest.IndexOf(';');
        if (semicolon < 0 || !rest[..semicolon].Trim().Equals(Protobuf, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        rest = rest[semicolon..];
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (rest.Trim() is not ("" or ";"))
        {
            if (!TryTakeParameter(ref rest, out string name, out string value)
                || (!parameters.TryAdd(name, value) && parameters[name] != value))
            {
                return false;
            }
        }
        return parameters.GetValueOrDefault("encoding") == "delimited"
            && parameters.GetValueOrDefault("proto") == "io.prometheus.client.MetricFamily";
    }

    /// <summary>parameter = ";" token "=" (token | quoted), with blanks between them</summary>
    private static bool TryTakeParameter(ref ReadOnlySpan<char> rest, out string name, out string value)
    {
        name = "";
        value = "";
        if (!TryTake(ref rest, ';'))
        {
            return false;
        }
        name = TakeToken(ref rest);
        if (name == "" || !TryTake(ref rest, '='))
        {
            return false;
        }
        if (TryTake(ref rest, '"'))
        {
            return TryTakeQuoted(ref rest, out value);
        }
        value = TakeToken(ref rest);
        return value != "";
    }

    private static bool TryTake(ref ReadOnlySpan<char> rest, char wanted)
    {
        rest = rest.TrimStart();
        bool found = rest.StartsWith(wanted);
        rest = found ? rest[1..] : rest;
        return found;
    }

    private static string TakeToken(ref ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart();
        int length = rest.IndexOfAnyExcept(TokenCharacters);
        string token = (length < 0 ? rest : rest[..length]).ToString();
        rest = rest[token.Length..];
        return token;
    }

    /// <summary>Takes the text up to the closing quote. A backslash before a token character is no escape.</summary>
    private static bool TryTakeQuoted(ref ReadOnlySpan<char> rest, out string text)
    {
        var unescaped = new System.Text.StringBuilder();
        for (int i = 0; i < rest.Length; i++)
        {
            if (rest[i] == '"')
            {
                rest = rest[(i + 1)..];
                text = unescaped.ToString();
                return true;
            }
            if (rest[i] == '\\' && i + 1 < rest.Length && !TokenCharacters.Contains(rest[i + 1]))
            {
                i++;
            }
            unescaped.Append(rest[i]);
        }
        text = "";
        return false;
    }
}
