using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using PushGateway.CommandLine;
using PushGateway.Core.Store;
using PushGateway.Telemetry;

namespace PushGateway.Http;

/// <summary>The JSON API: <c>/api/v1/metrics</c> and <c>/api/v1/status</c>.</summary>
internal sealed class ApiEndpoints(
    GroupStore store,
    GatewayOptions options,
    BuildInfo build,
    Persistence.Persistence persistence,
    TimeProvider time)
{
    private const int FlushBytes = 64 * 1024;

    private readonly DateTimeOffset _started = time.GetLocalNow();

    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        var endpoints = routes.ServiceProvider.GetRequiredService<ApiEndpoints>();
        string api = $"{prefix}/api/v1/";
        routes.MapGet(api + "metrics", endpoints.WriteMetricsAsync).WithRequestCounter(HandlerName.ApiMetrics);
        routes.MapGet(api + "status", endpoints.WriteStatusAsync).WithRequestCounter(HandlerName.ApiStatus);
        routes.MapMethods(api + "{**path}", [HttpMethods.Options], AnswerOptions)
            .WithRequestCounter(HandlerName.ApiOptions);
    }

    /// <summary>Pages of any origin may read the API.</summary>
    private static void AllowOtherOrigins(HttpResponse response)
    {
        IHeaderDictionary headers = response.Headers;
        headers.AccessControlAllowHeaders = "Accept, Authorization, Content-Type, Origin";
        headers.AccessControlAllowMethods = "GET, POST, DELETE, OPTIONS";
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "Date";
        headers.CacheControl = "no-cache, no-store, must-revalidate";
    }

    private static Task AnswerOptions(HttpContext context)
    {
        AllowOtherOrigins(context.Response);
        return Task.CompletedTask;
    }

    private async Task WriteMetricsAsync(HttpContext context)
    {
        BeginAnswer(context.Response);
        PipeWriter output = context.Response.BodyWriter;
        output.Write("{\"status\":\"success\",\"data\":["u8);
        bool first = true;
        foreach (MetricGroup group in store.Snapshot.Groups)
        {
            if (!first)
            {
                output.Write(","u8);
            }
            first = false;
            GroupJson.Write(group, time.LocalTimeZone, output);
            if (output.UnflushedBytes >= FlushBytes)
            {
                await output.FlushAsync(context.RequestAborted);
            }
        }
        output.Write("]}"u8);
        await output.FlushAsync(context.RequestAborted);
    }

    private async Task WriteStatusAsync(HttpContext context)
    {
        BeginAnswer(context.Response);
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
        if (persistence.State is { IsEnabled: true } state)
        {
            json.WritePropertyName("persistence");
            PersistenceJson.Write(json, state);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void BeginAnswer(HttpResponse response)
    {
        AllowOtherOrigins(response);
        response.ContentType = "application/json";
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
