using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Primitives;
using PushGateway.CommandLine;
using PushGateway.Core.Query.Groups;
using PushGateway.Core.Query.Selectors;

namespace PushGateway.Http.Responses;

/// <summary>
/// Parses the query of requests for groups. Unknown parameters are ignored, except in a deletion. Empty ones count as missing.
/// </summary>
internal static class GroupQuery
{
    private const string Match = "match[]";
    private const string Family = "family";

    /// <summary>The maximum selectors, since every selector is matched against every group.</summary>
    private const int MaxSelectors = 32;

    /// <summary>The parameters of a deletion.</summary>
    private static readonly string[] DeletionParameters =
        [Match, "search", "state", "stale_after", "pushed_within", "pushed_before", "dry_run"];

    private static readonly GoDuration OneHour = GoDuration.FromMinutes(60);

    /// <param name="now">In seconds since 1970.</param>
    public static bool TryParseSelection(
        IQueryCollection query,
        double now,
        [NotNullWhen(true)] out GroupSelection? selection,
        [NotNullWhen(false)] out string? error)
    {
        selection = null;
        string[] words = (Text(query, "search") ?? "").Split(
            (char[]?)null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length > GroupSelection.MaxWords)
        {
            error = $"search: more than {GroupSelection.MaxWords} words";
            return false;
        }
        if (!TryParseSelectors(query, out IReadOnlyList<Selector>? selectors, out error)
            || !TryParseDuration(query, "stale_after", out GoDuration? staleAfter, out error)
            || !TryParseDuration(query, "pushed_within", out GoDuration? pushedWithin, out error)
            || !TryParseDuration(query, "pushed_before", out GoDuration? pushedBefore, out error))
        {
            return false;
        }
        string? state = Text(query, "state");
        if (state is not (null or "failed" or "stale" or "empty" or "late" or "expiring" or "quarantined"))
        {
            error = $"state: {GoQuote.Quote(state)} must be failed, stale, empty, late, expiring or quarantined";
            return false;
        }
        selection = new GroupSelection
        {
            Selectors = selectors,
            Words = words,
            HasFailed = state == "failed" ? true : null,
            IsEmpty = state == "empty",
            IsQuarantined = state == "quarantined",
            IsLate = state == "late",
            IsExpiring = state == "expiring",
            StaleSince = state == "stale" ? now - (staleAfter ?? OneHour).ToTimeSpan().TotalSeconds : null,
            PushedBefore = now - pushedBefore?.ToTimeSpan().TotalSeconds,
            PushedSince = now - pushedWithin?.ToTimeSpan().TotalSeconds,
        };
        return true;
    }

    /// <summary>
    /// Parses the selection of a deletion. Unknown parameters are errors, since they may be meant to limit the deletion.
    /// </summary>
    /// <inheritdoc cref="TryParseSelection"/>
    public static bool TryParseDeletion(
        IQueryCollection query,
        double now,
        [NotNullWhen(true)] out GroupSelection? selection,
        out bool isDryRun,
        [NotNullWhen(false)] out string? error)
    {
        selection = null;
        isDryRun = false;
        if (query.Keys.FirstOrDefault(key => !DeletionParameters.Contains(key)) is { } other)
        {
            error = $"{other}: a deletion accepts {string.Join(", ", DeletionParameters[..^1])} and {DeletionParameters[^1]} only";
            return false;
        }
        if (!TryParseSelection(query, now, out selection, out error)
            || !TryParseSwitch(query, "dry_run", out isDryRun, out error))
        {
            return false;
        }
        if (selection.SelectsAll || query[Match].Any(string.IsNullOrEmpty))
        {
            error = "no selection: give match[], search, state, pushed_within or pushed_before (to delete all groups, use the wipe endpoint)";
            return false;
        }
        return true;
    }

    /// <summary>Parses the family to delete from a group. Other parameters are errors, since they may be meant to limit the deletion.</summary>
    public static bool TryParseFamily(IQueryCollection query, out Utf8String family, [NotNullWhen(false)] out string? error)
    {
        family = default;
        if (query.Keys.FirstOrDefault(key => key != Family) is { } other)
        {
            error = $"{other}: a deletion of a metric family accepts {Family} only";
        }
        else if (query[Family] is not [{ Length: > 0 } name])
        {
            error = $"{Family}: give the name of one metric family (to delete the group, DELETE its push URL)";
        }
        else
        {
            family = new Utf8String(name);
            error = PushTimestamps.IsPushTime(family) ? $"{Family}: {name} is the gateway's own, and stays with the group" : null;
        }
        return error is null;
    }

