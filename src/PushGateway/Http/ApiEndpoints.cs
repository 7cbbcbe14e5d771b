using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.Core.Exposition;
using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store.Output;
using PushGateway.Durability;
using PushGateway.Http.Push;
using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary>The JSON API: <c>/api/v1/metrics</c> and <c>/api/v1/status</c>.</summary>
internal sealed class ApiEndpoints(
    GroupStore store,
    GatewayOptions options,
    BuildInfo build,
    IStoreService service,
    PushSettings settings,
    TimeProvider time)
{
    private readonly DateTimeOffset _started = time.GetLocalNow();

    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        ApiEndpoints endpoints = routes.ServiceProvider.GetRequiredService<ApiEndpoints>();
        string api = $"{prefix}/api/v1/";
        routes.MapGet(api + "metrics", endpoints.WriteMetricsAsync)
            .Requires(Permissions.Read).WithRequestCounter(HandlerName.ApiMetrics);
        routes.MapGet(api + "status", endpoints.WriteStatusAsync)
            .Requires(Permissions.Read).WithRequestCounter(HandlerName.ApiStatus);
        routes.MapMethods(api + "{**path}", [HttpMethods.Options], JsonResponses.WriteOptions)
            .Requires(Permissions.Read).WithRequestCounter(HandlerName.ApiOptions);
    }

    private async Task WriteMetricsAsync(HttpContext context)
    {
        if (!GroupQuery.TryParseSelectors(
            context.Request.Query, out IReadOnlyList<Selector>? selectors, out string? error))
        {
            await context.Response.WriteBadDataAsync(error);
            return;
        }
        var selection = new SeriesSelection(selectors);
        context.Response.BeginJson();
        using var deadline = new DeadlineWriter(context, time, settings.Times);
        PipeWriter output = JsonBody.For(context, deadline);
        output.Write("{\"status\":\"success\",\"data\":["u8);
        bool first = true;
        foreach (MetricGroup group in store.Snapshot.Groups)
        {
            context.RequestAborted.ThrowIfCancellationRequested();
            if (selectors.Count > 0 && !selection.Begin(group))
            {
                continue;
            }
            if (!first)
            {
                output.Write(","u8);
            }
            first = false;
            GroupJson.Write(group, time.LocalTimeZone, output, selectors.Count > 0 ? selection.Choose : null);
            if (output.UnflushedBytes >= JsonResponses.FlushBytes)
            {
                await output.FlushAsync(context.RequestAborted);
            }
        }
        output.Write("]}"u8);
        await output.EndAsync(context.RequestAborted);
    }

    private async Task WriteStatusAsync(HttpContext context)
    {
        context.Response.BeginJson();
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", "success");
        json.WriteStartObject("data");
        WriteObject(json, "build_information",
        [
            new("branch", build.Branch),
            new("buildDate", build.BuildDate),
            new("buildUser", build.BuildUser),
            new("goVersion", $"dotnet{build.RuntimeVersion}"),
            new("revision", build.Revision),
            new("version", build.Version),
        ]);
        WriteObject(json, "flags", options.ToFlagValues());
        json.WriteString("start_time", GroupJson.FormatTime(_started));
        if (service.Persistence is { IsEnabled: true } state)
        {
            json.WritePropertyName("persistence");
            JsonSerializer.Serialize(json, PersistenceResponse.Of(state), ApiJson.Default.PersistenceResponse);
        }
        if (service.Cluster is { } cluster)
        {
            WriteObject(json, "cluster", [new("name", cluster.Name), new("database", cluster.Database)]);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteObject(
        Utf8JsonWriter json, string name, IReadOnlyList<KeyValuePair<string, string>> values)
    {
        json.WriteStartObject(name);
        foreach ((string key, string value) in values)
        {
            json.WriteString(key, value);
        }
        json.WriteEndObject();
    }
}
