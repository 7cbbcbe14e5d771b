using System.Text.Json.Nodes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>A group as GET /api/v1/metrics shows it.</summary>
internal sealed record StoredGroup(IReadOnlyDictionary<string, string> Labels, JsonObject Json)
{
    private static readonly string[] NotFamilies =
        ["labels", "last_push_successful", "push_time_seconds", "push_failure_time_seconds"];

    public bool LastPushSuccessful => Json["last_push_successful"]!.GetValue<bool>();

    /// <summary>The sorted names of the pushed families, without the two push times.</summary>
    public IEnumerable<string> Families =>
        Json.Select(member => member.Key).Except(NotFamilies).Order(StringComparer.Ordinal);

    public static IReadOnlyList<StoredGroup> ListOf(string json)
    {
        JsonNode answer = JsonNode.Parse(json)!;
        Assert.Equal("success", answer["status"]!.GetValue<string>());
        return [.. answer["data"]!.AsArray().Select(group => Of(group!.AsObject()))];
    }

    /// <summary>TYPE in the spelling of the API: GAUGE, COUNTER and so on.</summary>
    public string TypeOf(string family) => Family(family)["type"]!.GetValue<string>();

    /// <summary>The value of a family's only metric.</summary>
    public string ValueOf(string family) => MetricOf(family)["value"]!.GetValue<string>();

    /// <summary>The only metric of a family.</summary>
    public JsonObject MetricOf(string family) => Assert.Single(MetricsOf(family));

    public IEnumerable<JsonObject> MetricsOf(string family) =>
        Family(family)["metrics"]!.AsArray().Select(metric => metric!.AsObject());

    /// <summary>The labels in order of their names: a=b,c=d.</summary>
    public string LabelText() => string.Join(',', Labels
        .OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));

    private JsonNode Family(string name) => Json[name] ?? throw new KeyNotFoundException($"no {name} in {Json}");

    private static StoredGroup Of(JsonObject group) => new(
        group["labels"]!.AsObject().ToDictionary(label => label.Key, label => label.Value!.GetValue<string>()), group);
}