    /// <summary>Parses <c>match[]</c>.</summary>
    public static bool TryParseSelectors(
        IQueryCollection query,
        [NotNullWhen(true)] out IReadOnlyList<Selector>? selectors,
        [NotNullWhen(false)] out string? error)
    {
        selectors = null;
        if (query[Match].Count > MaxSelectors)
        {
            error = $"{Match}: more than {MaxSelectors} selectors";
            return false;
        }
        var parsed = new List<Selector>();
        foreach (string? text in query[Match])
        {
            if (string.IsNullOrEmpty(text))
            {
                continue;
            }
            if (!SelectorParser.TryParse(text, out Selector? selector, out SelectorError? wrong))
            {
                error = wrong.ToString();
                return false;
            }
            parsed.Add(selector);
        }
        selectors = parsed;
        error = null;
        return true;
    }

    /// <summary>Parses the order and the page of a list. The default is the first 50 groups.</summary>
    public static bool TryParsePage(
        IQueryCollection query, out PageRequest page, [NotNullWhen(false)] out string? error)
    {
        page = default;
        string sort = Text(query, "sort") ?? "job";
        bool isDescending = sort.StartsWith('-');
        GroupSort? by = sort.TrimStart('-') switch
        {
            "job" => GroupSort.Job,
            "pushed" or "age" => GroupSort.Pushed,
            "series" => GroupSort.Series,
            "size" => GroupSort.Size,
            "state" => GroupSort.State,
            _ => null,
        };
        if (by is null || sort.StartsWith("--", StringComparison.Ordinal))
        {
            error = $"sort: {GoQuote.Quote(sort)} must be job, pushed, age, series, size or state, with an optional leading minus";
            return false;
        }
        if (!TryParseCount(query, "limit", 50, 1_000, out int limit, out error)
            || !TryParseCount(query, "offset", 0, int.MaxValue, out int offset, out error))
        {
            return false;
        }
        bool isAge = sort.EndsWith("age", StringComparison.Ordinal);
        page = new PageRequest(by.Value, isDescending != isAge, offset, limit);
        return true;
    }

    public static bool TryParseCount(
        IQueryCollection query, string name, int byDefault, int max, out int count, [NotNullWhen(false)] out string? error)
    {
        count = byDefault;
        error = null;
        if (Text(query, name) is not { } text)
        {
            return true;
        }
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count > max)
        {
            error = $"{name}: {GoQuote.Quote(text)} must be a whole number from 0 to {max}";
            return false;
        }
        return true;
    }

    /// <summary>Parses a switch that may be empty, since it does not prevent a change.</summary>
    public static bool TryParseOption(
        IQueryCollection query, string name, out bool isOn, [NotNullWhen(false)] out string? error)
    {
        (isOn, error) = (false, null);
        return Text(query, name) is null || TryParseSwitch(query, name, out isOn, out error);
    }

    /// <summary>Parses <c>true</c> or <c>false</c>. The default is false.</summary>
    public static bool TryParseSwitch(
        IQueryCollection query, string name, out bool isOn, [NotNullWhen(false)] out string? error)
    {
        // An empty switch is an error too, since it may be meant to prevent a change.
        string? text = query.TryGetValue(name, out StringValues values) ? values[0] : "false";
        isOn = text == "true";
        error = text is "true" or "false" ? null : $"{name}: {GoQuote.Quote(text ?? "")} must be true or false";
        return error is null;
    }

    private static bool TryParseDuration(
        IQueryCollection query, string name, out GoDuration? duration, [NotNullWhen(false)] out string? error)
    {
        duration = null;
        error = null;
        if (Text(query, name) is not { } text)
        {
            return true;
        }
        if (!GoDuration.TryParse(text, out GoDuration parsed, out string? fault))
        {
            error = $"{name}: {fault}";
            return false;
        }
        if (parsed.Nanoseconds < 0)
        {
            error = $"{name}: {GoQuote.Quote(text)} is negative";
            return false;
        }
        duration = parsed;
        return true;
    }

    private static string? Text(IQueryCollection query, string name) =>
        query[name] is [{ Length: > 0 } text, ..] ? text : null;
}
