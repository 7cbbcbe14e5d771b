using System.Text.Json.Nodes;
using PushGateway.Tests.EndToEnd.Processes;

namespace PushGateway.Tests.Deploy;

/// <summary>The parsed dashboard for Grafana.</summary>
internal sealed class Dashboard
{
    private readonly JsonNode _root;

    private Dashboard(JsonNode root) => _root = root;

    /// <summary>Rows too.</summary>
    public IEnumerable<JsonNode> Panels => _root["panels"]!.AsArray()!;

    public IEnumerable<JsonNode> Variables => _root["templating"]!["list"]!.AsArray()!;

    /// <summary>The annotations over all panels.</summary>
    public IEnumerable<JsonNode> Annotations => _root["annotations"]!["list"]!.AsArray()!;

    /// <summary>All queries to Prometheus: of panels, annotations, and choices of variables.</summary>
    public IEnumerable<string> Queries =>
    [
        .. Panels.SelectMany(panel => panel["targets"]?.AsArray() ?? []).Concat(Annotations)
            .Select(query => query!["expr"]!.GetValue<string>()),
        .. Variables.Where(variable => variable["type"]!.GetValue<string>() == "query")
            .Select(variable => LabelQuery(variable["query"]!["query"]!.GetValue<string>())),
    ];

    public static async Task<Dashboard> ReadAsync(CancellationToken cancellation) => new(JsonNode.Parse(
        await File.ReadAllTextAsync(Repository.PathOf("deploy", "grafana", "pushgateway.json"), cancellation))!);

    /// <summary>A query after Grafana's substitution of variables, with all instances and jobs selected.</summary>
    public static string Interpolate(string query, string job) => query
        .Replace("$__rate_interval", "10s", StringComparison.Ordinal)
        .Replace("$instance", ".*", StringComparison.Ordinal)
        .Replace("$pushed_job", ".*", StringComparison.Ordinal)
        .Replace("$job", job, StringComparison.Ordinal);

    public static (int X, int Y, int Width, int Height) PositionOf(JsonNode panel)
    {
        JsonNode position = panel["gridPos"]!;
        return ((int)position["x"]!, (int)position["y"]!, (int)position["w"]!, (int)position["h"]!);
    }

    /// <summary>
    /// What Grafana asks for by <c>label_values(selector, label)</c>, as a query: the series that have the label.
    /// </summary>
    private static string LabelQuery(string text)
    {
        const string start = "label_values(";
        int comma = text.LastIndexOf(',');
        string selector = text[start.Length..comma];
        string label = text[(comma + 1)..].Trim().TrimEnd(')');
        return $"{selector} and {{{label}!=\"\"}}";
    }
}
