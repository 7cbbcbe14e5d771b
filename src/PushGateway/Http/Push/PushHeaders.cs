using System.Diagnostics.CodeAnalysis;
using PushGateway.Core.Store.Merging;

namespace PushGateway.Http.Push;

/// <summary>What the headers of a push specify in addition to its body.</summary>
internal readonly record struct PushHeaders(GroupTerms? Terms, MergeRule? Merge, IdempotencyKey? IdempotencyKey)
{
    /// <inheritdoc cref="PushCommand.IsDryRun"/>
    public bool IsDryRun { get; init; }

    public static bool TryRead(
        IHeaderDictionary headers,
        GroupingKey group,
        PushMode mode,
        PushSettings settings,
        out PushHeaders read,
        [NotNullWhen(false)] out string? error)
    {
        MergeRule? merge = null;
        IdempotencyKey? key = null;
        bool isValid = LifecycleHeaders.TryRead(headers, out GroupTerms? terms, out error)
            && MergeHeader.TryRead(headers, mode, out merge, out error)
            && (!settings.RecognizesRepeats || IdempotencyHeader.TryRead(headers, group, out key, out error));
        read = new PushHeaders(terms, merge, key);
        return isValid;
    }
}
