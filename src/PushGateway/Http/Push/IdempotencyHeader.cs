using System.Diagnostics.CodeAnalysis;

namespace PushGateway.Http.Push;

/// <summary>The header with which a client marks a push and its repetitions.</summary>
internal static class IdempotencyHeader
{
    public const string Name = "Idempotency-Key";

    private const int MaxCharacters = 128;

    /// <param name="key">Null without the header.</param>
    public static bool TryRead(
        IHeaderDictionary headers, GroupingKey group, out IdempotencyKey? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        if (!SingleHeader.TryRead(headers, Name, out string? text, out error) || text is null)
        {
            return error is null;
        }
        if (text.Length is 0 or > MaxCharacters || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            error = $"the header {Name} is not 1 to {MaxCharacters} visible ASCII characters";
            return false;
        }
        key = new IdempotencyKey(group, new Utf8String(text));
        return true;
    }
}
