using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Primitives;

namespace PushGateway.Http.Push;

/// <summary>The header by which a client marks a push and its repetitions.</summary>
internal static class IdempotencyHeader
{
    public const string Name = "Idempotency-Key";

    private const int MaxCharacters = 128;

    /// <param name="key">Null without the header.</param>
    public static bool TryRead(
        IHeaderDictionary headers, GroupingKey group, out IdempotencyKey? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        error = null;
        if (!headers.TryGetValue(Name, out StringValues texts))
        {
            return true;
        }
        if (texts.Count > 1)
        {
            error = $"the header {Name} is there {texts.Count} times";
            return false;
        }
        string text = texts.ToString();
        if (text.Length is 0 or > MaxCharacters || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            error = $"the header {Name} is not 1 to {MaxCharacters} visible ASCII characters";
            return false;
        }
        key = new IdempotencyKey(group, new Utf8String(text));
        return true;
    }
}
