using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Encodings.Web;
using PushGateway.CommandLine;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Http;
using PushGateway.Telemetry;

namespace PushGateway.Ui;

/// <summary>The page at <c>/</c> and <c>/status</c>: all groups with their metrics, plainly.</summary>
internal sealed class StatusPage(GroupStore store, GatewayOptions options, BuildInfo build, TimeProvider time)
{
    private const int FlushBytes = 64 * 1024;

    private const string Head =
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>Pushgateway</title>
        <style>
        :root { color-scheme: light dark; font-family: system-ui, sans-serif; }
        body { margin: 1rem auto; max-width: 70rem; padding: 0 1rem; }
        summary { cursor: pointer; padding: .3rem 0; }
        details { border-top: 1px solid #8884; }
        details details { margin-left: 1.5rem; }
        .label { border: 1px solid #8888; border-radius: .4rem; padding: 0 .4rem; margin-right: .3rem; }
        .failed { color: #c00; }
        .muted { opacity: .7; }
        table { border-collapse: collapse; margin-left: 1.5rem; }
        td, th { padding: .1rem .8rem .1rem 0; text-align: left; vertical-align: top; }
        </style>
        </head>
        <body>
        <h1>Pushgateway</h1>
        """;

    private readonly DateTimeOffset _started = time.GetLocalNow();

    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        var page = routes.ServiceProvider.GetRequiredService<StatusPage>();
        routes.MapGet($"{prefix}/", page.WriteAsync).WithRequestCounter(HandlerName.Status);
        routes.MapGet($"{prefix}/status", page.WriteAsync).WithRequestCounter(HandlerName.Status);
        routes.MapGet($"{prefix}/static/{{**file}}", AnswerNotFoundAsync).WithRequestCounter(HandlerName.Static);
    }

    /// <summary>The page needs no files of its own.</summary>
    private static Task AnswerNotFoundAsync(HttpContext context) =>
        context.Response.WriteErrorAsync(StatusCodes.Status404NotFound, "404 page not found");

    private async Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        PipeWriter output = context.Response.BodyWriter;
        StoreSnapshot snapshot = store.Snapshot;
        Write(output, Head);
        Write(output, $"<p>{snapshot.GroupCount} groups, pushed to <code>/metrics/job/…</code></p>\n");
        foreach (MetricGroup group in snapshot.Groups)
        {
            Write(output, Render(group));
            if (output.UnflushedBytes >= FlushBytes)
            {
                await output.FlushAsync(context.RequestAborted);
            }
        }
        Write(output, RenderStatus());
        Write(output, "</body>\n</html>\n");
        await output.FlushAsync(context.RequestAborted);
    }

    private string Render(MetricGroup group)
    {
        var html = new StringBuilder("<details><summary>");
        foreach (Label label in group.Key.Labels)
        {
            html.Append(CultureInfo.InvariantCulture, $"<span class=\"label\">{Escape(label)}</span>");
        }
        if (!group.LastPushSucceeded)
        {
            html.Append("<strong class=\"failed\">last push failed</strong>");
        }
        html.Append("</summary>\n");
        foreach (StoredFamily family in group.Families)
        {
            AppendFamily(html, family);
        }
        return html.Append("</details>\n").ToString();
    }

    private void AppendFamily(StringBuilder html, StoredFamily stored)
    {
        MetricFamily family = stored.Decode();
        string help = Escape(family.Help?.ToString() ?? "");
        string pushed = GroupJson.FormatTime(stored.PushedAt, time.LocalTimeZone);
        html.Append(
            CultureInfo.InvariantCulture,
            $"<details><summary>{Escape(family.Name.ToString())} <span class=\"muted\">{family.Type.ProtoName()}, "
            + $"pushed {pushed}</span></summary>\n<p>{help}</p>\n<table>\n");
        foreach (Metric metric in family.Metrics)
        {
            string labels = string.Join(", ", metric.Labels.Select(Escape));
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{labels}</td><td>{Escape(ValueOf(metric))}</td></tr>\n");
        }
        html.Append("</table>\n</details>\n");
    }

    private string RenderStatus()
    {
        var html = new StringBuilder("<h2>Status</h2>\n<table>\n");
        AppendRow(html, "Started", GroupJson.FormatTime(_started));
        AppendRow(html, "Version", build.ToVersionSummary());
        AppendRow(html, "Build", build.ToBuildSummary());
        foreach ((string flag, string value) in options.ToFlagValues())
        {
            AppendRow(html, $"--{flag}", value);
        }
        return html.Append("</table>\n").ToString();
    }

    private static void AppendRow(StringBuilder html, string name, string value) =>
        html.Append(CultureInfo.InvariantCulture, $"<tr><th>{Escape(name)}</th><td>{Escape(value)}</td></tr>\n");

    private static string ValueOf(Metric metric) => metric switch
    {
        { Summary: { } summary } =>
            string.Join(", ", summary.Quantiles.Select(q => $"{Number(q.Rank)}: {Number(q.Value)}"))
            + $" sum: {Number(summary.SampleSum ?? 0)} count: {summary.SampleCount ?? 0}",
        { Histogram: { IsNative: true } histogram } => PrototextExposition.Describe(metric),
        { Histogram: { } histogram } =>
            string.Join(", ", histogram.Buckets.Select(b => $"{Number(b.UpperBound)}: {Number(b.Count)}"))
            + $" sum: {Number(histogram.SampleSum ?? 0)} count: {Number(histogram.Count)}",
        _ => Number(metric.Number),
    };

    /// <summary>Whole numbers are for reading, without an exponent.</summary>
    private static string Number(double value) => Math.Abs(value) < 1e15 && value == Math.Floor(value)
        ? ((long)value).ToString(CultureInfo.InvariantCulture)
        : GoNumber.Format(value);

    private static string Escape(Label label) => Escape($"{label.Name}=\"{label.Value}\"");

    private static string Escape(string text) => HtmlEncoder.Default.Encode(text);

    private static void Write(PipeWriter output, string html) => Encoding.UTF8.GetBytes(html, output);
}
