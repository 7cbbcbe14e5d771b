using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Primitives;
using PushGateway.Core.Store.Merging;
using PushGateway.Lifecycle;

namespace PushGateway.Http.Push;

/// <summary>The header by which a POST says how it is merged with what is stored.</summary>
internal static class MergeHeader
{
    public const string Name = "Pushgateway-Merge";

    /// <param name="merge">Null if the push does not have the header.</param>
    public static bool TryRead(
        IHeaderDictionary headers, PushMode mode, out MergeRule? merge, [NotNullWhen(false)] out string? error)
    {
        merge = null;
        error = null;
        if (!headers.TryGetValue(Name, out StringValues texts))
        {
            return true;
        }
        error = mode == PushMode.Replace ? $"the header {Name} is for POST: a PUT replaces the whole group"
            : texts.Count > 1 ? $"the header {Name} is there {texts.Count} times"
            : MergeRule.TryParse(texts.ToString(), out merge) ? null
            : $"the header {Name} has to be {MergeRule.Syntax}, not \"{texts}\"";
        return error is null;
    }

    /// <summary>How a push is merged: as its header says, or else the rule of its group. Null if its families replace.</summary>
    public static MergeRule? Choose(MergeRule? header, LifecycleRule? rule, PushMode mode) =>
        mode == PushMode.Merge && (header ?? rule?.Merge) is { Mode: not MergeMode.Family } merge ? merge : null;
}
