using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using PushGateway.CommandLine;
using PushGateway.Core.Exposition;
using PushGateway.Core.Store.Output;

namespace PushGateway.Ui;

/// <summary>The part of the page for browsers without JavaScript: links to the API, and the first groups.</summary>
internal sealed class NoScriptPage(GroupStore store, GatewayOptions options, TimeProvider time)
{
    /// <summary>The maximum length of the list, which is part of every page, with or without JavaScript.</summary>
    private const int MaxCharacters = 16 * 1024;

    /// <summary>
    /// The maximum lines of a family. The page shows only the metric count of a larger family, which is slow to decode.
    /// </summary>
    private const int MaxFamilyBytes = 8 * 1024;

    public string Render()
    {
        StoreSnapshot snapshot = store.Snapshot;
        var html = new StringBuilder();
        html.Append(
            CultureInfo.InvariantCulture,
            $"""
            <main class="fallback">
            <h1>Pushgateway</h1>
            <p>This page needs JavaScript to search and to refresh. Everything is also in
            <a href=".{Escape(options.TelemetryPath)}">the scrape</a>, in <a href="api/v1/metrics">all groups as JSON</a> and in
            <a href="api/v1/status">the status as JSON</a>.</p>

            """);
        int shown = 0;
        foreach (MetricGroup group in snapshot.Groups)
        {
            if (html.Length >= MaxCharacters)
            {
                break;
            }
            AppendGroup(html, group);
            shown++;
        }
        html.Append(CultureInfo.InvariantCulture, $"<p>{shown} of {snapshot.GroupCount} groups.</p>\n</main>");
        return html.ToString();
    }

    private void AppendGroup(StringBuilder html, MetricGroup group)
    {
        html.Append("<details><summary>");
        foreach (Label label in group.Key.Labels)
        {
            html.Append(CultureInfo.InvariantCulture, $"<span class=\"chip\">{Escape(Cut(LabelText(label)))}</span> ");
        }
        if (!group.LastPushSucceeded)
        {
            html.Append("<strong>last push failed</strong>");
        }
        html.Append("</summary>\n");
        foreach (StoredFamily family in group.Families)
        {
            if (html.Length >= MaxCharacters)
            {
                html.Append("<p>…</p>\n");
                break;
            }
            AppendFamily(html, family);
        }
        html.Append("</details>\n");
    }

    private void AppendFamily(StringBuilder html, in StoredFamily stored)
    {
        string name = Escape(Cut(stored.Name.ToString()));
        string pushed = GroupJson.FormatTime(stored.PushedAt, time.LocalTimeZone);
        string type = stored.Header.Type.ProtoName();
        html.Append(CultureInfo.InvariantCulture, $"<h2>{name}</h2>\n<p>{type}, pushed {pushed}</p>\n");
        if (stored.Header.Help is { } help)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p>{Escape(Cut(help.ToString()))}</p>\n");
        }
        if (stored.Lines.Length > MaxFamilyBytes)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p>{stored.MetricCount} metrics</p>\n");
            return;
        }
        html.Append("<table>\n");
        foreach (Metric metric in stored.Decode().Metrics)
        {
            string labels = string.Join(", ", metric.Labels.Select(label => Escape(LabelText(label))));
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{labels}</td><td>{Escape(ValueOf(metric))}</td></tr>\n");
        }
        html.Append("</table>\n");
    }

    private static string ValueOf(Metric metric) => metric switch
    {
        { Summary: { } summary } =>
            string.Join(", ", summary.Quantiles.Select(q => $"{Number(q.Rank)}: {Number(q.Value)}"))
            + $" sum: {Number(summary.SampleSum ?? 0)} count: {summary.SampleCount ?? 0}",
        { Histogram: { IsNative: true } } => PrototextExposition.Describe(metric),
        { Histogram: { } histogram } =>
            string.Join(", ", histogram.Buckets.Select(b => $"{Number(b.UpperBound)}: {Number(b.Count)}"))
            + $" sum: {Number(histogram.SampleSum ?? 0)} count: {Number(histogram.Count)}",
        _ => Number(metric.Number),
    };

    /// <summary>Whole numbers without an exponent, for readers.</summary>
    private static string Number(double value) => Math.Abs(value) < 1e15 && value == Math.Floor(value)
        ? ((long)value).ToString(CultureInfo.InvariantCulture)
        : GoNumber.Format(value);

    private static string LabelText(Label label) => $"{label.Name}=\"{label.Value}\"";

    private static string Cut(string text) => text.Length <= 500 ? text : text[..500] + "…";

    private static string Escape(string text) => HtmlEncoder.Default.Encode(text);
}
