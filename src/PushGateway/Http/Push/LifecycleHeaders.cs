using System.Diagnostics.CodeAnalysis;
using PushGateway.CommandLine;

namespace PushGateway.Http.Push;

/// <summary>The headers with which a push specifies how long its group lives and how often it is pushed to.</summary>
internal static class LifecycleHeaders
{
    public const string TimeToLive = "Pushgateway-TTL";
    public const string ExpectedInterval = "Pushgateway-Expect";

    /// <param name="terms">Null if the push has neither header.</param>
    public static bool TryRead(IHeaderDictionary headers, out GroupTerms? terms, [NotNullWhen(false)] out string? error)
    {
        terms = null;
        if (!TryRead(headers, TimeToLive, out TimeSpan? timeToLive, out error)
            || !TryRead(headers, ExpectedInterval, out TimeSpan? expectedInterval, out error))
        {
            return false;
        }
        if (timeToLive is not null || expectedInterval is not null)
        {
            terms = new GroupTerms(timeToLive, expectedInterval);
        }
        return true;
    }

    private static bool TryRead(
        IHeaderDictionary headers, string name, out TimeSpan? value, [NotNullWhen(false)] out string? error)
    {
        value = null;
        if (!SingleHeader.TryRead(headers, name, out string? text, out error) || text is null)
        {
            return error is null;
        }
        if (!PrometheusDuration.TryParse(text, out PrometheusDuration duration, out error))
        {
            error = $"the header {name} is {error}";
            return false;
        }
        value = duration.Value;
        return true;
    }
}
