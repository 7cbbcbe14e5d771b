using System.Diagnostics.CodeAnalysis;
using PushGateway.Core.Store.Merging;
using PushGateway.Lifecycle;

namespace PushGateway.Http.Push;

/// <summary>The header with which a POST specifies how it is merged with the stored families.</summary>
internal static class MergeHeader
{
    public const string Name = "Pushgateway-Merge";

    /// <param name="merge">Null if the push does not have the header.</param>
    public static bool TryRead(
        IHeaderDictionary headers, PushMode mode, out MergeRule? merge, [NotNullWhen(false)] out string? error)
    {
        merge = null;
        if (mode == PushMode.Replace)
        {
            error = headers.ContainsKey(Name) ? $"the header {Name} is for POST: a PUT replaces the whole group" : null;
            return error is null;
        }
        if (!SingleHeader.TryRead(headers, Name, out string? text, out error) || text is null)
        {
            return error is null;
        }
        error = MergeRule.TryParse(text, out merge) ? null : $"the header {Name} has to be {MergeRule.Syntax}, not \"{text}\"";
        return error is null;
    }

    /// <summary>How a push is merged: according to its header, otherwise to the rule of its group. Null if its families replace stored ones.</summary>
    public static MergeRule? Choose(MergeRule? header, LifecycleRule? rule, PushMode mode) =>
        mode == PushMode.Merge && (header ?? rule?.Merge) is { Mode: not MergeMode.Family } merge ? merge : null;
}
