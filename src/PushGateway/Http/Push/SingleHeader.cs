using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Primitives;

namespace PushGateway.Http.Push;

/// <summary>Reads headers that a request may have only once.</summary>
internal static class SingleHeader
{
    /// <param name="text">Null without the header.</param>
    public static bool TryRead(
        IHeaderDictionary headers, string name, out string? text, [NotNullWhen(false)] out string? error)
    {
        text = headers.TryGetValue(name, out StringValues texts) ? texts.ToString() : null;
        error = texts.Count > 1 ? $"the header {name} occurs {texts.Count} times" : null;
        return error is null;
    }
}
