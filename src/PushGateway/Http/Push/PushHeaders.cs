using System.Diagnostics.CodeAnalysis;

namespace PushGateway.Http.Push;

/// <summary>What the headers of a push say beyond its body.</summary>
internal readonly record struct PushHeaders(GroupTerms? Terms, IdempotencyKey? IdempotencyKey)
{
    public static bool TryRead(
        IHeaderDictionary headers,
        GroupingKey group,
        PushSettings settings,
        out PushHeaders read,
        [NotNullWhen(false)] out string? error)
    {
        IdempotencyKey? key = null;
        bool isValid = LifecycleHeaders.TryRead(headers, out GroupTerms? terms, out error)
            && (!settings.RecognizesRepeats || IdempotencyHeader.TryRead(headers, group, out key, out error));
        read = new PushHeaders(terms, key);
        return isValid;
    }
}
