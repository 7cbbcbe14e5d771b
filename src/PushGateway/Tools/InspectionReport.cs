using System.Globalization;
using System.Text;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Query;
using PushGateway.Core.Query.Groups;

namespace PushGateway.Tools;

/// <summary>An <see cref="InspectedFile"/> as text, without control characters from the file.</summary>
internal sealed class InspectionReport
{
    private const int MaxGroups = 10;
    private const int HeadColumns = 16;

    private readonly StringBuilder _page = new();

    private InspectionReport()
    {
    }

    public static string Render(InspectedFile file)
    {
        var page = new InspectionReport();
        page.AddFiles(file);
        page.AddGroups(file.Groups, file.IdempotencyKeys);
        page.AddList(
            "Families that cannot be read, and that a start leaves out:",
            [.. file.Unreadable.Select(family => $"{GoQuote.Quote(family.Name.Span)}: {family.Error.Message}")]);
        page.AddList("A start with these files would report:", file.Findings);
        return page._page.ToString();
    }

    private void AddFiles(InspectedFile file)
    {
        Add("file", file.Size is { } size ? $"{file.Path}, {size} bytes" : $"{file.Path} is not there, only its journal");
        if (file.Size is not null)
        {
            Add("written by", file.Trailer switch
            {
                null => "the Go Pushgateway (or its end is missing)",
                { JournalId: 0 } => "this gateway, without a journal",
                { Generation: var generation } => $"this gateway; holds its journal up to generation {generation}",
            });
        }
        foreach (JournalSegment part in file.Journal)
        {
            Add("journal", part.Bytes == 0
                ? $"{part.Name}: generation {part.Generation}, which is in the file"
                : $"{part.Name}: generation {part.Generation}, {part.Records} changes, {part.Bytes} bytes");
        }
    }

    private void AddGroups(StoreSnapshot snapshot, int idempotencyKeys)
    {
        (MetricGroup Group, GroupSummary Summary)[] groups =
            [.. snapshot.Groups.Select(group => (group, GroupSummary.Of(group)))];
        var statistics = StoreStatistics.Of(snapshot, now: 0, CancellationToken.None);
        Add("groups", $"{groups.Length}");
        Add("series", $"{statistics.Series}, push times included");
        Add("families", $"{statistics.Families}");
        Add("lines", $"{statistics.Bytes} bytes, as the scrape shows them");
        if (idempotencyKeys > 0)
        {
            Add("idempotency", $"{idempotencyKeys} keys of pushes");
        }
        (MetricGroup Group, GroupSummary Summary)[] pushed = groups.Where(one => one.Summary.Pushed > 0).ToArray();
        if (pushed.Length > 0)
        {
            Add("oldest push", Describe(pushed.MinBy(one => one.Summary.Pushed)));
            Add("newest push", Describe(pushed.MaxBy(one => one.Summary.Pushed)));
        }

        AddList("Largest groups:",
        [
            .. groups.OrderByDescending(one => one.Summary.Size.Series).Take(MaxGroups).Select(one => string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Summary.Size.Series} series, {one.Summary.Families} families: {one.Group.Key}")),
        ]);
        AddList("Largest families:",
        [
            .. statistics.TopMetrics.Select(share => string.Create(
                CultureInfo.InvariantCulture,
                $"{share.Series} series in {share.Groups} groups: {GoQuote.Quote(share.Text.Span)}")),
        ]);
        (MetricGroup Group, GroupSummary Summary)[] failed = groups.Where(one => one.Summary.Failed > 0 && !one.Summary.Ok).ToArray();
        AddList(
            string.Create(CultureInfo.InvariantCulture, $"Groups whose last push was rejected ({failed.Length}):"),
            [
                .. failed.OrderByDescending(one => one.Summary.Failed).Take(MaxGroups)
                    .Select(one => $"{TimeText(one.Summary.Failed)} {one.Group.Key}"),
            ]);
    }

    private static string Describe((MetricGroup Group, GroupSummary Summary) one) =>
        $"{TimeText(one.Summary.Pushed)} {one.Group.Key}";

    /// <summary>A time in RFC 3339. A number outside the calendar's range, which a file may contain, stays a number.</summary>
    private static string TimeText(double seconds) =>
        seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : seconds.ToString(CultureInfo.InvariantCulture);

    private void Add(string head, string text) => _page.Append(head.PadRight(HeadColumns)).Append(text).Append('\n');

    private void AddList(string title, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }
        _page.Append('\n').Append(title).Append('\n');
        foreach (string line in lines)
        {
            _page.Append("  ").Append(line).Append('\n');
        }
    }
}
