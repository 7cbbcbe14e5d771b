using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using PushGateway.Core.Parsing;

namespace PushGateway.Http.Push;

/// <summary>Parses the Content-Type of pushes.</summary>
internal static class PushContentType
{
    private const string Protobuf = "application/vnd.google.protobuf";
    private const string OpenMetrics = "application/openmetrics-text";

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>
    /// Determines the format of a body. OpenMetrics of another version or character set is an error. Any other type, or an
    /// invalid one, means the text format.
    /// </summary>
    /// <remarks>
    /// <c>escaping</c> specifies how unquoted names are escaped. As with the text format, names are stored as they
    /// are.
    /// </remarks>
    public static bool TryFindFormat(
        string? contentType, NameValidation names, out BodyFormat format, [NotNullWhen(false)] out string? error)
    {
        bool isOpenMetrics = IsType(contentType, OpenMetrics, out ReadOnlySpan<char> parameters);
        format = !isOpenMetrics && IsDelimitedProtobuf(contentType)
            ? BodyFormat.DelimitedProtobuf
            : PushBody.FormatOf(isOpenMetrics, names);
        error = isOpenMetrics && !IsKnownOpenMetrics(parameters)
            ? $"{OpenMetrics} is accepted with version=0.0.1 or version=1.0.0 and charset=utf-8, or without them; "
                + $"the Content-Type is {GoQuote.Quote(contentType!)}"
            : null;
        return error is null;
    }

    private static bool IsKnownOpenMetrics(ReadOnlySpan<char> rest) =>
        TryReadParameters(rest, out Dictionary<string, string> parameters)
        && parameters.GetValueOrDefault("version") is null or "0.0.1" or "1.0.0"
        && parameters.GetValueOrDefault("charset", "utf-8").Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a body consists of delimited io.prometheus.client.MetricFamily messages.</summary>
    public static bool IsDelimitedProtobuf(string? contentType) =>
        IsType(contentType, Protobuf, out ReadOnlySpan<char> rest)
        && TryReadParameters(rest, out Dictionary<string, string> parameters)
        && parameters.GetValueOrDefault("encoding") == "delimited"
        && parameters.GetValueOrDefault("proto") == "io.prometheus.client.MetricFamily";

    /// <param name="parameters">The text after the type, from the semicolon.</param>
    private static bool IsType(string? contentType, string wanted, out ReadOnlySpan<char> parameters)
    {
        ReadOnlySpan<char> text = contentType;
        int semicolon = text.IndexOf(';');
        parameters = semicolon < 0 ? [] : text[semicolon..];
        return (semicolon < 0 ? text : text[..semicolon]).Trim().Equals(wanted, StringComparison.OrdinalIgnoreCase);
    }

    private static bool TryReadParameters(ReadOnlySpan<char> rest, out Dictionary<string, string> parameters)
    {
        parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (rest.Trim() is not ("" or ";"))
        {
            if (!TryTakeParameter(ref rest, out string name, out string value)
                || (!parameters.TryAdd(name, value) && parameters[name] != value))
            {
                return false;
            }
        }
        return true;
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

    /// <summary>Reads the text up to the closing quote. A backslash before a token character is not an escape.</summary>
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
